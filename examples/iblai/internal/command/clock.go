package command

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/iblai/iblai-go/client"
)

// A serviceClock is the clock of the service, as the Date headers of its
// responses show it. Schedules and logs follow this clock, and this machine's
// clock may differ.
type serviceClock struct {
	mu    sync.Mutex
	known bool
	ahead time.Duration // how far the service's clock is ahead of this machine's
}

// observe is a middleware that reads the clock from each response.
func (a *app) observe(request *http.Request, next func(*http.Request) (*http.Response, error)) (*http.Response, error) {
	response, err := next(request)
	if err != nil {
		return response, err
	}
	if date, err := http.ParseTime(response.Header.Get("Date")); err == nil {
		a.clock.mu.Lock()
		defer a.clock.mu.Unlock()
		a.clock.known, a.clock.ahead = true, date.Sub(a.Now())
	}
	return response, nil
}

// serviceTime returns the service's time in the latest response. If no response
// has contained one, it returns this machine's time.
func (a *app) serviceTime() time.Time {
	a.clock.mu.Lock()
	defer a.clock.mu.Unlock()
	return a.Now().Add(a.clock.ahead)
}

// requestServiceTime returns the service's time. It sends a request if there
// was no response yet.
func (a *app) requestServiceTime(ctx context.Context, c *client.Client) (time.Time, error) {
	a.clock.mu.Lock()
	known := a.clock.known
	a.clock.mu.Unlock()
	if known {
		return a.serviceTime(), nil
	}
	_, err := c.PeriodicAgentLogs.List(ctx, &client.PeriodicAgentLogListParams{PageSize: 1})
	return a.serviceTime(), err
}
