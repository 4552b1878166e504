package recording

import (
	"bytes"
	"mime"
	"net/http"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// methods are those that the contract has operations for.
var methods = []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}

// longBody is how long the bodies are, in bytes, that a test has written so
// long to find the limit.
const longBody = 1 << 20

// obstacle tells why a request can't go through Prism, which parses what it
// forwards and writes it anew. It is empty where nothing is lost by that.
func obstacle(request *http.Request, body []byte) string {
	target, query, _ := strings.Cut(request.URL.RequestURI(), "?")
	contentType := request.Header.Get("Content-Type")
	switch {
	case !slices.Contains(methods, request.Method):
		return "a method that the contract does not have"
	case !strings.HasSuffix(target, "/"):
		return "a path without its slash, where Prism follows the redirect itself"
	case target != "/" && target != path.Clean(target)+"/":
		return "a path that Prism cleans"
	case !isASCII(target + query):
		return "an address that is not escaped, which Node refuses"
	case !readable(contentType):
		return "a content type that Node refuses"
	case len(body) == 0:
		return ""
	case request.Method == http.MethodGet:
		return "a GET with a body, which Prism refuses"
	case len(body) > longBody:
		return "a body at the limit of its length, which Prism changes"
	case !utf8.Valid(body):
		return "a body that is no UTF-8"
	case isJSON(contentType) && !survives(body):
		return "JSON that JavaScript can't read, or does not write as it was"
	default:
		return ""
	}
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}

// readable reports whether Node knows what to make of a content type.
func readable(contentType string) bool {
	if contentType == "" {
		return true
	}
	mediaType, params, err := mime.ParseMediaType(contentType)
	charset := strings.ToLower(params["charset"])
	return err == nil && strings.Contains(mediaType, "/") && (charset == "" || charset == "utf-8")
}

// isJSON reports whether Prism parses a body of this type.
func isJSON(contentType string) bool {
	mediaType, _, _ := mime.ParseMediaType(contentType)
	return mediaType == "application/json" || strings.HasPrefix(mediaType, "application/") && strings.HasSuffix(mediaType, "+json")
}

// survives reports whether JavaScript, when it has read JSON, writes the same
// text, white space aside. Of a text or a number alone, Prism makes something else.
func survives(body []byte) bool {
	as, err := jsontext.AppendFormat(nil, body, jsontext.PreserveRawStrings(true))
	if err != nil || as[0] != '{' && as[0] != '[' {
		return false
	}
	again, err := jsontext.AppendFormat(nil, body, jsontext.CanonicalizeRawFloats(true), jsontext.CanonicalizeRawInts(true))
	return err == nil && bytes.Equal(as, again)
}
