package callback

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"time"
)

// maxTrusted is how much of an announced length is allocated before any of it
// has arrived: a forger can announce any length.
const maxTrusted = 64 << 10

// setReadDeadline sets a deadline for all that is read from the connection from
// now on. That includes the rest of a refused body, which the server reads. If
// the ResponseWriter doesn't support deadlines, the server's own timeout
// applies.
func (s *settings) setReadDeadline(w http.ResponseWriter) {
	if s.readTimeout > 0 {
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(s.readTimeout))
	}
}

// clearReadDeadline removes the deadline of setReadDeadline.
func (s *settings) clearReadDeadline(w http.ResponseWriter) {
	if s.readTimeout > 0 {
		_ = http.NewResponseController(w).SetReadDeadline(time.Time{})
	}
}

// readBody reads the whole body into memory that the caller owns. If that
// fails, it returns what has been read, the status of the response and the
// reason.
func (s *settings) readBody(w http.ResponseWriter, r *http.Request) (body []byte, status int, err error) {
	if r.ContentLength > s.maxBody {
		return nil, http.StatusRequestEntityTooLarge, ErrBodyTooLarge
	}
	if r.Body == nil { // never from a server, but from a request made by hand
		return nil, 0, nil
	}
	body, err = readAll(http.MaxBytesReader(w, r.Body, s.maxBody), r.ContentLength)
	if err == nil {
		return body, 0, nil
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return body, http.StatusRequestEntityTooLarge, ErrBodyTooLarge
	}
	status = http.StatusBadRequest
	if errors.Is(err, os.ErrDeadlineExceeded) {
		status = http.StatusRequestTimeout
	}
	return body, status, fmt.Errorf("%w: %w", ErrBodyUnreadable, err)
}

// readAll is io.ReadAll with a buffer of the right size from the start if the
// announced length (-1 if unknown) is right and moderate. A wrong length only
// costs time.
func readAll(r io.Reader, length int64) ([]byte, error) {
	full := int(length) + 1 // one more, to read the end without growing
	buffer := make([]byte, 0, min(max(full, 512), maxTrusted))
	for {
		n, err := r.Read(buffer[len(buffer):cap(buffer)])
		buffer = buffer[:len(buffer)+n]
		switch {
		case err == io.EOF:
			return buffer, nil
		case err != nil:
			return buffer, err
		case len(buffer) == cap(buffer):
			size := 2 * cap(buffer)
			if full > cap(buffer) {
				size = min(size, full)
			}
			buffer = slices.Grow(buffer, size-len(buffer))
		}
	}
}
