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

// methods are the methods of the contract's operations.
var methods = []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}

// longBody is the size in bytes above which a body only tests the limit of a size.
const longBody = 1 << 20

// bypassReason returns the reason why a request can't go through Prism, which parses
// requests and encodes them again. It is empty if Prism changes nothing.
func bypassReason(request *http.Request, body []byte) string {
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
		return "a URL that is not escaped, which Node refuses"
	case !nodeAccepts(contentType):
		return "a content type that Node refuses"
	case len(body) == 0:
		return ""
	case request.Method == http.MethodGet:
		return "a GET with a body, which Prism refuses"
	case len(body) > longBody:
		return "a very long body, which Prism changes"
	case !utf8.Valid(body):
		return "a body that is not UTF-8"
	case isJSON(contentType) && !survivesJavaScript(body):
		return "JSON that JavaScript can't parse, or encodes differently"
	default:
		return ""
	}
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}

// nodeAccepts reports whether Node can parse a content type.
func nodeAccepts(contentType string) bool {
	if contentType == "" {
		return true
	}
	mediaType, params, err := mime.ParseMediaType(contentType)
	charset := strings.ToLower(params["charset"])
	emptyParameter := strings.HasSuffix(strings.TrimSpace(contentType), ";")
	return err == nil && strings.Contains(mediaType, "/") && (charset == "" || charset == "utf-8") && !emptyParameter
}

// isJSON reports whether Prism parses a body of this type.
func isJSON(contentType string) bool {
	mediaType, _, _ := mime.ParseMediaType(contentType)
	return mediaType == "application/json" || strings.HasPrefix(mediaType, "application/") && strings.HasSuffix(mediaType, "+json")
}

// survivesJavaScript reports whether JavaScript encodes parsed JSON as the same
// text, except for white space. Prism changes strings and numbers at the top level.
func survivesJavaScript(body []byte) bool {
	compact, err := jsontext.AppendFormat(nil, body, jsontext.PreserveRawStrings(true))
	if err != nil || compact[0] != '{' && compact[0] != '[' {
		return false
	}
	encoded, err := jsontext.AppendFormat(nil, body, jsontext.CanonicalizeRawFloats(true), jsontext.CanonicalizeRawInts(true))
	return err == nil && bytes.Equal(compact, encoded)
}
