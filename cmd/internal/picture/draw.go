package main

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// The picture's measures in pixels: of a character, and of the frame around the screen.
const (
	charWidth  = 8.4
	lineHeight = 18
	margin     = 14
	fontSize   = 14
)

// colours are those of a dark terminal, by their number in escape sequences.
var colours = map[int]string{
	30: "#3b4048", 31: "#e06c75", 32: "#98c379", 33: "#e5c07b", 34: "#61afef", 35: "#c678dd", 36: "#56b6c2", 37: "#abb2bf",
}

const (
	background = "#1e2127"
	foreground = "#d7dae0"
)

// style is how a text looks.
type style struct {
	colour             int // 0: the usual one
	bold, dim, reverse bool
}

// span is a piece of a line in one style.
type span struct {
	style
	column int
	text   string
}

// draw makes one image of the frames, which follow each other again and again.
func draw(frames []frame, columns, rows int) []byte {
	var total time.Duration
	for _, f := range frames {
		total += f.hold
	}
	width, height := float64(columns)*charWidth+2*margin, rows*lineHeight+2*margin
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %d" width="%.0f" height="%d">`+"\n", width, height, width, height)
	fmt.Fprintf(&b, `<style>text{font:%dpx ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace;white-space:pre;fill:%s}`, fontSize, foreground)
	b.WriteString(`.b{font-weight:bold}.d{opacity:.6}`)
	at := time.Duration(0)
	for i, f := range frames {
		from, to := percent(at, total), percent(at+f.hold, total)
		fmt.Fprintf(&b, "\n.f%d{visibility:hidden;animation:k%d %.1fs step-end infinite}@keyframes k%d{0%%{visibility:%s}%s%%{visibility:visible}%s%%{visibility:hidden}}",
			i, i, total.Seconds(), i, first(i), from, to)
		at += f.hold
	}
	b.WriteString("</style>\n")
	fmt.Fprintf(&b, `<rect width="100%%" height="100%%" rx="8" fill="%s"/>`+"\n", background)
	for i, f := range frames {
		fmt.Fprintf(&b, `<g class="f%d">`+"\n", i)
		for row, line := range strings.Split(strings.TrimRight(f.screen, "\n"), "\n") {
			for _, s := range spans(line) {
				s.write(&b, row)
			}
		}
		b.WriteString("</g>\n")
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

// first is what the frame is at the very beginning.
func first(i int) string {
	if i == 0 {
		return "visible"
	}
	return "hidden"
}

func percent(at, total time.Duration) string {
	return strconv.FormatFloat(100*float64(at)/float64(total), 'f', 2, 64)
}

// write draws a span at its place.
func (s span) write(b *bytes.Buffer, row int) {
	if strings.TrimSpace(s.text) == "" && !s.reverse {
		return
	}
	x, y := margin+float64(s.column)*charWidth, margin+row*lineHeight
	width := float64(utf8.RuneCountInString(s.text)) * charWidth
	fill := colours[s.colour]
	if s.reverse {
		fmt.Fprintf(b, `<rect x="%.1f" y="%d" width="%.1f" height="%d" fill="%s"/>`, x, y, width, lineHeight, foreground)
		fill = background
	}
	var class []string
	if s.bold {
		class = append(class, "b")
	}
	if s.dim {
		class = append(class, "d")
	}
	fmt.Fprintf(b, `<text x="%.1f" y="%d" textLength="%.1f"`, x, y+fontSize, width)
	if len(class) > 0 {
		fmt.Fprintf(b, ` class="%s"`, strings.Join(class, " "))
	}
	if fill != "" {
		fmt.Fprintf(b, ` style="fill:%s"`, fill)
	}
	b.WriteByte('>')
	text := strings.ReplaceAll(s.text, " ", "\u00a0") // which no viewer takes for one with its neighbours
	_ = xml.EscapeText(b, []byte(text))               // to memory
	b.WriteString("</text>\n")
}

// spans takes a line with escape sequences apart.
func spans(line string) []span {
	var list []span
	var now style
	column := 0
	for line != "" {
		text, rest, found := strings.Cut(line, "\x1b[")
		if text != "" {
			list = append(list, span{now, column, text})
			column += utf8.RuneCountInString(text)
		}
		if !found {
			break
		}
		codes, after, ok := strings.Cut(rest, "m")
		if !ok {
			break
		}
		for _, c := range strings.Split(codes, ";") {
			n, _ := strconv.Atoi(c) // nothing is 0
			now.set(n)
		}
		line = after
	}
	return list
}

// set changes a style as a number of an escape sequence has it.
func (s *style) set(n int) {
	switch {
	case n == 0:
		*s = style{}
	case n == 1:
		s.bold = true
	case n == 2:
		s.dim = true
	case n == 7:
		s.reverse = true
	case n == 22:
		s.bold, s.dim = false, false
	case n == 27:
		s.reverse = false
	case n == 39:
		s.colour = 0
	case n >= 30 && n <= 37:
		s.colour = n
	case n >= 90 && n <= 97:
		s.colour = n - 60
	}
}
