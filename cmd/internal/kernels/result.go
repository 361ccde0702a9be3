package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// status is how a test ended.
type status string

// The ways to end, as Go's tests print them.
const (
	passed  status = "PASS"
	failed  status = "FAIL"
	skipped status = "SKIP"
)

// Marks are lines between the tests of packages, and after those that failed.
const (
	mark       = "=== PACKAGE "
	brokenMark = "=== BROKEN "
)

// results are the ends of tests, by package and name: "runtime/session.TestEntry".
type results struct {
	ends   map[string]status
	texts  map[string]string  // what a test said
	took   map[string]float64 // seconds
	broken []string           // packages of which something failed
	last   string             // the test that was begun last
}

// column is what one kernel did.
type column struct {
	kernel string
	results
	output   string
	missing  string   // why there is less than there should be
	unsteady []string // tests that failed and then passed
}

// parse reads the output of tests that was asked to be verbose.
func parse(output string) results {
	r := results{ends: map[string]status{}, texts: map[string]string{}, took: map[string]float64{}}
	pkg, name := "", ""
	s := bufio.NewScanner(strings.NewReader(output))
	s.Buffer(nil, len(output)+1)
	for s.Scan() {
		line := s.Text()
		words := strings.Fields(line)
		switch {
		case strings.HasPrefix(line, mark):
			pkg, name = strings.TrimPrefix(line, mark), ""
		case strings.HasPrefix(line, brokenMark):
			r.broken = append(r.broken, strings.TrimPrefix(line, brokenMark))
		case len(words) == 3 && words[0] == "===":
			name = pkg + "." + words[2]
			r.last = name
		case len(words) > 3 && words[0] == "---":
			end := pkg + "." + words[2]
			r.ends[end] = status(strings.TrimSuffix(words[1], ":"))
			r.took[end], _ = strconv.ParseFloat(strings.Trim(words[3], "(s)"), 64)
		case name != "":
			r.texts[name] += line + "\n"
		}
	}
	return r
}

// add takes over the results of further tests.
func (c *column) add(r results, output string) {
	if c.ends == nil {
		c.results = results{ends: map[string]status{}, texts: map[string]string{}, took: map[string]float64{}}
	}
	for name, s := range r.ends {
		c.ends[name], c.took[name] = s, r.took[name]
	}
	for name, text := range r.texts {
		c.texts[name] = text
	}
	c.output += output
}

// retried takes over what came of the tests that failed when they were run again.
func (c *column) retried(second *column) {
	for _, name := range c.names(failed) {
		if second.ends[name] == passed {
			c.unsteady = append(c.unsteady, name)
			c.ends[name] = passed
		}
	}
	c.output += second.output
	if second.missing == "" && !strings.Contains(c.output, "\npanic: ") { // a panic keeps others from running
		c.broken = second.broken
	}
}

// failure says what failed, or is nil.
func (c *column) failure() error {
	if names := c.names(failed); len(names) > 0 {
		return fmt.Errorf("%s on %s", strings.Join(names, ", "), c.kernel)
	}
	if len(c.broken) > 0 {
		return errors.New(strings.Join(c.broken, "; ") + " on " + c.kernel)
	}
	return nil
}

// running is the test that had begun and not ended, for a sentence.
func (r results) running() string {
	if r.last == "" || r.ends[r.last] != "" {
		return ""
	}
	return " in " + r.last
}

// summary counts tests, those within tests apart.
func (r results) summary() string {
	n := map[status]int{}
	for _, s := range r.ends {
		n[s]++
	}
	return fmt.Sprintf("%d passed, %d failed, %d skipped", n[passed], n[failed], n[skipped])
}

// names are the tests that ended in a way, sorted.
func (r results) names(s status) []string {
	var list []string
	for name, end := range r.ends {
		if end == s {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return list
}

// slowest are the tests that took longest, without those within others.
func (r results) slowest(n int) []string {
	var list []string
	for name := range r.took {
		if !strings.Contains(strings.TrimPrefix(name, strings.Split(name, ".")[0]), "/") {
			list = append(list, name)
		}
	}
	slices.SortFunc(list, func(a, b string) int { return cmp.Compare(r.took[b], r.took[a]) })
	return list[:min(n, len(list))]
}

// of is the end of a test, or of the one that it is part of: one that was skipped has no
// parts.
func (r results) of(name string) status {
	for {
		if s, ok := r.ends[name]; ok {
			return s
		}
		i := strings.LastIndexByte(name, '/')
		if i < 0 || !strings.Contains(name[:i], ".") {
			return ""
		}
		name = name[:i]
	}
}
