package monitor

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	tea "charm.land/bubbletea/v2"

	"tapir/runtime/session"
	"tapir/runtime/vm"
)

// pane is a part of the screen that keys can be for.
type pane int

const (
	probesPane pane = iota
	globalsPane
	outputPane
	panes // how many there are
)

// model is the state of the screen.
type model struct {
	o    Options
	ctx  context.Context
	run  *run
	done sync.WaitGroup // of runs

	output      *output
	before, now sample
	width       int
	height      int

	focus     pane
	probe     int // the probe under the cursor
	global    int // the global that is shown
	scroll    int // of the global's elements
	back      int // lines that the output is scrolled back
	byKey     bool
	rising    bool
	rank      int // the column that probes are sorted by
	searching bool
	search    string
	help      bool
	paused    bool
	off       map[string]bool // probes, by spelling and place, that are off
	message   string
	over      bool
}

// Update takes what has happened.
func (m *model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height = max(msg.Width, 20), max(msg.Height, 8)
	case tickMsg:
		if m.over {
			return m, m.tick()
		}
		return m, tea.Batch(m.tick(), m.look())
	case sampleMsg:
		m.take(msg)
	case overMsg:
		if msg.run == m.run {
			m.ended()
		}
	case doneMsg:
		m.message = msg.text
		if msg.err != nil && !errors.Is(msg.err, session.ErrOver) {
			m.message = msg.err.Error()
		}
	case tea.KeyPressMsg:
		return m, m.key(msg)
	}
	return m, nil
}

func (m *model) take(s sampleMsg) {
	switch {
	case s.run != m.run:
	case errors.Is(s.err, session.ErrOver):
	case s.err != nil:
		m.message = s.err.Error()
	default:
		m.before, m.now = m.now, s.sample
		m.probe = min(m.probe, max(len(m.now.probes)-1, 0))
		m.global = min(m.global, max(len(m.now.globals)-1, 0))
	}
}

// ended notes that the script has ended by itself; what it left stays on the screen.
func (m *model) ended() {
	m.over = true
	m.message = "the script has ended"
	if m.run.err != nil {
		m.message = m.run.err.Error()
	}
	if list := m.run.result.Globals; list != nil {
		m.now.globals = list
	}
}

// keyTable says what keys do. The names are those of bubbletea.
var keyTable = []struct {
	keys, help string
	do         func(*model) tea.Cmd
}{
	{"q ctrl+c", "quit; end probes run", func(m *model) tea.Cmd { return tea.Quit }},
	{"tab", "go to the next pane", func(m *model) tea.Cmd { m.focus = (m.focus + 1) % panes; return nil }},
	{"shift+tab", "go to the pane before", func(m *model) tea.Cmd { m.focus = (m.focus + panes - 1) % panes; return nil }},
	{"up k", "up: a probe, an element or a line", func(m *model) tea.Cmd { m.move(-1); return nil }},
	{"down j", "down", func(m *model) tea.Cmd { m.move(1); return nil }},
	{"pgup", "up by ten", func(m *model) tea.Cmd { m.move(-10); return nil }},
	{"pgdown space", "down by ten", func(m *model) tea.Cmd { m.move(10); return nil }},
	{"left h", "the global before", func(m *model) tea.Cmd { m.choose(-1); return nil }},
	{"right l", "the next global", func(m *model) tea.Cmd { m.choose(1); return nil }},
	{"t", "turn the probe at the cursor off or on", (*model).toggle},
	{"p", "pause: turn all probes off, or on again", (*model).pause},
	{"c", "clear the globals", (*model).clear},
	{"r", "restart the script", (*model).restart},
	{"s", "sort probes by the next column, elements by key or value", func(m *model) tea.Cmd { m.sort(); return nil }},
	{"S", "sort the other way round", func(m *model) tea.Cmd { m.rising = !m.rising; return nil }},
	{"/", "show only what has a text; Enter keeps it, Esc ends it", func(m *model) tea.Cmd { m.searching, m.search = true, ""; return nil }},
	{"esc", "end the search", func(m *model) tea.Cmd { m.search = ""; return nil }},
	{"?", "this help", func(m *model) tea.Cmd { m.help = !m.help; return nil }},
}

