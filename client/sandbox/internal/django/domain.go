package django

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxLabel  = 63 // characters
	acePrefix = "xn--"
)

// domainToASCII converts a domain name to ASCII as Python's codec "idna" does, except
// that it decomposes only characters of full width and allows labels of mixed writing
// direction.
func domainToASCII(domain string) (string, bool) {
	labels := strings.Split(strings.NewReplacer("\u3002", ".", "\uff0e", ".", "\uff61", ".").Replace(domain), ".")
	for i, label := range labels {
		ascii, ok := labelToASCII(label)
		isRoot := ascii == "" && i == len(labels)-1
		if !ok || ascii == "" && !isRoot || len(ascii) > maxLabel {
			return "", false
		}
		labels[i] = ascii
	}
	return strings.Join(labels, "."), true
}

// labelToASCII prepares and encodes a label of a domain name.
func labelToASCII(label string) (string, bool) {
	if isASCII(label) {
		return label, true
	}
	var prepared strings.Builder
	for _, r := range label {
		if 0xff01 <= r && r <= 0xff5e { // full width
			r -= 0xff01 - '!'
		}
		switch r = unicode.ToLower(r); {
		case r == '\u00df':
			prepared.WriteString("ss")
		case r == '\u00ad', r == '\u034f', 0x180b <= r && r <= 0x180d, 0x200b <= r && r <= 0x200d, r == '\u2060', unicode.Is(unicode.Variation_Selector, r), r == '\ufeff':
			// is mapped to nothing
		case r > unicode.MaxASCII && unicode.In(r, unicode.Z, unicode.Cc, unicode.Cf, unicode.Co, unicode.Noncharacter_Code_Point), r == utf8.RuneError:
			return "", false
		default:
			prepared.WriteRune(r)
		}
	}
	if isASCII(prepared.String()) {
		return prepared.String(), true
	}
	return acePrefix + punycode(prepared.String()), !strings.HasPrefix(prepared.String(), acePrefix)
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII })
}

// The parameters of RFC 3492.
const (
	punycodeBase      = 36
	punycodeMinimum   = 1
	punycodeMaximum   = 26
	punycodeFirstBias = 72
	punycodeDigits    = "abcdefghijklmnopqrstuvwxyz0123456789"
)

// punycode encodes s as in RFC 3492.
func punycode(s string) string {
	var out strings.Builder
	runes := []rune(s)
	for _, r := range runes {
		if r <= unicode.MaxASCII {
			out.WriteRune(r)
		}
	}
	basic := out.Len()
	if basic > 0 {
		out.WriteByte('-')
	}
	delta, bias, n := 0, punycodeFirstBias, rune(utf8.RuneSelf)
	for encoded := basic; encoded < len(runes); n++ {
		next := rune(unicode.MaxRune)
		for _, r := range runes {
			if r >= n {
				next = min(next, r)
			}
		}
		delta, n = delta+int(next-n)*(encoded+1), next
		for _, r := range runes {
			switch {
			case r < n:
				delta++
			case r == n:
				rest := delta
				for k := punycodeBase; ; k += punycodeBase {
					threshold := min(max(k-bias, punycodeMinimum), punycodeMaximum)
					if rest < threshold {
						out.WriteByte(punycodeDigits[rest])
						break
					}
					out.WriteByte(punycodeDigits[threshold+(rest-threshold)%(punycodeBase-threshold)])
					rest = (rest - threshold) / (punycodeBase - threshold)
				}
				bias = adaptBias(delta, encoded+1, encoded == basic)
				delta = 0
				encoded++
			}
		}
		delta++
	}
	return out.String()
}

// adaptBias returns the bias of RFC 3492 after a delta has been encoded.
func adaptBias(delta, length int, first bool) int {
	const skew, damp, span = 38, 700, punycodeBase - punycodeMinimum
	if first {
		delta /= damp
	} else {
		delta /= 2
	}
	delta += delta / length
	bias := 0
	for ; delta > span*punycodeMaximum/2; bias += punycodeBase {
		delta /= span
	}
	return bias + (span+1)*delta/(delta+skew)
}
