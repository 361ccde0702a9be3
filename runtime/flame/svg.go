package flame

import (
	"bufio"
	"encoding/xml"
	"fmt"
	"hash/fnv"
	"io"
	"strings"
)

// Sizes of a graph, in pixels.
const (
	graphWidth = 1200.0
	rowHeight  = 17
	letter     = 7.0 // the width of one
	narrowest  = 0.3 // of a box that is drawn
	titleRoom  = 32
)

// drawing is a graph in the making.
type drawing struct {
	*bufio.Writer
	total  int64
	height int
}

// Graph writes the stacks as an image in the format SVG: each box is a function, as wide
// as it was counted, on top of the one that called it. Pointing at a box tells its name
// and count.
func Graph(w io.Writer, title string, stacks []Stack) error {
	root := tree(stacks)
	d := &drawing{Writer: bufio.NewWriter(w), total: max(root.count, 1)}
	d.height = titleRoom + rowHeight*(d.depth(root)+1)
	fmt.Fprintf(d, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %g %d" width="%g" height="%d" font-family="monospace" font-size="12">
<style>rect{stroke:#fff;stroke-width:.5}g:hover rect{fill:#9cf}text{pointer-events:none}</style>
<rect width="100%%" height="100%%" fill="#fff"/>
<text x="%g" y="20" text-anchor="middle" font-size="15">%s</text>
`, graphWidth, d.height, graphWidth, d.height, graphWidth/2, escaped(title))
	d.draw(root, 0, 0)
	_, _ = d.WriteString("</svg>\n") // Flush tells
	return d.Flush()
}

// width is that of a box.
func (d *drawing) width(n *node) float64 { return graphWidth * float64(n.count) / float64(d.total) }

// depth is how many boxes stand on n.
func (d *drawing) depth(n *node) int {
	deepest := 0
	for _, c := range n.byName {
		if d.width(c) >= narrowest {
			deepest = max(deepest, 1+d.depth(c))
		}
	}
	return deepest
}

// draw draws n and all that it calls.
func (d *drawing) draw(n *node, x float64, level int) {
	width := d.width(n)
	y := d.height - rowHeight*(level+1)
	fmt.Fprintf(d, "<g><title>%s: %d (%.2f %%)</title><rect x=\"%.2f\" y=\"%d\" width=\"%.2f\" height=\"%d\" fill=\"%s\"/>",
		escaped(n.name), n.count, 100*float64(n.count)/float64(d.total), x, y, width, rowHeight-1, colour(n.name))
	if label := short(n.name, int((width-6)/letter)); label != "" {
		fmt.Fprintf(d, `<text x="%.2f" y="%d">%s</text>`, x+3, y+12, escaped(label))
	}
	_, _ = d.WriteString("</g>\n")
	for _, c := range n.sorted() {
		if d.width(c) >= narrowest {
			d.draw(c, x, level+1)
		}
		x += d.width(c)
	}
}

// short is as much of a name as there is room for, in letters.
func short(name string, room int) string {
	letters := []rune(name)
	switch {
	case len(letters) <= room:
		return name
	case room < 3:
		return ""
	}
	return string(letters[:room-2]) + ".."
}

// colour is a warm one that belongs to a name; the kernel's are cooler.
func colour(name string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(name))
	v := h.Sum32()
	hue := 10 + v%45
	if strings.HasSuffix(name, kernelMark) {
		hue = 160 + v%40
	}
	return fmt.Sprintf("hsl(%d,%d%%,%d%%)", hue, 70+v>>8%20, 62+v>>16%10)
}

// kernelMark ends the names of the kernel's functions.
const kernelMark = "_[k]"

// Kernel is how the name of a function of the kernel is shown among those of programs.
func Kernel(name string) string { return name + kernelMark }

func escaped(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder takes all
	return b.String()
}
