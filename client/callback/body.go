package callback

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"sync/atomic"
)

// maxTrusted is how much of an announced length is allocated before any of it
// has arrived: a forger can announce any length.
const maxTrusted = 64 << 10

// A budget is the number of bytes that all requests of a handler may still
// allocate for bodies whose signatures haven't been verified.
type budget struct{ free atomic.Int64 }

// A buffer is the memory that one request has taken from a budget.
type buffer struct {
	budget *budget
	taken  int64
}

// take takes n bytes, or returns false if the budget has fewer.
func (b *buffer) take(n int) bool {
	if b.budget.free.Add(-int64(n)) < 0 {
		b.budget.free.Add(int64(n))
		return false
	}
	b.taken += int64(n)
	return true
}

// release gives everything back. It can be called more than once.
func (b *buffer) release() {
	b.budget.free.Add(b.taken)
	b.taken = 0
}

// readBody reads the whole body into memory that the caller owns. If that
// fails, it returns what has been read, the status of the response and the
// reason.
func (s *settings) readBody(w http.ResponseWriter, r *http.Request, b *buffer) (body []byte, status int, err error) {
	if r.ContentLength > s.maxBody {
		return nil, http.StatusRequestEntityTooLarge, ErrBodyTooLarge
	}
	if r.Body == nil { // never from a server, but from a request made by hand
		return nil, 0, nil
	}
	body, err = b.readAll(http.MaxBytesReader(w, r.Body, s.maxBody), r.ContentLength, s.maxBody)
	if err == nil {
		return body, 0, nil
	}
	if errors.Is(err, ErrOverloaded) {
		return body, http.StatusServiceUnavailable, ErrOverloaded
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

// readAll is io.ReadAll within the budget. Its buffer has the right size from
// the start if the announced length (-1 if unknown) is right and moderate. A
// wrong length only costs time.
func (b *buffer) readAll(r io.Reader, length, longest int64) ([]byte, error) {
	full := int(length) + 1 // one more, to read the end without growing
	size := min(max(full, 512), maxTrusted)
	if !b.take(size) {
		return nil, ErrOverloaded
	}
	body := make([]byte, 0, size)
	for {
		n, err := r.Read(body[len(body):size])
		body = body[:len(body)+n]
		switch {
		case err == io.EOF:
			return body, nil
		case err != nil:
			return body, err
		case len(body) == size:
			larger := int(min(2*int64(size), longest+1))
			if full > size {
				larger = min(larger, full)
			}
			if !b.take(larger - size) {
				return body, ErrOverloaded
			}
			body = slices.Grow(body, larger-size)
			size = larger
		}
	}
}
