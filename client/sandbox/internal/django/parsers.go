package django

import "strings"

// Parse parses a body by its media type and charset. It returns a Dict or another
// JSON value, or a Form; or the response to a body that can't be parsed.
func (v Version) Parse(contentType string, body []byte) (any, *Response) {
	mediaType, parameters := parseHeader(contentType)
	isForm := mediaType == FormType || mediaType == MultipartType
	switch {
	case len(body) == 0 && isForm:
		return Form{}, nil
	case len(body) == 0:
		return Dict{}, nil
	case matchesMediaType(JSONType, mediaType):
		text, err := charsetOf(parameters).decode(v, trimIncomplete(body))
		if err != nil {
			return nil, ParseError("JSON parse error - " + err.Error())
		}
		value, err := v.DecodeJSON(text)
		if err != nil {
			return nil, ParseError("JSON parse error - " + err.Error())
		}
		return value, nil
	case mediaType == FormType:
		return parseQuery(string(body), charsetOf(parameters)).Form(), nil
	case mediaType == MultipartType:
		return v.parseMultipart(contentType, parameters, body)
	}
	return nil, UnsupportedMediaType(latin1.decodeLenient([]byte(contentType)))
}

// Negotiate returns the response to a request that asks for another format than
// JSON, with the parameter format or the Accept header, or nil.
func Negotiate(query QueryDict, accept []string) *Response {
	if format := query.Get("format"); format != "" && format != "json" {
		return NotFound()
	}
	if accept == nil {
		return nil
	}
	for entry := range strings.SplitSeq(strings.Join(accept, ","), ",") {
		pattern, _, _ := strings.Cut(entry, ";")
		if matchesMediaType(JSONType, strings.ToLower(Strip(pattern))) {
			return nil
		}
	}
	return NotAcceptable()
}

// matchesMediaType reports whether a pattern, which may have asterisks, matches a
// media type.
func matchesMediaType(mediaType, pattern string) bool {
	mainType, subtype, _ := strings.Cut(mediaType, "/")
	patternMain, patternSub, _ := strings.Cut(pattern, "/")
	return (patternMain == mainType || patternMain == "*") && (patternSub == subtype || patternSub == "*")
}
