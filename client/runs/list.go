package runs

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

// Orderings of the list of logs.
const (
	oldestFirst = "created_at"
	newestFirst = "-created_at"
)

const (
	// maxPageSize is the page size that is requested if WithParams sets none. The
	// service reduces it to its own maximum.
	maxPageSize = 1000
	// headSize is the page size of requests for the newest logs.
	headSize = 25
)

// lister requests pages of the list of logs. It adapts to the page size that
// the service uses.
type lister struct {
	*settings
	client *client.Client
	// size is the page size to request. It never exceeds largest.
	size, largest int64
	// isFixed means that the service ignores the requested page size.
	isFixed bool
	// requests counts the requests during a poll.
	requests int
}

// page is a page of the list of logs.
type page struct {
	logs  []*client.PeriodicAgentLog
	start int64 // the index of the first log in the list
	count int64 // the number of logs in the list
	last  bool
	date  time.Time // the Date header; zero if there is none
}

// end returns the index after the last log of the page.
func (p *page) end() int64 { return p.start + int64(len(p.logs)) }

func newLister(s *settings, c *client.Client) *lister {
	largest := int64(maxPageSize)
	if s.params.PageSize > 0 {
		largest = s.params.PageSize
	}
	return &lister{settings: s, client: c, size: largest, largest: largest}
}

// list requests a page.
func (l *lister) list(ctx context.Context, ordering string, status api.Status, number, size int64) (*page, error) {
	params := l.params
	params.Status, params.PageSize = status, size // the ordering is a query, so that an unsorted list is not an error
	if number > 1 {
		params.Page = number
	}
	var response client.Response
	l.requests++
	list, err := l.client.PeriodicAgentLogs.List(ctx, &params, append(slices.Clone(l.callOptions), client.WithQuery("ordering", ordering), client.WithResponse(&response))...)
	if err != nil {
		return nil, err
	}
	date, err := http.ParseTime(response.Header.Get("Date"))
	if err != nil {
		date = time.Time{}
	}
	rows := int64(len(list.Results))
	p := &page{logs: list.Results, count: list.Count, last: list.Next == "", date: date}
	if number > 1 {
		p.start = (number - 1) * rows
	}
	// The last page may be short.
	if start := (number - 1) * size; p.last && number > 1 {
		if p.start = start; start+rows > list.Count {
			p.start = max(0, list.Count-rows) // the pages are smaller than requested
		}
	}
	l.updatePageSize(p, size)
	return p, nil
}

// head requests the page with the newest logs.
func (l *lister) head(ctx context.Context) (*page, error) {
	return l.list(ctx, newestFirst, "", 1, min(headSize, l.largest))
}

// get requests a log.
func (l *lister) get(ctx context.Context, id int64) (*client.PeriodicAgentLog, error) {
	l.requests++
	log, err := l.client.PeriodicAgentLogs.Get(ctx, id, l.callOptions...)
	if err == nil && log.ID != id {
		return nil, ErrNoLogID
	}
	return log, err
}

// updatePageSize records the page size that the service uses.
func (l *lister) updatePageSize(p *page, requested int64) {
	size := int64(len(p.logs))
	if p.last || size == 0 || size == requested {
		return
	}
	if size > requested {
		l.isFixed = true
	}
	l.size, l.largest = size, size
}

// isUnreadable reports whether a single log on the page may have caused err:
// the page is too large or can't be decoded.
func isUnreadable(err error) bool {
	if _, ok := errors.AsType[*client.DecodeError](err); ok {
		return true
	}
	return errors.Is(err, client.ErrBodyTooLarge)
}
