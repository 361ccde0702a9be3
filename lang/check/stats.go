package check

import (
	"cmp"
	"fmt"

	"tapir/lang/syntax"
	"tapir/lang/types"
)

// A statistic is a global, or an element of a global array, that <<< feeds and
// that the extractors, histograms and sorted loops look at; nothing else can be
// done with it. What is asked of one anywhere decides what is kept of it.

// maxShift is the largest number of fraction bits of a variance.
const maxShift = 62

// The bounds of the number of a histogram's buckets, the upper one unless Options
// has another.
const (
	minBuckets = 3
	maxBuckets = 128
)

// bindBucket binds the histogram of which e takes a bucket.
func (c *checker) bindBucket(b *body, e *syntax.Index, h *syntax.HistOp) {
	c.bindExpr(b, h.Stat, read)
	if len(e.Keys) != 1 {
		c.error(codeHistogram, e.Token(), "a histogram has one index, the bucket's number")
	}
}

// statParams checks the literals of an extractor.
func (c *checker) statParams(e *syntax.StatOp) {
	if n, ok := shift(e); ok && (n < 0 || n > maxShift) {
		c.error(codeShift, e.Token(), "bit shift (%d) out of range <0..%d>", n, maxShift)
	}
}

// shift is the number of fraction bits that an extractor asks for.
func shift(e *syntax.StatOp) (int64, bool) {
	if len(e.Params) == 0 {
		return 0, false
	}
	n, ok := e.Params[0].(*syntax.IntLit)
	if !ok {
		return 0, false
	}
	return n.Value, true
}

// inferStat infers what must be a statistic.
func (c *checker) inferStat(e syntax.Expr) {
	c.value(e, types.Stats)
}

// inferBucket infers one bucket's count.
func (c *checker) inferBucket(e *syntax.Index, h *syntax.HistOp, want types.Kind) types.Kind {
	c.inferHistogram(h)
	for _, key := range e.Keys {
		if key != nil {
			c.value(key, types.Long)
		}
	}
	return c.number(e, want)
}

// inferHistogram infers a histogram where one may stand.
func (c *checker) inferHistogram(h *syntax.HistOp) {
	c.inferStat(h.Stat)
	if !c.final {
		return
	}
	c.prog.Types[h] = types.TStats
	c.literals(h.Params)
}

// literals records the types of literal numbers.
func (c *checker) literals(list []syntax.Expr) {
	for _, e := range list {
		c.prog.Types[e] = types.TLong
	}
}

// statistic is the global that holds a statistic.
func (c *checker) statistic(e syntax.Expr) *Global {
	if x, ok := e.(*syntax.Index); ok {
		e = x.X
	}
	g, _ := c.prog.Uses[e].(*Global)
	return g
}

// gatherStats notes with every statistic what the program asks of it.
func (c *checker) gatherStats() {
	for _, b := range c.functionsFirst() {
		visit := func(n syntax.Node) bool {
			switch n := n.(type) {
			case *syntax.StatOp:
				c.gatherVariance(n)
			case *syntax.HistOp:
				c.gatherHistogram(n)
			case *syntax.ForeachStmt:
				if g, ok := c.prog.Uses[n.Array].(*Global); ok && n.Aggregate == "variance" {
					g.Variance = true
				}
			}
			return true
		}
		syntax.Walk(b.block, visit)
		for _, cond := range b.conds {
			syntax.Walk(cond, visit)
		}
	}
}

func (c *checker) gatherVariance(e *syntax.StatOp) {
	g := c.statistic(e.Stat)
	if g == nil || e.Name != "variance" {
		return
	}
	g.Variance = true
	n, ok := shift(e)
	switch {
	case !ok || int(n) == g.Shift:
	case g.Shift != 0:
		c.error(codeShift, e.Token(), "conflicting bit shifts declared on '%s' (%d vs %d)", mangled(g), g.Shift, n)
	default:
		g.Shift = int(n)
	}
}

func (c *checker) gatherHistogram(e *syntax.HistOp) {
	g := c.statistic(e.Stat)
	if g == nil {
		return
	}
	h := histogram(e)
	switch {
	case g.Histogram == nil:
		g.Histogram = h
		if problem := bucketProblem(h, cmp.Or(c.options.HistBuckets, maxBuckets)); problem != "" {
			c.warning(codeBuckets, e.Token(), "%s", problem)
		}
	case *g.Histogram != *h:
		c.error(codeHistograms, e.Token(), "multiple histogram types declared on '%s'", mangled(g))
	}
}

// mangled is a global's name as some of SystemTap's messages have it.
func mangled(g *Global) string { return "__global_" + g.Name }

func histogram(e *syntax.HistOp) *types.Histogram {
	h := &types.Histogram{Linear: e.Name == "hist_linear"}
	for i, field := range []*int64{&h.Low, &h.High, &h.Width} {
		if i < len(e.Params) {
			if n, ok := e.Params[i].(*syntax.IntLit); ok {
				*field = n.Value
			}
		}
	}
	return h
}

// bucketProblem is why a histogram's parameters make none of at most so many
// buckets, or "".
func bucketProblem(h *types.Histogram, most int) string {
	switch {
	case !h.Linear:
		return ""
	case h.Width <= 0:
		return "histogram: interval cannot be zero."
	case h.Low > h.High:
		return "histogram: start cannot be greater than stop."
	}
	if n := uint64(h.High-h.Low) / uint64(h.Width); n+minBuckets > uint64(most) {
		return fmt.Sprintf("histogram: Number of buckets must be between %d and %d", minBuckets, most)
	}
	return ""
}
