package main

import (
	"bytes"
	"fmt"
	"html"
	"regexp"
	"strings"
)

var (
	titleTag      = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)
	passwordField = regexp.MustCompile(`(?i)<input[^>]*type\s*=\s*["']?password`)
)

// says is what an answer says, in one short line: its detail, or its page's
// title. Of anything else, which may hold anything, it tells only the size.
func says(body []byte) string {
	text := detail(body)
	switch {
	case text != "":
	case len(body) == 0:
		return "nothing"
	case isHTML(body):
		return "an HTML page" + titled(body)
	default:
		return fmt.Sprintf("%d bytes", len(body))
	}
	return shorten(text)
}

func titled(page []byte) string {
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
