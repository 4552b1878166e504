package scan

import (
	"bytes"
	"cmp"
	"math"
	"strconv"
	"strings"

	"github.com/iblai/iblai-go/internal/unquote"
)

// String returns the next value as a text: a string, or the spelling of a number
// or boolean. Null is the empty string.
func (d *Decoder) String() string {
	if d.peek() == '"' {
		d.last = converted
		return d.text()
	}
	switch d.Kind() {
	case KindNumber:
		d.last = converted
		return d.strings.get(d.number())
	case KindBool:
		return strconv.FormatBool(d.Bool())
	case KindNull:
		d.Null()
	default:
		d.Keep()
	}
	return ""
}

// Int64 returns the next value as an integer: a number without a fraction, or a
// string that holds one. Null and the empty string are 0.
func (d *Decoder) Int64() int64 {
	d.last = converted
	switch d.Kind() {
	case KindNumber:
		return d.fits(parseInteger(d.number()))
	case KindString:
		if text := d.trimmed(); d.last == converted {
			return d.fits(parseInteger(text))
		}
	case KindNull:
		d.Null()
	default:
		d.Keep()
	}
	return 0
}

func (d *Decoder) fits(number int64, ok bool) int64 {
	if !ok {
		d.last = misfit
	}
	return number
}

// Float64 returns the next value as a number: a number, or a string that holds
// one. Null and the empty string are 0.
func (d *Decoder) Float64() float64 {
	d.last = converted
	var text []byte
	switch d.Kind() {
	case KindNumber:
		text = d.number()
	case KindString:
		text = d.trimmed()
	case KindNull:
		d.Null()
	default:
		d.Keep()
	}
	if d.last != converted {
		return 0
	}
	number, err := strconv.ParseFloat(string(text), 64)
	if err != nil || math.IsInf(number, 0) || math.IsNaN(number) {
		d.last = misfit
		return 0
	}
	return number
}

// Bool returns the next value as a boolean: true or false, 1 or 0, or a string
// that holds one of them. Null and the empty string are false.
func (d *Decoder) Bool() bool {
	d.last = converted
	if c := d.peek(); c == 't' || c == 'f' {
		return d.bool()
	}
	var text []byte
	switch d.Kind() {
	case KindNumber:
		text = d.number()
	case KindString:
		text = d.trimmed()
	case KindNull:
		d.Null()
	default:
		d.Keep()
	}
	if d.last != converted {
		return false
	}
	truth, err := strconv.ParseBool(string(bytes.ToLower(text)))
	if err != nil {
		d.last = misfit
	}
	return truth
}

// Null decodes the next value, which must be null.
func (d *Decoder) Null() {
	d.null()
	d.last = unset
}

func (d *Decoder) null() {
	if rest := d.body[d.at:]; len(rest) < 4 || string(rest[:4]) != "null" {
		d.wordError("null")
		return
	}
	d.at += 4
}

func (d *Decoder) bool() bool {
	switch rest := d.body[d.at:]; {
	case len(rest) >= 4 && string(rest[:4]) == "true":
		d.at += 4
		return true
	case len(rest) >= 5 && string(rest[:5]) == "false":
		d.at += 5
	default:
		d.wordError("true", "false")
	}
	return false
}

// Text returns the next value, which must be a string, as a text that holds a
// value of another type. The caller must not keep it. An empty one is the same as
// null.
func (d *Decoder) Text() []byte {
	d.last = converted
	literal, form := d.literal()
	if len(literal) <= len(`""`) {
		d.last = unset
		return nil
	}
	if form != plain {
		return []byte(unquote.String(literal, false))
	}
	return literal[1 : len(literal)-1]
}

// trimmed is Text without white space around it.
func (d *Decoder) trimmed() []byte {
	text := bytes.TrimSpace(d.Text())
	if len(text) == 0 {
		d.last = unset
	}
	return text
}

// parseInteger parses a number in JSON's notation. It must be an integer that an
// int64 holds, but may have an exponent, or a fraction of zeros.
func parseInteger(text []byte) (number int64, ok bool) {
	digits, negative := bytes.CutPrefix(text, []byte("-"))
	if len(digits) == 0 || len(digits) > 18 {
		return parseDecimal(text)
	}
	for _, c := range digits {
		if c < '0' || c > '9' {
			return parseDecimal(text)
		}
		number = number*10 + int64(c-'0')
	}
	if negative {
		number = -number
	}
	return number, true
}

// parseDecimal is parseInteger for any number.
func parseDecimal(text []byte) (int64, bool) {
	const longest = 19 // digits of an int64
	mantissa, exponent, scientific := strings.Cut(strings.ToLower(string(text)), "e")
	mantissa, negative := strings.CutPrefix(mantissa, "-")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	point := len(whole)
	if scientific {
		shift, err := strconv.Atoi(exponent)
		if err != nil || shift > longest {
			return 0, false
		}
		point = max(0, point+shift)
	}
	digits := whole + fraction + strings.Repeat("0", longest)
	if whole+fraction == "" || strings.Trim(digits[point:], "0") != "" {
		return 0, false
	}
	digits = cmp.Or(digits[:point], "0")
	if negative {
		digits = "-" + digits
	}
	number, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return 0, false
	}
	return number, true
}
