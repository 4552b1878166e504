package callback_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/callback"
)

var sizes = map[string]int{"1KB": 1 << 10, "16KB": 16 << 10, "256KB": 256 << 10}

// payload returns a callback of about size bytes, with a log as Python writes it:
// some escaped line breaks and quotes in every hundred bytes.
func payload(size int) []byte {
	const line = `2026-01-02 03:04:05,678 INFO agent.run step finished tool=\"search\" tokens=812 latency=1.93s ok\n`
	const start = `{"timestamp": "2026-01-02T03:04:05.123456Z", "status": "success", "prompt": "Summarise the week's forum posts.", ` +
		`"agent_output": "Three threads need a response from a teacher.", "log_id": 4711, "log": "`
	lines := strings.Repeat(line, max(1, (size-len(start))/len(line)))
	return []byte(start + lines + `"}`)
}

func BenchmarkVerify(b *testing.B) {
	for name, size := range sizes {
		body := payload(size)
		header := sign(b, body, secret)
		verifier, err := callback.NewVerifier(secret)
		require.NoError(b, err)

		run := func(kind string, verify func() bool) {
			b.Run(name+"/"+kind, func(b *testing.B) {
				b.SetBytes(int64(len(body)))
				b.ReportAllocs()
				for b.Loop() {
					if !verify() {
						b.Fatal("refused")
					}
				}
			})
		}
		run("verifier", func() bool { return verifier.Verify(body, header) == nil })
		run("handwritten", func() bool { return verifyByHand(body, header) })
		run("sha256", func() bool { return sha256.Sum256(body) != [sha256.Size]byte{} })
	}
}

// verifyByHand is the code of programs without this package.
func verifyByHand(body []byte, header string) bool {
	digits, ok := strings.CutPrefix(header, "sha256=")
	if !ok {
		return false
	}
	got, err := hex.DecodeString(digits)
	if err != nil {
		return false
	}
	mac := hmac.New(sha256.New, []byte(secret.Reveal()))
	mac.Write(body)
	return hmac.Equal(mac.Sum(nil), got)
}

// The handler is compared with one that does the same with the standard library.
func BenchmarkHandler(b *testing.B) {
	handlers := map[string]http.Handler{
		"handler": newHandler(b, func(context.Context, *callback.Event) error { return nil }),
		"handwritten": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 10<<20))
			if err != nil || !verifyByHand(body, r.Header.Get(callback.SignatureHeader)) {
				http.Error(w, "refused", http.StatusUnauthorized)
				return
			}
			var event struct {
				Timestamp, Status, Prompt, AgentOutput, Log string
				LogID                                       int64 `json:"log_id"`
			}
			if err := json.Unmarshal(body, &event); err != nil {
				http.Error(w, "malformed", http.StatusBadRequest)
				return
			}
			w.WriteHeader(http.StatusNoContent)
		}),
	}
	for size, n := range sizes {
		body := payload(n)
		for name, handler := range handlers {
			b.Run(size+"/"+name, func(b *testing.B) {
				r, err := callback.NewRequest(b.Context(), "/callbacks", body, secret)
				require.NoError(b, err)
				reader := bytes.NewReader(body)
				r.Body = io.NopCloser(reader)
				w := &status{header: make(http.Header)}
				b.SetBytes(int64(len(body)))
				b.ReportAllocs()
				for b.Loop() {
					reader.Reset(body)
					handler.ServeHTTP(w, r)
					if w.code != http.StatusNoContent {
						b.Fatal(w.code)
					}
				}
			})
		}
	}
}

// status is a ResponseWriter without costs.
type status struct {
	header http.Header
	code   int
}

func (s *status) Header() http.Header         { return s.header }
func (s *status) Write(p []byte) (int, error) { return len(p), nil }
func (s *status) WriteHeader(code int)        { s.code = code }
