package main

import (
	"encoding/xml"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestSpans(t *testing.T) {
	got := spans("a\x1b[1;34mif\x1b[0m b\x1b[7m \x1b[27mc\x1b[97m<\x1b[39m")
	want := []span{
		{style{}, 0, "a"}, {style{colour: 34, bold: true}, 1, "if"}, {style{}, 3, " b"}, {style{reverse: true}, 5, " "},
		{style{}, 6, "c"}, {style{colour: 37}, 7, "<"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// TestDraw holds that the picture is XML, whatever the screen has.
func TestDraw(t *testing.T) {
	image := draw([]frame{{"# a <b> & \"c\"\n\x1b[1mbold\x1b[0m", time.Second}, {"\x1b[", 2 * time.Second}, {"", time.Second}}, 80, 24)
	d := xml.NewDecoder(strings.NewReader(string(image)))
	for {
		_, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%v\n%s", err, image)
		}
	}
	if !strings.Contains(string(image), "&lt;b&gt;") {
		t.Errorf("the text is missing\n%s", image)
	}
}
