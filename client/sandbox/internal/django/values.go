package django

import (
	"math"
	"math/big"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	maxIntegerText    = 1000 // characters
	maxURL            = 2048 // characters
	maxHostName       = 253  // characters
	InvalidURLMessage = "Enter a valid URL."
	wrongDatetime     = "Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]."
)

// readInteger reads what an IntegerField takes, or returns its message.
func IntegerValue(value any) (n int64, message string) {
	if s, ok := value.(string); ok && len(s) > maxIntegerText {
		return 0, "String value too large."
	}
	digits := Strip(Str(value))
	if whole, fraction, ok := strings.Cut(digits, "."); ok && strings.Trim(fraction, "0") == "" {
		digits = whole
	}
	if n, ok := ParseInt(digits); ok {
		return n, ""
	}
	huge, ok := new(big.Int).SetString(digits, 10)
	switch {
	case !ok:
		return 0, "A valid integer is required."
	case huge.Sign() > 0:
		return 0, "Ensure this value is less than or equal to 9223372036854775807."
	default:
		return 0, "Ensure this value is greater than or equal to -9223372036854775808."
	}
}

// readDecimal reads the whole part of what a form's DecimalField takes, or
// returns its message.
func DecimalValue(s string) (n int64, message string) {
	if n, ok := ParseInt(s); ok {
		return n, ""
	}
	f, err := strconv.ParseFloat(s, 64)
	switch {
	case err != nil && f == 0, math.IsNaN(f), math.IsInf(f, 0), strings.ContainsAny(s, "xXpP"):
		return 0, "Enter a number."
	case f > 1e50:
		return 0, "Ensure this value is less than or equal to 1e+50."
	}
	return int64(f), ""
}

// urlPattern is that of Django's URLValidator, without what RE2 can't say in
// other words.
var urlPattern = regexp.MustCompile(`(?i)^[a-z0-9.+-]*://` +
	`(?:[^\s\p{Z}:@/]+(?::[^\s\p{Z}:@/]*)?@)?` +
	`((?:0|25[0-5]|2[0-4][0-9]|1[0-9]?[0-9]?|[1-9][0-9]?)(?:\.(?:0|25[0-5]|2[0-4][0-9]|1[0-9]?[0-9]?|[1-9][0-9]?)){3}` +
	`|\[([0-9a-f:.]+)\]` +
	`|(?:` + urlLabel + `\.)+(?:` + urlTopLevel + `)\.?|localhost)` +
	`(?::\d{1,5})?` +
	`(?:[/?#][^\s\p{Z}]*)?$`)

const (
	urlLetters  = `a-z\x{00a1}-\x{10ffff}`
	urlLabel    = `[` + urlLetters + `0-9](?:[` + urlLetters + `0-9-]{0,61}[` + urlLetters + `0-9])?`
	urlTopLevel = `[` + urlLetters + `][` + urlLetters + `-]{0,61}[` + urlLetters + `]|xn--(?:[a-z0-9-]{0,58}[a-z0-9])`
)

// checkURL is Django's URLValidator.
func ValidateURL(address string) string {
	scheme, _, _ := strings.Cut(address, "://")
	if !slices.Contains([]string{"http", "https", "ftp", "ftps"}, strings.ToLower(scheme)) {
		return InvalidURLMessage
	}
	if len(address) > maxURL {
		return InvalidURLMessage
	}
	parts := urlPattern.FindStringSubmatch(address)
	if parts == nil || len(parts[1]) > maxHostName {
		return InvalidURLMessage
	}
	if literal := parts[2]; literal != "" {
		if ip, err := netip.ParseAddr(literal); err != nil || !ip.Is6() {
			return InvalidURLMessage
		}
	}
	return ""
}

var datetimePattern = regexp.MustCompile(`^(\d{4})-(\d{1,2})-(\d{1,2})[T ](\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,](\d{1,6})\d{0,6})?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?\n?$`)

// readDatetime reads what a DateTimeField takes, or returns its message. A
// time without an offset is UTC.
func DateTimeValue(value any) (m DateTime, message string) {
	s, ok := value.(string)
	if !ok {
		return 0, wrongDatetime
	}
	parts := datetimePattern.FindStringSubmatch(s)
	if parts == nil {
		return 0, wrongDatetime
	}
	const layout = "2006-1-2 15:4:5.000000 -0700"
	second, offset := parts[6], strings.ReplaceAll(parts[8], ":", "")
	if second == "" {
		second = "0"
	}
	switch {
	case offset == "" || offset == "Z":
		offset = "+0000"
	case len(offset) == len("+00"):
		offset += "00"
	}
	micros := (parts[7] + "000000")[:6]
	t, err := time.Parse(layout, strings.Join(parts[1:4], "-")+" "+parts[4]+":"+parts[5]+":"+second+"."+micros+" "+offset)
	if err != nil || t.Year() < 1 || offset[1:] >= "2400" {
		return 0, wrongDatetime
	}
	if t = t.UTC(); t.Year() < 1 || t.Year() > 9999 {
		return 0, "Datetime value out of range."
	}
	return NewDateTime(t), ""
}

var hexDigits = regexp.MustCompile(`^[0-9a-fA-F]{32}$`)

// parseUUID reads what Python's uuid.UUID takes of a text, and returns it as
// Python writes it.
func ParseUUID(s string) (string, bool) {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "urn:", ""), "uuid:", "")
	s = strings.ReplaceAll(strings.Trim(s, "{}"), "-", "")
	if !hexDigits.MatchString(s) {
		return "", false
	}
	s = strings.ToLower(s)
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:], true
}
