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

// A draft is an answer before it is sent.
type draft struct {
	header http.Header
	status int
	body   []byte
}

// setBody puts another body in the place of what there is.
func (d *draft) setBody(contentType string, body []byte) {
	d.body = body
	d.header.Set("Content-Type", contentType)
	d.header.Set("Content-Length", strconv.Itoa(len(body)))
}

// write drafts the answer with the headers that every view sends.
func (c *call) write(d *draft, a *answer) {
	maps.Copy(d.header, a.header)
	d.header.Set("Allow", c.route.allow())
	d.header.Set("Vary", "Accept")
	d.status = a.status
	if a.body == nil {
		return
	}
	// It can't fail: answers are made of texts, numbers, and JSON that was
	// written before.
	text, _ := marshal(a.body)
	d.setBody(jsonType, text)
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

// writeHTML drafts what no view has made.
func (d *draft) writeHTML(status int, page string) {
	d.status = status
	d.setBody(htmlType, []byte(page))
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

// nginxPage is nginx's page about an error.
func nginxPage(status int) string {
	title := strconv.Itoa(status) + " " + http.StatusText(status)
	switch status { // where it has words of its own
	case http.StatusServiceUnavailable:
		title = "503 Service Temporarily Unavailable"
	case http.StatusGatewayTimeout:
		title = "504 Gateway Time-out"
	}
	return "<html>\r\n<head><title>" + title + "</title></head>\r\n<body>\r\n" +
		"<center><h1>" + title + "</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
}
