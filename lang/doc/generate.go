package doc

//go:generate go test . -run TestMarkdown -update
