package django

import (
	"bytes"
	"encoding/base64"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// validBoundary matches the boundaries that Python's cgi module accepts.
var validBoundary = regexp.MustCompile(`^[\x20-\x7e]{0,200}[\x21-\x7e]$`)

// parseMultipart parses the parts of a form as Django does: a body that breaks off is
// not an error.
func (v Version) parseMultipart(contentType string, parameters map[string]string, body []byte) (any, *Response) {
	boundary, ok := parameters["boundary"]
	if !ok {
		boundary = "None"
	}
	const parseError = "Multipart form parse error - "
	switch {
	case !strings.HasPrefix(contentType, "multipart/"):
		return nil, ParseError(parseError + "Invalid Content-Type: " + contentType)
	case strings.ContainsFunc(contentType, func(r rune) bool { return r >= utf8.RuneSelf }):
		return nil, ParseError(parseError + "Invalid non-ASCII Content-Type in multipart: " + latin1.decodeLenient([]byte(contentType)))
	case !ok || !validBoundary.MatchString(boundary):
		return nil, ParseError(parseError + "Invalid boundary in multipart: " + boundary)
	}
	f := Form{}
	parts := bytes.Split(body, []byte("--"+boundary))
	for i, part := range parts { // also what precedes the first boundary, as in Django
		if i < len(parts)-1 { // the end of line belongs to the boundary
			part = bytes.TrimSuffix(bytes.TrimSuffix(part, []byte("\n")), []byte("\r"))
		}
		header, text, ok := bytes.Cut(part, []byte("\r\n\r\n"))
		if ok {
			f.addPart(v.partHeaders(string(header)), text, charsetOf(parameters))
		}
	}
	return f, nil
}

// A partHeader is a header of a part: its value, and its parameters by their names.
type partHeader struct {
	value      string
	parameters map[string]string
}

// partHeaders parses the headers of a part, by their names. It ignores headers that
// Django can't parse.
func (v Version) partHeaders(lines string) map[string]partHeader {
	headers := map[string]partHeader{}
	for line := range strings.SplitSeq(lines, "\r\n") {
		key, parameters := parseHeader(line)
		name, value, ok := strings.Cut(key, ":")
		isText := utf8.ValidString(line)
		if v == Django32 {
			isText = isASCII(key + strings.Join(slices.Collect(maps.Keys(parameters)), ""))
		}
		if ok && isText {
			headers[name] = partHeader{value, parameters}
		}
	}
	return headers
}

// addPart adds a field or file, if the part has a name.
func (f Form) addPart(headers map[string]partHeader, text []byte, c charset) {
	parameters := headers["content-disposition"].parameters
	name, ok := parameters["name"]
	if !ok {
		return
	}
	name = c.decodeLenient([]byte(Strip(name)))
	if fileName := parameters["filename"]; fileName != "" {
		fileName = fileName[strings.LastIndexAny(fileName, `/\`)+1:]
		if fileName != "" && fileName != "." && fileName != ".." {
			f[name] = uploadedFile(fileName)
		}
		return
	}
	if Strip(headers["content-transfer-encoding"].value) == "base64" {
		text = decodeBase64(text)
	}
	f[name] = c.decodeLenient(text)
}

// decodeBase64 decodes text as Python's b64decode does, which ignores characters that
// are not of the alphabet. Text that can't be decoded stays as it is.
func decodeBase64(text []byte) []byte {
	var known []byte
	pads := 0
	for _, b := range text {
		if b == '=' {
			pads++
			if digits := len(known) % 4; digits >= 2 && digits+pads >= 4 { // the end
				break
			}
		} else if isBase64(b) {
			known, pads = append(known, b), 0
		}
	}
	if digits := len(known) % 4; digits > 0 && (digits == 1 || digits+pads < 4) {
		return text
	}
	decoded, err := base64.RawStdEncoding.DecodeString(string(known))
	if err != nil {
		return text
	}
	return decoded
}

func isBase64(b byte) bool {
	return b == '+' || b == '/' || b >= '0' && b <= '9' || b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z'
}

// parseHeader returns the value of a header in lower case, and its parameters, whose
// names are in lower case.
func parseHeader(header string) (value string, parameters map[string]string) {
	parameters = map[string]string{}
	for i, part := range splitParameters(header) {
		if i == 0 {
			value = strings.ToLower(Strip(part))
			continue
		}
		name, text, ok := strings.Cut(part, "=")
		if !ok {
			continue
		}
		text = Strip(text)
		if len(text) > 1 && text[0] == '"' && text[len(text)-1] == '"' {
			text = strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(text[1 : len(text)-1])
		}
		name, isExtended := strings.CutSuffix(strings.ToLower(Strip(name)), "*")
		if encoded := strings.Split(text, "'"); isExtended && len(encoded) == 3 {
			text = charsetOf(map[string]string{"charset": encoded[0]}).decodeLenient(unescapeBytes(encoded[2]))
		}
		parameters[name] = text
	}
	return value, parameters
}

// splitParameters splits a header at the semicolons that are not quoted.
func splitParameters(header string) (parts []string) {
	quoted, begin := false, 0
	for i := range len(header) {
		switch {
		case header[i] == '"' && (i == 0 || header[i-1] != '\\'):
			quoted = !quoted
		case header[i] == ';' && !quoted:
			parts = append(parts, header[begin:i])
			begin = i + 1
		}
	}
	return append(parts, header[begin:])
}
