package command

import (
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/iblai/iblai-go/client/api"
)

// A table is text in columns. Without a heading, each row begins with its name.
type table struct {
	heading []string
	rows    [][]cell
}

// A cell is a text with a status, which determines its color.
type cell struct {
	text   string
	status api.Status
}

func (t *table) add(texts ...string) {
	row := make([]cell, len(texts))
	for i, text := range texts {
		row[i].text = text
	}
	t.rows = append(t.rows, row)
}

// color sets the status that determines the color of a cell in the last row.
func (t *table) color(column int, status api.Status) {
	t.rows[len(t.rows)-1][column].status = status
}

func (t *table) write(w io.Writer, colors bool) error {
	rows := t.rows
	if t.heading != nil {
		heading := make([]cell, len(t.heading))
		for i, text := range t.heading {
			heading[i].text = text
		}
		rows = append([][]cell{heading}, rows...)
	}
	var widths []int
	for _, row := range rows {
		for i := range row {
			row[i].text = sanitize(strings.NewReplacer("\n", " ", "\t", " ").Replace(row[i].text))
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(row[i].text))
		}
	}
	var b strings.Builder
	for _, row := range rows {
		for i, c := range row {
			padding := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(c.text)+2)
			if i == len(row)-1 {
				padding = ""
			}
			b.WriteString(colorize(c, colors) + padding)
		}
		b.WriteByte('\n')
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// colorize returns the text of a cell, with the color of its status.
func colorize(c cell, colors bool) string {
	code := map[api.Status]string{api.StatusSuccess: "32", api.StatusError: "31", api.StatusRunning: "33"}[c.status]
	if !colors || code == "" {
		return c.text
	}
	return "\x1b[" + code + "m" + c.text + "\x1b[0m"
}

// colors reports whether to print colors.
func (a *app) colors() bool {
	return a.Terminal && a.Getenv("NO_COLOR") == "" && a.Getenv("TERM") != "dumb"
}

// sanitize replaces control characters, except for line breaks and tabs, since
// a mentor's output can contain them.
func sanitize(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && !unicode.IsPrint(r) {
			return '�'
		}
		return r
	}, text)
}

// firstLine returns the first line of a text, truncated to width.
func firstLine(text string, width int) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	runes := []rune(strings.ReplaceAll(line, "\t", " "))
	if len(runes) > width {
		runes = append(runes[:width-1], '…')
	}
	return string(runes)
}
