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

// maxTrusted is how much of an announced length is allocated before anything
// has arrived: a stranger can announce what he likes.
const maxTrusted = 64 << 10

// setReadDeadline bounds what is read from the connection from now on, by the
// server too, which reads the rest of a body that was refused. Where it isn't
// supported, the server's own timeout is all there is.
func (h *handler) setReadDeadline(w http.ResponseWriter) {
	if h.readTimeout > 0 {
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(h.readTimeout))
	}
}

// clearReadDeadline ends what setReadDeadline began.
func (h *handler) clearReadDeadline(w http.ResponseWriter) {
	if h.readTimeout > 0 {
		_ = http.NewResponseController(w).SetReadDeadline(time.Time{})
	}
}

// readBody reads the whole body into memory that belongs to the caller. If it
// can't, it returns what it has read, the status to answer with and the reason.
func (h *handler) readBody(w http.ResponseWriter, r *http.Request) (body []byte, status int, err error) {
	if r.ContentLength > h.maxBody {
		return nil, http.StatusRequestEntityTooLarge, ErrBodyTooLarge
	}
	if r.Body == nil { // never from a server, but from a request made by hand
		return nil, 0, nil
	}
	body, err = readAll(http.MaxBytesReader(w, r.Body, h.maxBody), r.ContentLength)
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

// readAll is io.ReadAll with a buffer that fits from the start if the length
// (-1 if unknown) is right and modest. A wrong one costs time only.
func readAll(r io.Reader, length int64) ([]byte, error) {
	full := int(length) + 1 // one more, to meet the end without growing
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
