package vm

import (
	"math/bits"
	"strconv"

	"tapir/lang/types"
)

const (
	// logBuckets and logZero: the buckets of @hist_log, and the one of the value 0;
	// each further one holds twice the values of the one before.
	logBuckets = 128
	logZero    = 64
	minBuckets = 3 // below, one value, above
	// usualBuckets is the most that a script may ask for; -DSTP_MAX_BUCKETS changes it.
	usualBuckets = 128
	// mostBuckets bounds what -DSTP_MAX_BUCKETS may ask for.
	mostBuckets = 1 << 16
	// margin is how many empty rows are shown on either side of the values.
	margin = 2
)

// histogram is the form of a global's histogram.
type histogram struct {
	types.Histogram
	buckets int // 0 if it cannot be kept
}

func newHistogram(h *types.Histogram, maxBuckets int) *histogram {
	if !h.Linear {
		return &histogram{*h, logBuckets}
	}
	n := int64(0)
	if h.Width > 0 && h.Low <= h.High {
		if span := uint64(h.High-h.Low) / uint64(h.Width); span <= mostBuckets {
			n = int64(span) + 3
		}
	}
	if n < minBuckets || n > int64(maxBuckets) {
		n = 0
	}
	return &histogram{*h, int(n)}
}

// bucket is the number of the bucket that v falls into.
func (h *histogram) bucket(v int64) int {
	switch {
	case h.Linear && v < h.Low:
		return 0
	case h.Linear:
		return int(min(uint64(v-h.Low)/uint64(h.Width)+1, uint64(h.buckets-1)))
	case v < 0:
		return logZero - bits.Len64(uint64(-v))
	}
	return logZero + bits.Len64(uint64(v))
}

// value is what a row is labelled with: the least value of its bucket, for the
// last of a linear histogram the bound that its values exceed, for the first the
// one that they stay below.
func (h *histogram) value(bucket int) int64 {
	switch {
	case h.Linear && bucket == 0:
		return h.Low
	case h.Linear && bucket == h.buckets-1:
		return h.Low + int64(bucket-2)*h.Width
	case h.Linear:
		return h.Low + int64(bucket-1)*h.Width
	case bucket == logZero:
		return 0
	case bucket < logZero:
		return -1 << (logZero - 1 - bucket)
	}
	return 1 << (bucket - logZero - 1)
}

// picture is a histogram about to be drawn.
type picture struct {
	*histogram
	counts    []int64
	low, high int // the buckets shown
	scale     int64
	label     int // width of the labels
	number    int // width of the counts
	width     int // of the bars, at most
	elision   int // empty rows this far from any value are left out; negative: none
}

// appendPicture draws a histogram that has values: a head, a row for each bucket
// with a mark for every scale values, a line without anything.
func (h *histogram) appendPicture(dst []byte, counts []int64, width, elision int) []byte {
	if h.buckets == 0 {
		return dst
	}
	p := picture{histogram: h, counts: counts, width: width, elision: elision}
	p.choose()
	dst = appendSpaces(dst, p.label-len("value"))
	dst = append(dst, "value |"...)
	dst = appendRun(dst, '-', width)
	dst = append(dst, " count\n"...)
	left := false
	for b := p.low; b <= p.high; b++ {
		if p.remote(b) {
			left = true
			continue
		}
		if left {
			dst = append(appendSpaces(dst, p.label), " ~\n"...)
			left = false
		}
		dst = p.appendRow(dst, b)
	}
	return append(dst, '\n')
}

// choose sets which buckets are shown, and the widths.
func (p *picture) choose() {
	p.low, p.high = -1, 0
	most := int64(0)
	for b, n := range p.counts {
		if n > 0 {
			if p.low < 0 {
				p.low = b
			}
			p.high = b
		}
		most = max(most, n)
	}
	p.low = max(p.low, 0)
	p.widen()
	p.scale = 1
	if w := int64(p.width); most > w {
		p.scale = (most + w - 1) / w
	}
	p.number = digits(most)
	p.label = max(p.labelWidth(), len("value"))
}

// widen adds the margins. That of @hist_log doesn't go below 0 unless values do;
// a linear one leaves out what lies outside its range if it is empty.
func (p *picture) widen() {
	last := p.buckets - 1
	for range margin {
		if p.low > 0 && (p.Linear || p.low != logZero) {
			p.low--
		}
		p.high = min(p.high+1, last)
	}
	if !p.Linear {
		return
	}
	if p.low == 0 && p.counts[0] == 0 {
		p.low++
	}
	if p.high == last && p.counts[last] == 0 {
		p.high--
	}
}

// labelWidth is the room for labels. In linear histograms it is computed from
// what would be behind the last row, and has room for the < and the >.
func (p *picture) labelWidth() int {
	if !p.Linear {
		return max(digits(p.value(p.low)), digits(p.value(p.high)))
	}
	low, high := digits(p.Low), digits(p.Low+p.Width*int64(p.high))
	if p.low == 0 {
		low++
	}
	if p.high == p.buckets-1 {
		high++
	}
	return max(low, high)
}

// remote reports whether no bucket shown near b has any values.
func (p *picture) remote(b int) bool {
	if p.elision < 0 {
		return false
	}
	reach := min(p.elision, p.buckets)
	for near := max(b-reach, p.low); near <= min(b+reach, p.high); near++ {
		if p.counts[near] != 0 {
			return false
		}
	}
	return true
}

func (p *picture) appendRow(dst []byte, b int) []byte {
	v := p.value(b)
	switch {
	case p.Linear && b == 0:
		dst = append(appendSpaces(dst, p.label-digits(v)-1), '<')
		dst = strconv.AppendInt(dst, v, 10)
	case p.Linear && b == p.buckets-1:
		dst = append(appendSpaces(dst, p.label-digits(v)-1), '>')
		dst = strconv.AppendInt(dst, v, 10)
	default:
		dst = appendDecimal(dst, v, p.label)
	}
	dst = append(dst, " |"...)
	n := p.counts[b]
	bar := int(n / p.scale)
	dst = appendRun(dst, '@', bar)
	dst = appendDecimal(dst, n, p.width-bar+1+p.number)
	return append(dst, '\n')
}

// digits is the length of v as a decimal number.
func digits(v int64) int {
	var tmp [20]byte
	return len(strconv.AppendInt(tmp[:0], v, 10))
}

func appendRun(dst []byte, c byte, n int) []byte {
	for range n {
		dst = append(dst, c)
	}
	return dst
}

// drawHistogram puts the picture of a global's or an element's histogram into
// the buffer; false if there are no values.
func (m *Machine) drawHistogram(global int, ints []int64, texts []string) bool {
	g := &m.globals[global]
	s := g.stat(ints, texts)
	if s == nil || s.count == 0 {
		return false
	}
	m.buf = m.buf[:0]
	if h := g.form.hist; h != nil {
		m.buf = h.appendPicture(m.buf, s.buckets, m.limits.HistWidth, *m.limits.HistElision)
	}
	return true
}

// bucketCount is the number of values in a bucket, or the message of the error.
func (m *Machine) bucketCount(global int, bucket int64, ints []int64, texts []string) (int64, string) {
	s := m.globals[global].stat(ints, texts)
	switch {
	case s == nil || s.count == 0:
		return 0, msgEmpty
	case bucket < 0 || bucket >= int64(len(s.buckets)):
		return 0, msgBucket
	}
	return s.buckets[bucket], ""
}
