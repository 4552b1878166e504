package callback_test

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/callback"
)

func packageDoc(t *testing.T) string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "doc.go", nil, parser.ParseComments)
	require.NoError(t, err)
	return file.Doc.Text()
}

// The snippet of the package documentation is the body of an example, which is
// compiled.
func TestSnippetIsAnExample(t *testing.T) {
	t.Parallel()
	comment := packageDoc(t)
	_, snippet, ok := strings.Cut(comment, "\n\tverifier, err :=")
	require.True(t, ok)
	snippet, _, ok = strings.Cut(snippet, "\n\n")
	require.True(t, ok)
	examples, err := os.ReadFile("example_test.go")
	require.NoError(t, err)
	assert.Contains(t, string(examples), "func listen(ctx context.Context) error {\n\tverifier, err :="+snippet+"\n}\n")
}

// The package documentation lists every sentinel, with the statuses that a
// handler really responds with.
func TestListOfErrors(t *testing.T) {
	t.Parallel()
	file, err := parser.ParseFile(token.NewFileSet(), "errors.go", nil, parser.ParseComments)
	require.NoError(t, err)
	sentinels := map[string]string{} // their doc comments
	for _, decl := range file.Decls {
		if variables, ok := decl.(*ast.GenDecl); ok && variables.Tok == token.VAR {
			for _, spec := range variables.Specs {
				value := spec.(*ast.ValueSpec)
				sentinels[value.Names[0].Name] = value.Doc.Text()
			}
		}
	}
	for name, comment := range sentinels {
		assert.Regexp(t, `^`+name+` is (returned|reported)\b.*? when `, strings.Join(strings.Fields(comment), " "))
	}

	comment := packageDoc(t)
	listed := map[string][]string{}
	for _, row := range regexp.MustCompile(`(?m)^\t(Err\w+) +([\d, –]+?) {2}`).FindAllStringSubmatch(comment, -1) {
		listed[row[1]] = strings.Split(row[2], ", ")
	}
	assert.Len(t, listed, len(sentinels))
	for name := range sentinels {
		assert.Contains(t, listed, name)
	}

	for _, test := range []struct {
		name   string
		want   error
		change func(*http.Request)
	}{
		{"ErrNoSignature", callback.ErrNoSignature, func(r *http.Request) { r.Header.Del(callback.SignatureHeader) }},
		{"ErrMalformedSignature", callback.ErrMalformedSignature, func(r *http.Request) { r.Header.Set(callback.SignatureHeader, "x") }},
		{"ErrSignatureMismatch", callback.ErrSignatureMismatch, func(r *http.Request) { r.Header = forged(t).Header }},
		{"ErrMalformedPayload", callback.ErrMalformedPayload, func(r *http.Request) { signed(t, r, "[]") }},
		{"ErrMethodNotAllowed", callback.ErrMethodNotAllowed, func(r *http.Request) { r.Method = http.MethodGet }},
		{"ErrBodyTooLarge", callback.ErrBodyTooLarge, func(r *http.Request) { r.ContentLength = 1 << 40 }},
		{"ErrBodyUnreadable", callback.ErrBodyUnreadable, func(r *http.Request) { r.Body = io.NopCloser(failingReader{io.ErrUnexpectedEOF}) }},
		{"ErrBodyUnreadable", callback.ErrBodyUnreadable, func(r *http.Request) { r.Body = io.NopCloser(failingReader{os.ErrDeadlineExceeded}) }},
		{"ErrNoTimestamp", callback.ErrNoTimestamp, func(r *http.Request) { signed(t, r, "{}") }},
		{"ErrTooOld", callback.ErrTooOld, func(r *http.Request) { signed(t, r, `{"timestamp": "2025-01-01T00:00:00Z"}`) }},
		{"ErrInFuture", callback.ErrInFuture, func(r *http.Request) { signed(t, r, `{"timestamp": "2027-01-01T00:00:00Z"}`) }},
		{"ErrDuplicate", callback.ErrDuplicate, func(r *http.Request) { signed(t, r, strings.Replace(event4711, "4711", "1", 1)) }},
		{"ErrInProgress", callback.ErrInProgress, func(r *http.Request) { signed(t, r, strings.Replace(event4711, "4711", "2", 1)) }},
		{"ErrStoreFull", callback.ErrStoreFull, func(*http.Request) {}},
	} {
		store := newMemoryStore(t, 1, time.Hour)
		h := newReceiver(t, callback.WithDeduplication(store), callback.WithMaxAge(time.Hour), callback.WithClock(func() time.Time { return at }))
		switch test.name {
		case "ErrDuplicate":
			require.NoError(t, store.Done(t.Context(), "1"))
		case "ErrInProgress", "ErrStoreFull":
			require.NoError(t, store.Claim(t.Context(), "2", "another"))
		}
		r := newRequest(t, event4711)
		test.change(r)
		status := strconv.Itoa(serve(h, r).StatusCode)
		require.ErrorIs(t, h.last(t).Err, test.want)
		assert.Contains(t, listed[test.name], status, test.name)
		listed[test.name] = slices.DeleteFunc(listed[test.name], func(s string) bool { return s == status })
	}
	// Other tests have these: TestLoggingToDefault, TestPanicOfTheFunction,
	// TestStalledBodiesAreBounded and TestStoreThatNeverReturns.
	for name, statuses := range map[string]string{"ErrNoSecret": "500", "ErrPanicked": "500", "ErrOverloaded": "503", "ErrStoreHangs": "204, 503"} {
		assert.Equal(t, statuses, strings.Join(listed[name], ", "))
		delete(listed, name)
	}
	for name, left := range listed {
		assert.Empty(t, strings.Trim(strings.Join(left, ""), "–"), "%s is never reported with this status", name)
	}
}

// Sentinels have the prefix of the package and differ.
func TestSentinels(t *testing.T) {
	t.Parallel()
	sentinels := []error{
		callback.ErrNoSecret, callback.ErrShortSecret, callback.ErrNoSignature, callback.ErrMalformedSignature, callback.ErrSignatureMismatch,
		callback.ErrMethodNotAllowed, callback.ErrBodyTooLarge, callback.ErrBodyUnreadable, callback.ErrMalformedPayload,
		callback.ErrNoTimestamp, callback.ErrTooOld, callback.ErrInFuture, callback.ErrDuplicate, callback.ErrInProgress,
		callback.ErrStoreFull, callback.ErrStoreHangs, callback.ErrOverloaded, callback.ErrPanicked,
	}
	for i, one := range sentinels {
		assert.Regexp(t, `^callback: [\w-]+( [\w-]+)*(: .+)?$`, one.Error())
		for _, other := range sentinels[:i] {
			assert.False(t, errors.Is(one, other) || one.Error() == other.Error())
		}
	}
}
