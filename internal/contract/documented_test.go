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

// The client reads what the documentation shows, which is what its mock server
// answers: a placeholder for every value, pages that lead to another host, and
// pins as a list in a list with the mentor as a bare id. The contract does not
// allow that last one; testdata/documented.jsonl has an answer of each operation.
func TestDocumentedAnswersAreRead(t *testing.T) {
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
			Answer       json.RawMessage
		}
		require.NoError(t, json.Unmarshal(lines.Bytes(), &documented))
		mux.HandleFunc(documented.Method+" "+prefix+documented.Path+"{$}", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(documented.Status)
			_, _ = w.Write(documented.Answer)
		})
	}
	require.NoError(t, lines.Err())
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	callAll(t, server.URL+prefix, "")
}
