package django

import (
	"bytes"
	"encoding/json"
	"net/http"
)

const JSONType = "application/json"

// An answer is what a call is answered with: JSON, or nothing where body is nil.
type Response struct {
	Status int
	Header http.Header
	Body   any
}

func OK(body any) *Response { return &Response{Status: http.StatusOK, Body: body} }

// detail is an answer with one message.
func Detail(status int, message string) *Response {
	return &Response{Status: status, Body: struct {
		Detail string `json:"detail"`
	}{message}}
}

func NotFound(model string) *Response {
	return Detail(http.StatusNotFound, "No "+model+" matches the given query.")
}

// marshal writes JSON as Django REST Framework does: nothing but quotes,
// backslashes and control characters is escaped.
func EncodeJSON(v any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(v)
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), err
}

// errorPage is Django's, with room for a title and details.
const ErrorPage = `
<!doctype html>
<html lang="en">
<head>
  <title>%[1]s</title>
</head>
<body>
  <h1>%[1]s</h1><p>%[2]s</p>
</body>
</html>
`