// key does what a key is for.
func (m *model) key(msg tea.KeyPressMsg) tea.Cmd {
	name := msg.String()
	if m.searching {
		m.typed(name, msg.Text)
		return nil
	}
	if m.help && name != "q" && name != "ctrl+c" {
		m.help = false
		return nil
	}
	m.message = ""
	for _, k := range keyTable {
		if slices.Contains(strings.Fields(k.keys), name) {
			return k.do(m)
		}
	}
	return nil
}

// typed takes a key while a text is searched for.
func (m *model) typed(name, text string) {
	switch name {
	case "enter":
		m.searching = false
	case "esc", "ctrl+c":
		m.searching, m.search = false, ""
	case "backspace":
		if r := []rune(m.search); len(r) > 0 {
			m.search = string(r[:len(r)-1])
		}
	default:
		m.search += text
	}
	m.scroll, m.back = 0, 0
}

func (m *model) move(by int) {
	switch m.focus {
	case probesPane:
		m.probe = min(max(m.probe+by, 0), max(len(m.shownProbes())-1, 0))
	case globalsPane:
		m.scroll = max(m.scroll+by, 0)
	case outputPane:
		m.back = max(m.back-by, 0)
	}
}

func (m *model) choose(by int) {
	if n := len(m.now.globals); n > 0 {
		m.global = (m.global + by + n) % n
		m.scroll = 0
	}
}

func (m *model) sort() {
	if m.focus == globalsPane {
		m.byKey = !m.byKey
		return
	}
	m.rank = (m.rank + 1) % (len(columns) + 1)
}

// probeID tells probes apart.
func probeID(p session.ProbeState) string { return fmt.Sprint(p.Pos.Start, p.Spelling) }

func (m *model) toggle() tea.Cmd {
	list := m.shownProbes()
	if m.probe >= len(list) || m.over {
		return nil
	}
	p := list[m.probe]
	on := m.off[probeID(p)]
	m.off[probeID(p)] = !on
	return m.steer(fmt.Sprintf("%s is %s", p.Spelling, onOff(on)), func(l *session.Live) error {
		l.Switch(p.Pos, on)
		return nil
	})
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

// pause turns all probes off, or those on again that were not off before.
func (m *model) pause() tea.Cmd {
	if m.over {
		return nil
	}
	m.paused = !m.paused
	on, off := !m.paused, maps.Clone(m.off) // keys may change it meanwhile
	text := "paused: p goes on"
	if on {
		text = "all probes are on that were on before"
	}
	return m.steer(text, func(l *session.Live) error {
		for _, p := range l.Probes() {
			l.Switch(p.Pos, on && !off[probeID(p)])
		}
		return nil
	})
}

// clear makes 0 or empty what the kernel does not keep.
func (m *model) clear() tea.Cmd {
	if m.over {
		return nil
	}
	names := globalNames(m.now.globals)
	var left []string
	return m.steer("cleared", func(l *session.Live) error {
		for _, name := range names {
			if l.Holds(name) != "" {
				left = append(left, name)
				continue
			}
			if err := l.Clear(name); err != nil {
				return err
			}
		}
		if len(left) > 0 {
			return fmt.Errorf("cleared all but %s, which the kernel works with: r begins anew", strings.Join(left, ", "))
		}
		return nil
	})
}

func globalNames(list []vm.Global) []string {
	var names []string
	for _, g := range list {
		names = append(names, g.Name)
	}
	return names
}

// restart ends the run and begins another.
func (m *model) restart() tea.Cmd {
	m.stop()
	m.over = false
	m.start()
	m.message = "restarted"
	return tea.Batch(m.look(), m.awaitEnd())
}
