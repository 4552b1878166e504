package django

import (
	"bytes"
	"encoding/base64"
	"regexp"
	"strings"
	"unicode/utf8"
)

// validBoundary matches the boundaries that Python's cgi module accepts.
var validBoundary = regexp.MustCompile(`^[\x20-\x7e]{0,200}[\x21-\x7e]$`)

// parseMultipart parses the parts of a form as Django does: a body that breaks off is
// not an error.
func parseMultipart(contentType string, parameters map[string]string, body []byte) (any, *Response) {
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
			f.addPart(string(header), text, charsetOf(parameters))
		}
	}
	return f, nil
}

// addPart adds a field or file, if the part has a name.
func (f Form) addPart(header string, text []byte, c charset) {
	var name, fileName string
	var hasName, isEncoded bool
	for line := range strings.SplitSeq(header, "\r\n") {
		key, value, _ := strings.Cut(line, ":")
		value, parameters := parseHeader(value)
		switch strings.ToLower(Strip(key)) {
		case "content-disposition":
			name, hasName = parameters["name"]
			fileName = parameters["filename"]
		case "content-transfer-encoding":
			isEncoded = value == "base64"
		}
	}
	name = c.decodeLenient([]byte(Strip(name)))
	if !hasName {
		return
	}
	if fileName != "" {
		fileName = fileName[strings.LastIndexAny(fileName, `/\`)+1:]
		if fileName != "" && fileName != "." && fileName != ".." {
			f[name] = uploadedFile(fileName)
		}
		return
	}
	if isEncoded {
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
