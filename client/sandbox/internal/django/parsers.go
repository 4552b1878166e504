package django

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"strings"
)

// Parse parses a body by its media type. It returns a Dict or another JSON value,
// or a Form; or the response to a body that can't be parsed.
func Parse(contentType string, body []byte) (any, *Response) {
	mediaType, _, _ := strings.Cut(contentType, ";")
	mediaType = strings.ToLower(Strip(mediaType))
	isForm := mediaType == FormType || mediaType == MultipartType
	switch {
	case len(body) == 0 && isForm:
		return Form{}, nil
	case len(body) == 0:
		return Dict{}, nil
	case matchesMediaType(JSONType, mediaType):
		value, err := DecodeJSON(body)
		if err != nil {
			return nil, ParseError("JSON parse error - " + err.Error())
		}
		return value, nil
	case mediaType == FormType:
		return ParseQuery(string(body)).Form(), nil
	case mediaType == MultipartType:
		return parseMultipart(contentType, body)
	}
	return nil, UnsupportedMediaType(contentType)
}

// parseMultipart parses the parts of a form up to where the body breaks off: that
// is not an error in Django.
func parseMultipart(contentType string, body []byte) (any, *Response) {
	_, parameters, _ := mime.ParseMediaType(contentType) // none if it is invalid
	boundary := parameters["boundary"]
	if _, ok := parameters["boundary"]; !ok {
		boundary = "None"
	}
	if boundary == "" || boundary == "None" {
		return nil, ParseError("Multipart form parse error - Invalid boundary in multipart: " + boundary)
	}
	f := Form{}
	reader := multipart.NewReader(bytes.NewReader(body), boundary)
	for {
		part, err := reader.NextPart()
		if err != nil {
			return f, nil
		}
		text, _ := io.ReadAll(part)
		switch name := part.FormName(); {
		case name == "":
		case part.FileName() != "":
			f[name] = uploadedFile(part.FileName())
		default:
			f[name] = ReplaceInvalidUTF8(string(text))
		}
	}
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
		if matchesMediaType(JSONType, Strip(pattern)) {
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
