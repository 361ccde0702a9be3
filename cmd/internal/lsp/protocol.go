package lsp

// What follows are the types of the Language Server Protocol 3.17, as far as they are used.

type location struct {
	URI   string `json:"uri"`
	Range span   `json:"range"`
}

type textEdit struct {
	Range   span   `json:"range"`
	NewText string `json:"newText"`
}

type workspaceEdit struct {
	Changes map[string][]textEdit `json:"changes"`
}

type diagnostic struct {
	Range    span      `json:"range"`
	Severity int       `json:"severity"` // 1 error, 2 warning
	Code     string    `json:"code,omitempty"`
	Source   string    `json:"source"`
	Message  string    `json:"message"`
	Related  []related `json:"relatedInformation,omitempty"`
}

type related struct {
	Location location `json:"location"`
	Message  string   `json:"message"`
}

type publishParams struct {
	URI         string       `json:"uri"`
	Version     int          `json:"version"`
	Diagnostics []diagnostic `json:"diagnostics"`
}

type markup struct {
	Kind  string `json:"kind"`
	Value string `json:"value"`
}

type hover struct {
	Contents markup `json:"contents"`
	Range    span   `json:"range"`
}

type completionItem struct {
	Label         string    `json:"label"`
	Kind          int       `json:"kind"`
	Detail        string    `json:"detail,omitempty"`
	Documentation string    `json:"documentation,omitempty"`
	TextEdit      *textEdit `json:"textEdit,omitempty"`
}

// The kinds of completion.
const (
	kindFunction = 3
	kindVariable = 6
	kindKeyword  = 14
	kindConstant = 21
	kindEvent    = 23
)

type completionList struct {
	IsIncomplete bool             `json:"isIncomplete"`
	Items        []completionItem `json:"items"`
}

type documentSymbol struct {
	Name           string `json:"name"`
	Detail         string `json:"detail,omitempty"`
	Kind           int    `json:"kind"`
	Range          span   `json:"range"`
	SelectionRange span   `json:"selectionRange"`
}

// The kinds of symbol.
const (
	symbolFunction = 12
	symbolVariable = 13
	symbolEvent    = 24
)

type signatureHelp struct {
	Signatures      []signature `json:"signatures"`
	ActiveSignature int         `json:"activeSignature"`
	ActiveParameter int         `json:"activeParameter"`
}

type signature struct {
	Label         string      `json:"label"`
	Documentation string      `json:"documentation,omitempty"`
	Parameters    []parameter `json:"parameters"`
}

type parameter struct {
	Label string `json:"label"`
}

type semanticTokens struct {
	Data []uint32 `json:"data"`
}

type documentID struct {
	URI     string `json:"uri"`
	Version int    `json:"version"`
}

// at is the parameters of what is asked about a place.
type at struct {
	TextDocument documentID `json:"textDocument"`
	Position     position   `json:"position"`
}

type initializeParams struct {
	Capabilities struct {
		TextDocument struct {
			PublishDiagnostics struct {
				RelatedInformation bool `json:"relatedInformation"`
			} `json:"publishDiagnostics"`
		} `json:"textDocument"`
	} `json:"capabilities"`
	Options struct {
		Include []string `json:"include"`
		Guru    bool     `json:"guru"`
	} `json:"initializationOptions"`
}

// capabilities is what the server can do, as initialize answers.
func capabilities() any {
	type object = map[string]any
	return object{
		"positionEncoding":           "utf-16",
		"textDocumentSync":           object{"openClose": true, "change": 2, "save": true},
		"hoverProvider":              true,
		"completionProvider":         object{"triggerCharacters": []string{".", "$", "@", "(", "\""}},
		"signatureHelpProvider":      object{"triggerCharacters": []string{"(", ","}},
		"definitionProvider":         true,
		"referencesProvider":         true,
		"renameProvider":             object{"prepareProvider": true},
		"documentFormattingProvider": true,
		"documentSymbolProvider":     true,
		"semanticTokensProvider":     object{"full": true, "legend": object{"tokenTypes": tokenTypes[:], "tokenModifiers": tokenModifiers[:]}},
	}
}
