package django

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// maxDepth is the depth at which Python's decoder gives up.
const maxDepth = 900

// DecodeJSON decodes text as Python's json.load does, with its error messages.
func (v Version) DecodeJSON(text []byte) (any, error) {
	text = trimIncomplete(text)
	if err := checkUTF8(text); err != nil {
		return nil, err
	}
	d := &jsonDecoder{version: v, text: string(text)}
	if strings.HasPrefix(d.text, "\ufeff") {
		return nil, d.fail("Unexpected UTF-8 BOM (decode using utf-8-sig)", 0)
	}
	d.skipSpace()
	value, err := d.value(0)
	if err != nil {
		return nil, err
	}
	if d.skipSpace(); d.at < len(d.text) {
		return nil, d.fail("Extra data", d.at)
	}
	return value, nil
}

type jsonDecoder struct {
	version Version
	text    string
	at      int
}

// fail returns a JSONDecodeError with line, column and position in characters.
func (d *jsonDecoder) fail(message string, at int) error {
	before := d.text[:at]
	line := strings.Count(before, "\n") + 1
	column := utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]) + 1
	return fmt.Errorf("%s: line %d column %d (char %d)", message, line, column, utf8.RuneCountInString(before))
}

func (d *jsonDecoder) skipSpace() {
	for d.at < len(d.text) && strings.IndexByte(" \t\n\r", d.text[d.at]) >= 0 {
		d.at++
	}
}

func (d *jsonDecoder) peek(c byte) bool { return d.at < len(d.text) && d.text[d.at] == c }

func (d *jsonDecoder) value(depth int) (any, error) {
	if depth > maxDepth {
		return nil, errors.New("maximum recursion depth exceeded while decoding a JSON document")
	}
	rest := d.text[d.at:]
	switch {
	case strings.HasPrefix(rest, `"`):
		return d.string()
	case strings.HasPrefix(rest, "{"):
		return d.object(depth)
	case strings.HasPrefix(rest, "["):
		return d.array(depth)
	}
	for _, constant := range []struct {
		name  string
		value any
	}{{"null", nil}, {"true", true}, {"false", false}} {
		if strings.HasPrefix(rest, constant.name) {
			d.at += len(constant.name)
			return constant.value, nil
		}
	}
	for _, name := range []string{"NaN", "Infinity", "-Infinity"} {
		if strings.HasPrefix(rest, name) {
			return nil, fmt.Errorf("Out of range float values are not JSON compliant: '%s'", name) //nolint:staticcheck // Python's own words
		}
	}
	return d.number()
}

func (d *jsonDecoder) array(depth int) (any, error) {
	d.at++
	list := []any{}
	if d.skipSpace(); d.peek(']') {
		d.at++
		return list, nil
	}
	for {
		item, err := d.value(depth + 1)
		if err != nil {
			return nil, err
		}
		list = append(list, item)
		d.skipSpace()
		switch {
		case d.peek(']'):
			d.at++
			return list, nil
		case !d.peek(','):
			return nil, d.fail("Expecting ',' delimiter", d.at)
		}
		if err := d.comma(']', "array"); err != nil {
			return nil, err
		}
	}
}

// comma skips a comma, after which newer versions of Python accept no end.
func (d *jsonDecoder) comma(end byte, kind string) error {
	at := d.at
	d.at++
	if d.skipSpace(); d.peek(end) && d.version >= Django42 {
		return d.fail("Illegal trailing comma before end of "+kind, at)
	}
	return nil
}

func (d *jsonDecoder) object(depth int) (any, error) {
	d.at++
	fields := Dict{}
	if d.skipSpace(); d.peek('}') {
		d.at++
		return fields, nil
	}
	for {
		if !d.peek('"') {
			return nil, d.fail("Expecting property name enclosed in double quotes", d.at)
		}
		name, err := d.string()
		if err != nil {
			return nil, err
		}
		if d.skipSpace(); !d.peek(':') {
			return nil, d.fail("Expecting ':' delimiter", d.at)
		}
		d.at++
		d.skipSpace()
		if fields[name], err = d.value(depth + 1); err != nil {
			return nil, err
		}
		d.skipSpace()
		switch {
		case d.peek('}'):
			d.at++
			return fields, nil
		case !d.peek(','):
			return nil, d.fail("Expecting ',' delimiter", d.at)
		}
		if err := d.comma('}', "object"); err != nil {
			return nil, err
		}
	}
}
