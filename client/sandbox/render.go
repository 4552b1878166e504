package sandbox

import (
	"bytes"
	"encoding/json"
	"net/http"
)

const jsonType = "application/json"

// An answer is what a call is answered with: JSON, or nothing where body is nil.
type answer struct {
	status int
	header http.Header
	body   any
}

func ok(body any) *answer { return &answer{status: http.StatusOK, body: body} }

// detail is an answer with one message.
func detail(status int, message string) *answer {
	return &answer{status: status, body: struct {
		Detail string `json:"detail"`
	}{message}}
}

func notFound(model string) *answer {
	return detail(http.StatusNotFound, "No "+model+" matches the given query.")
}

// marshal writes JSON as Django REST Framework does: nothing but quotes,
// backslashes and control characters is escaped.
func marshal(v any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(v)
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), err
}

// errorPage is Django's, with room for a title and details.
const errorPage = `
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
