package sandbox

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"strconv"
)

const (
	jsonType = "application/json"
	htmlType = "text/html"
)

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

// write sends the answer with the headers that every view sends.
func (c *call) write(w http.ResponseWriter, a *answer) {
	header := w.Header()
	maps.Copy(header, a.header)
	header.Set("Allow", c.route.allow())
	header.Set("Vary", "Accept")
	if a.body == nil {
		w.WriteHeader(a.status)
		return
	}
	// It can't fail: answers are made of texts, numbers, and JSON that was
	// written before.
	text, _ := marshal(a.body)
	header.Set("Content-Type", jsonType)
	header.Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(a.status)
	_, _ = w.Write(text)
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

// writeHTML sends what no view has made.
func writeHTML(w http.ResponseWriter, status int, page string) {
	w.Header().Set("Content-Type", htmlType)
	w.Header().Set("Content-Length", strconv.Itoa(len(page)))
	w.WriteHeader(status)
	_, _ = w.Write([]byte(page))
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

// tooLargePage is nginx's.
const tooLargePage = "<html>\r\n<head><title>413 Request Entity Too Large</title></head>\r\n<body>\r\n" +
	"<center><h1>413 Request Entity Too Large</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
