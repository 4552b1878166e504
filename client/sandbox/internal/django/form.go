package django

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
)

// A form is what was sent as a form: the last value of every name. Names of
// nested fields have dots.
type Form map[string]any

func (f Form) lookup(name string, nested bool) (any, bool) {
	if !nested {
		value, ok := f[name]
		return value, ok
	}
	below := Form{}
	prefix := name + "."
	for key, value := range f {
		if rest, ok := strings.CutPrefix(key, prefix); ok && rest != "" {
			below[rest] = value
		}
	}
	return below, len(below) > 0
}

// fieldsOf tells how fields are looked up in value; nil if it has none.
func fieldsOf(value any) (lookup func(name string, nested bool) (any, bool), isForm bool) {
	switch value := value.(type) {
	case Dict:
		return func(name string, _ bool) (any, bool) {
			v, ok := value[name]
			return v, ok
		}, false
	case Form:
		return value.lookup, true
	}
	return nil, false
}

func FormOf(values map[string][]string) Form {
	f := make(Form, len(values))
	for name, all := range values {
		f[name] = all[len(all)-1]
	}
	return f
}

// readMultipart reads what there is: Django does not mind where a body breaks
// off.
func ParseMultipart(body []byte, boundary string) (any, *Response) {
	if boundary == "" || boundary == "None" {
		return nil, Detail(http.StatusBadRequest, "Multipart form parse error - Invalid boundary in multipart: "+boundary)
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
