package django

import (
	"fmt"
	"net/http"
)

// The media types that the service parses and renders.
const (
	JSONType      = "application/json"
	FormType      = "application/x-www-form-urlencoded"
	MultipartType = "multipart/form-data"
)

// A Response is a response of a view.
type Response struct {
	Status int
	Header http.Header
	Body   any // encoded as JSON; no body if nil
	// Missing is the model of the object that was not found; empty for other
	// responses.
	Missing string
}

// OK returns a response with status 200.
func OK(body any) *Response { return &Response{Status: http.StatusOK, Body: body} }

// BadRequest returns the response to a request that has validation errors.
func BadRequest(errs Errors) *Response {
	return &Response{Status: http.StatusBadRequest, Body: errs}
}

// ErrorPage returns the HTML page that Django serves for an error outside of a
// view.
func ErrorPage(title, text string) []byte {
	return fmt.Appendf(nil, `
<!doctype html>
<html lang="en">
<head>
  <title>%[1]s</title>
</head>
<body>
  <h1>%[1]s</h1><p>%[2]s</p>
</body>
</html>
`, title, text)
}
