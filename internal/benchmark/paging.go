package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/iblai/iblai-go/client"

	"github.com/iblai/iblai-go/internal/benchmark/fixture"
	"github.com/iblai/iblai-go/internal/benchmark/measure"
)

const pages = 64

func paging(ctx context.Context) ([]measurable, error) { return pagingAt(ctx, 100*time.Millisecond) }

// pagingAt compares iteration with and without prefetching if every page takes
// the given time.
func pagingAt(ctx context.Context, wait time.Duration) ([]measurable, error) {
	c, err := client.New(client.WithHTTPClient(&http.Client{Transport: slowPages{wait}}),
		client.WithAPIKey(apiKey), client.WithOrg(org), client.WithUsername(user))
	if err != nil {
		return nil, err
	}
	return []measurable{&measure.Comparison{
		Work:   fmt.Sprintf("iterate over %d pages, %s each", pages, wait),
		Rounds: 3,
		Waits:  true,
		Ours:   measure.Contestant{Name: "All, WithPrefetch(8)", Run: func() (any, error) { return walk(ctx, c, client.WithPrefetch(8)) }},
		Others: []measure.Opponent{measure.Against(
			measure.Contestant{Name: "All", Run: func() (any, error) { return walk(ctx, c) }},
			measure.TimesAsFast(6),
		)},
	}}, nil
}

// walk returns the ids of all logs, in order.
func walk(ctx context.Context, c *client.Client, opts ...client.AllOption) (any, error) {
	var ids []int64
	for log, err := range c.PeriodicAgentLogs.All(ctx, nil, opts...) {
		if err != nil {
			return nil, err
		}
		ids = append(ids, log.ID)
	}
	return ids, nil
}

// slowPages responds to each request for a page of logs after a while, without
// a network.
type slowPages struct{ wait time.Duration }

// RoundTrip waits and responds.
func (s slowPages) RoundTrip(r *http.Request) (*http.Response, error) {
	timer := time.NewTimer(s.wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	var out bytes.Buffer
	fixture.NewLogPages(10*pages, 10, 100).Write(&out, pageNumber(r))
	return &http.Response{
		StatusCode: http.StatusOK,
		Header:     http.Header{"Content-Type": {"application/json"}},
		Body:       io.NopCloser(&out),
		Request:    r,
	}, nil
}

// pageNumber returns the requested page, which is 1 by default.
func pageNumber(r *http.Request) int {
	number, err := strconv.Atoi(r.URL.Query().Get("page"))
	if err != nil {
		return 1
	}
	return number
}
