package sandbox

import (
	"maps"
	"net/http"
	"strconv"

	"github.com/iblai/iblai-go/client/sandbox/internal/django"
)

const htmlType = "text/html"

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
func (c *call) write(d *draft, a *django.Response) {
	maps.Copy(d.header, a.Header)
	d.header.Set("Allow", c.route.allow())
	d.header.Set("Vary", "Accept")
	d.status = a.Status
	if a.Body == nil {
		return
	}
	// It can't fail: answers are made of texts, numbers, and JSON that was
	// written before.
	text, _ := django.EncodeJSON(a.Body)
	d.setBody(django.JSONType, text)
}

// writeHTML drafts what no view has made.
func (d *draft) writeHTML(status int, page []byte) {
	d.status = status
	d.setBody(htmlType, page)
}

// nginxPage is nginx's page about an error.
func nginxPage(status int) []byte {
	title := strconv.Itoa(status) + " " + http.StatusText(status)
	switch status { // where it has words of its own
	case http.StatusServiceUnavailable:
		title = "503 Service Temporarily Unavailable"
	case http.StatusGatewayTimeout:
		title = "504 Gateway Time-out"
	}
	return []byte("<html>\r\n<head><title>" + title + "</title></head>\r\n<body>\r\n" +
		"<center><h1>" + title + "</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n")
}
