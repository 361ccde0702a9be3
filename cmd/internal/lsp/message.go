package lsp

import "encoding/json"

// A message is a request, an answer or a notification of JSON-RPC 2.0.
type message struct {
	ID     json.RawMessage `json:"id,omitempty"` // none: a notification
	Method string          `json:"method"`
	Params json.RawMessage `json:"params,omitempty"`
}

// answer is what a request gets: a result or an error.
type answer struct {
	JSONRPC string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id"`
	Result  any             `json:"result"`
}

type refusal struct {
	JSONRPC string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id"`
	Error   *rpcError       `json:"error"`
}

type notification struct {
	JSONRPC string `json:"jsonrpc"`
	Method  string `json:"method"`
	Params  any    `json:"params"`
}

// rpcError is why a request has no result.
type rpcError struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

func (e *rpcError) Error() string { return e.Message }

// The codes of errors, from the specifications of JSON-RPC 2.0 and of the protocol, 3.17.
const (
	codeParse          = -32700
	codeInvalidRequest = -32600
	codeNoMethod       = -32601
	codeInvalidParams  = -32602
	codeInternal       = -32603
	codeNotInitialized = -32002
	codeFailed         = -32803
	codeCancelled      = -32800
)

// refuse is an error that a person reads: why something can't be done.
func refuse(text string) error { return &rpcError{codeFailed, text} }
