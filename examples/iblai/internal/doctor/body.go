package doctor

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"regexp"
	"strings"

	"github.com/iblai/iblai-go/client"
)

var (
	titleTag      = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)
	passwordField = regexp.MustCompile(`(?i)<input[^>]*type\s*=\s*["']?password`)
)

// summarize returns a body's detail or its page's title. Any other body may
// contain secrets, so only its size is returned.
func summarize(body []byte) string {
	text := detail(body)
	switch {
	case text != "":
	case len(body) == 0:
		return "an empty body"
	case isHTML(body):
		return "an HTML page" + titleOf(body)
	default:
		return fmt.Sprintf("%d bytes", len(body))
	}
	return shorten(text)
}

func titleOf(page []byte) string {
	title := titleTag.FindSubmatch(page)
	if title == nil {
		return ""
	}
	return fmt.Sprintf(" with the title %q", shorten(html.UnescapeString(string(title[1]))))
}

func shorten(text string) string {
	const longest = 120
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > longest {
		return string(runes[:longest-1]) + "…"
	}
	return text
}

func isHTML(body []byte) bool {
	return bytes.HasPrefix(bytes.TrimSpace(body), []byte("<"))
}

// isSignIn reports whether a page asks for a password.
func isSignIn(body []byte) bool { return isHTML(body) && passwordField.Match(body) }

// isFromService reports whether an error response has the form of the service's
// own: Django REST Framework gives the reason in "detail".
func isFromService(body []byte) bool { return detail(body) != "" }

// isServiceRefusal reports whether a response is the service's own refusal of a
// request without a key.
func isServiceRefusal(r *client.Response) bool {
	return isFromService(r.Body) && r.StatusCode >= 400 && r.StatusCode < 500 && r.StatusCode != http.StatusTooManyRequests
}

func detail(body []byte) string {
	var object struct {
		Detail string `json:"detail"`
	}
	if json.Unmarshal(body, &object) != nil {
		return ""
	}
	return object.Detail
}

// isList reports whether a body is a page of a list, or a list.
func isList(body []byte) bool {
	var page struct {
		Results *[]json.RawMessage `json:"results"`
	}
	if json.Unmarshal(body, &page) == nil {
		return page.Results != nil
	}
	return json.Valid(body) && bytes.HasPrefix(bytes.TrimSpace(body), []byte("["))
}
