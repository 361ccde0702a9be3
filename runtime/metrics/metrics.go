// Package metrics serves the globals of a running session, and the counters of its probes,
// to Prometheus. Start with Serve.
package metrics

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"tapir/bpf/layout"
	"tapir/lang/types"
	"tapir/runtime/session"
	"tapir/runtime/vm"
)

const (
	// patience is how long a scrape may wait for the session.
	patience = 5 * time.Second
	// mostElements bounds what is served of one array.
	mostElements = 10_000
	prefix       = "tapir_"
)

// Server answers scrapes until it is closed.
type Server struct {
	listener net.Listener
	server   http.Server
	done     sync.WaitGroup
}

// Serve listens at an address, which is a port of the loopback interface or HOST:PORT, and
// answers with what the session has.
func Serve(address string, c *session.Control) (*Server, error) {
	if _, err := strconv.ParseUint(address, 10, 16); err == nil {
		address = "127.0.0.1:" + address
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("serve metrics: %w", err)
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(&collector{c})
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{MaxRequestsInFlight: 4}))
	s := &Server{listener: l, server: http.Server{Handler: mux, ReadTimeout: patience, WriteTimeout: 4 * patience}}
	s.done.Go(func() { _ = s.server.Serve(l) }) // it ends when the server is closed
	return s, nil
}

// URL is where the metrics are.
func (s *Server) URL() string { return "http://" + s.listener.Addr().String() + "/metrics" }

// Close ends the server and the scrapes under way.
func (s *Server) Close() {
	_ = s.server.Close()
	s.done.Wait()
}

// collector asks the session at each scrape.
type collector struct{ control *session.Control }

// Describe says nothing: which globals there are, the session knows.
func (c *collector) Describe(chan<- *prometheus.Desc) {}

// Collect gives the metrics of the moment; none if the session is over.
func (c *collector) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var globals []vm.Global
	var probes []session.ProbeState
	err := c.control.Do(ctx, func(l *session.Live) (err error) {
		globals, err = l.Globals(mostElements)
		probes = l.Probes()
		return err
	})
	if err != nil {
		if !errors.Is(err, session.ErrOver) {
			out <- prometheus.NewInvalidMetric(prometheus.NewDesc(prefix+"session", "the session", nil, nil), err)
		}
		return
	}
	for _, g := range globals {
		collectGlobal(out, g)
	}
	collectProbes(out, probes)
}

// counters are the metrics of each probe.
var counters = []struct {
	name, help string
	counter    layout.Counter
}{
	{"hits", "times that the probe was hit", layout.Hits},
	{"rejected", "hits that its filter rejected in the kernel", layout.Rejected},
	{"aggregated", "hits that the kernel dealt with as a whole", layout.Aggregated},
	{"sent", "events that were sent to the script", layout.Sent},
	{"lost", "events that were lost because the buffer was full", layout.Lost},
	{"failed_reads", "reads of memory that failed", layout.Errors},
}

func collectProbes(out chan<- prometheus.Metric, probes []session.ProbeState) {
	for _, c := range counters {
		d := prometheus.NewDesc(prefix+"probe_"+c.name+"_total", c.help, []string{"probe", "number"}, nil)
		for i, p := range probes {
			if p.InKernel {
				out <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(p.Counts[c.counter]), label(p.Spelling), strconv.Itoa(i+1))
			}
		}
	}
}

// collectGlobal makes the metrics of a global: for an array, of each element, with its
// keys as the labels key1, key2, …
func collectGlobal(out chan<- prometheus.Metric, g vm.Global) {
	var labels []string
	for i := range g.Type.Keys {
		labels = append(labels, fmt.Sprintf("key%d", i+1))
	}
	m := maker{out: out, name: prefix + name(g.Name), global: g.Name, labels: labels, histogram: g.Histogram}
	if !g.Type.IsArray() {
		m.value(g.Value, nil)
		return
	}
	seen := map[string]bool{} // two keys may look alike as labels
	for _, e := range g.Elements {
		var values []string
		for _, k := range e.Keys {
			if k.Kind == types.String {
				values = append(values, label(k.Text))
			} else {
				values = append(values, strconv.FormatInt(k.Long, 10))
			}
		}
		if id := strings.Join(values, "\x00"); !seen[id] {
			seen[id] = true
			m.value(e.Value, values)
		}
	}
	d := prometheus.NewDesc(m.name+"_elements", "elements of the global "+g.Name, nil, nil)
	out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(g.Count))
}

// maker makes the metrics of one global.
type maker struct {
	out          chan<- prometheus.Metric
	name, global string
	labels       []string
	histogram    *types.Histogram
}

func (m *maker) desc(suffix, what string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(m.name+suffix, what+" "+m.global, append(m.labels[:len(m.labels):len(m.labels)], labels...), nil)
}

// value makes the metrics of a value: a number as it is, a text as a label, a statistic
// as a summary, or as a histogram if the script draws one.
func (m *maker) value(v vm.Value, labels []string) {
	s, ok := v.Stat(m.histogram)
	switch {
	case !ok && v.Kind == types.String:
		m.out <- prometheus.MustNewConstMetric(m.desc("", "the global", "value"), prometheus.GaugeValue, 1, append(labels, label(v.Text))...)
	case !ok:
		m.out <- prometheus.MustNewConstMetric(m.desc("", "the global"), prometheus.UntypedValue, float64(v.Long), labels...)
	default:
		m.statistic(s, labels)
	}
}

func (m *maker) statistic(s vm.Stat, labels []string) {
	if m.histogram == nil {
		m.out <- prometheus.MustNewConstSummary(m.desc("", "the values of"), uint64(s.Count), float64(s.Sum), nil, labels...)
	} else {
		m.out <- prometheus.MustNewConstHistogram(m.desc("", "the values of"), uint64(s.Count), float64(s.Sum), upTo(s.Buckets), labels...)
	}
	if s.Count > 0 {
		m.out <- prometheus.MustNewConstMetric(m.desc("_min", "the least of the values of"), prometheus.GaugeValue, float64(s.Min), labels...)
		m.out <- prometheus.MustNewConstMetric(m.desc("_max", "the greatest of the values of"), prometheus.GaugeValue, float64(s.Max), labels...)
	}
}

// upTo are the values up to each bucket's end, which is below the next one's least value.
func upTo(list []vm.Bucket) map[float64]uint64 {
	sums := map[float64]uint64{}
	sum := uint64(0)
	for i, b := range list {
		sum += uint64(b.Count)
		if i+1 < len(list) {
			sums[float64(list[i+1].Low-1)] = sum
		}
	}
	return sums
}

// name makes of a global's name one that Prometheus takes.
func name(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' {
			return r
		}
		return '_'
	}, s)
}

// label makes of a text one that can be a label: bytes that are no UTF-8 are written out.
func label(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	q := strconv.Quote(s)
	return q[1 : len(q)-1]
}
