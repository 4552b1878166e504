package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/iblai/iblai-go/client"
)

const (
	checkPageSize = "page size"
	checkNext     = "next page"

	// largePage is more than services give at once.
	largePage = 1000
)

// checkPaging looks, in the longest list, where the next page is said to be, and
// how many items the service gives at once.
func (d *doctor) checkPaging(ctx context.Context) {
	if d.skipAll(ctx, checkNext, checkPageSize) {
		return
	}
	var longest string
	var small page
	for _, path := range []string{"/", "/periodic-agents/", "/periodic-agent-logs/"} {
		if p := d.page(ctx, path, 1); p.err == nil && p.Count > small.Count {
			longest, small = path, p
		}
	}
	if small.Count < 2 {
		d.skip(checkNext, "no list has a second page")
		d.skip(checkPageSize, "no list has two items")
		return
	}
	d.foundNext(small)
	if len(small.Results) > 1 {
		d.add(warning, checkPageSize, small.took, diagnosis{
			Found:   fmt.Sprintf("%d items came where one was asked for", len(small.Results)),
			Meaning: "The deployment does not know page_size, and sends pages of its own size.",
			Advice:  "Nothing: All walks them as they come. List may return more than its PageSize.",
		})
		return
	}
	d.foundPageSize(d.page(ctx, longest, largePage))
}

// page is a page of any list, of which only the frame matters here.
type page struct {
	client.Page[json.RawMessage]
	took     time.Duration
	response client.Response
	err      error
}

func (d *doctor) page(ctx context.Context, path string, size int) page {
	var p page
	begin := time.Now()
	p.err = d.client.Do(ctx, client.Request{
		Method:       http.MethodGet,
		PathTemplate: userPath + path,
		Query:        url.Values{"page_size": {strconv.Itoa(size)}},
	}, &p.Page, client.WithResponse(&p.response))
	p.took = time.Since(begin)
	return p
}

func (d *doctor) foundPageSize(p page) {
	switch received := int64(len(p.Results)); {
	case p.err != nil:
		d.fail(checkPageSize, p.took, p.err, &p.response)
	case received < p.Count:
		d.add(ok, checkPageSize, p.took, diagnosis{Found: fmt.Sprintf("at most %d items a page; %d were asked for", received, largePage)})
	default:
		d.add(ok, checkPageSize, p.took, diagnosis{Found: fmt.Sprintf("all %d items came on one page, so the maximum is not seen", received)})
	}
}

// foundNext compares the address of the next page with the base URL.
func (d *doctor) foundNext(p page) {
	base := d.client.BaseURL()
	next, err := url.Parse(p.Next)
	switch {
	case p.Next == "":
		d.skip(checkNext, "no list has a second page")
	case err != nil || next.Host == "":
		d.add(warning, checkNext, 0, diagnosis{
			Found:   "the address of the next page is none",
			Meaning: "The service promises an absolute URL. The SDK takes only the query from it.",
			Advice:  "Nothing, if all is read with the SDK. Other programs must read the page's number from the query.",
		})
	case next.Scheme == base.Scheme && next.Host == base.Host && strings.HasPrefix(next.EscapedPath(), base.EscapedPath()+"/"):
		d.add(ok, checkNext, 0, diagnosis{Found: "at the base URL"})
	default:
		next.RawQuery, next.User = "", nil
		meaning := "Behind its proxies the application does not know its own address. The SDK takes only the query from it"
		if next.Scheme == "http" && base.Scheme == "https" {
			meaning += "; a program that follows it sends its key unencrypted"
		}
		d.add(warning, checkNext, 0, diagnosis{
			Found:   "at another address than the base URL: " + next.String(),
			Meaning: meaning + ".",
			Advice:  "Follow no next with other programs. The service's operators can correct it with Django's SECURE_PROXY_SSL_HEADER, USE_X_FORWARDED_HOST and FORCE_SCRIPT_NAME.",
		})
	}
}
