package main

import (
	"bytes"
	"net/http"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// schemaFile is where the output of --format=json is described.
var schemaFile = filepath.Join("..", "..", "docs", "json.schema.json")

// followsSchema runs `schema FILE` and wants each line of the file to be as described.
func followsSchema(root string) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg || len(args) != 1 {
			ts.Fatalf("usage: schema FILE")
		}
		schema, err := jsonschema.NewCompiler().Compile(root)
		ts.Check(err)
		for i, line := range strings.Split(strings.TrimSuffix(ts.ReadFile(args[0]), "\n"), "\n") {
			v, err := jsonschema.UnmarshalJSON(strings.NewReader(line))
			if err == nil {
				err = schema.Validate(v)
			}
			if err != nil {
				ts.Fatalf("line %d: %v\n%s", i+1, err, line)
			}
		}
	}
}

// scrape runs `scrape FILE`: it gets what is served at the address that the file, a
// script's standard error, tells.
func scrape(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: scrape FILE")
	}
	_, rest, ok := strings.Cut(ts.ReadFile(args[0]), "Metrics are at ")
	if !ok {
		ts.Fatalf("%s has no address", args[0])
	}
	r, err := http.Get(strings.Fields(rest)[0])
	ts.Check(err)
	defer r.Body.Close()
	var b bytes.Buffer
	_, err = b.ReadFrom(r.Body)
	ts.Check(err)
	_, err = ts.Stdout().Write(b.Bytes())
	ts.Check(err)
}
