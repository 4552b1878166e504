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

// summarize returns the detail of an error response, or the title of an HTML
// page. For other bodies, which may contain secrets, it returns the size.
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

// isLoginPage reports whether a body is an HTML page with a password field.
func isLoginPage(body []byte) bool { return isHTML(body) && passwordField.Match(body) }

// isFromService reports whether an error response has the form of the service's
// error responses. Django REST Framework puts the reason in the field "detail".
func isFromService(body []byte) bool { return detail(body) != "" }

// isServiceRefusal reports whether a response is a 4xx response of the service
// itself, except for 429.
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

// isList reports whether a body is a list, or a page of a list.
func isList(body []byte) bool {
	var page struct {
		Results *[]json.RawMessage `json:"results"`
	}
	if json.Unmarshal(body, &page) == nil {
		return page.Results != nil
	}
	return json.Valid(body) && bytes.HasPrefix(bytes.TrimSpace(body), []byte("["))
}
