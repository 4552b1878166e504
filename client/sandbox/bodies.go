package sandbox

import (
	"mime"
	"net/http"
	"strings"

	"github.com/iblai/iblai-go/client/sandbox/internal/django"
)

const (
	formType      = "application/x-www-form-urlencoded"
	multipartType = "multipart/form-data"
)

// data reads the body, see parse, with what it says in an older release's way.
func (c *call) data() (any, *django.Response) {
	data, refusal := c.parse()
	if c.olderRelease {
		c.nameMentor(data)
	}
	return data, refusal
}

// parse reads the body by its media type: an object or another JSON value, or a
// form.
func (c *call) parse() (any, *django.Response) {
	contentType := c.request.Header.Get("Content-Type")
	mediaType, _, _ := strings.Cut(contentType, ";")
	mediaType = strings.ToLower(django.Strip(mediaType))
	if len(c.body) == 0 {
		if mediaType == formType || mediaType == multipartType {
			return django.Form{}, nil
		}
		return django.Dict{}, nil
	}
	switch {
	case matchesMediaType(django.JSONType, mediaType):
		value, err := django.DecodeJSON(c.body)
		if err != nil {
			return nil, django.Detail(http.StatusBadRequest, "JSON parse error - "+err.Error())
		}
		return value, nil
	case mediaType == formType:
		return django.FormOf(django.ParseQuery(string(c.body))), nil
	case mediaType == multipartType:
		_, parameters, _ := mime.ParseMediaType(contentType) // of what is no media type there are none
		boundary, ok := parameters["boundary"]
		if !ok {
			boundary = "None"
		}
		return django.ParseMultipart(c.body, boundary)
	}
	return nil, django.Detail(http.StatusUnsupportedMediaType, `Unsupported media type "`+contentType+`" in request.`)
}

// matchesMediaType reports whether what a request names, which may have stars,
// means mediaType.
func matchesMediaType(mediaType, named string) bool {
	mainType, subtype, _ := strings.Cut(mediaType, "/")
	namedMain, namedSub, _ := strings.Cut(named, "/")
	return (namedMain == mainType || namedMain == "*") && (namedSub == subtype || namedSub == "*")
}
