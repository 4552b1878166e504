package contract_test

import (
	"bufio"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// The client decodes the examples of the vendor's documentation, which its mock
// server returns: placeholders, pages with links to another host, and pins as an
// array inside an array, whose mentor is a bare unique id. The contract doesn't
// allow the latter. testdata/documented.jsonl has the response to each operation.
func TestDocumentedExamplesAreDecoded(t *testing.T) {
	t.Parallel()
	file, err := os.Open("testdata/documented.jsonl")
	require.NoError(t, err)
	defer file.Close()
	const prefix = "/_mock/apis/ibl"
	mux := http.NewServeMux()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		var documented struct {
			Method, Path string
			Status       int
			Response     json.RawMessage
		}
		require.NoError(t, json.Unmarshal(lines.Bytes(), &documented))
		mux.HandleFunc(documented.Method+" "+prefix+documented.Path+"{$}", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(documented.Status)
			_, _ = w.Write(documented.Response)
		})
	}
	require.NoError(t, lines.Err())
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	callAll(t, server.URL+prefix, "")
}
