package doctor

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

	// largePageSize exceeds the maximum page size of any service.
	largePageSize = 1000
)

// checkPaging checks the link to the next page, and the maximum page size, with
// the longest list.
func (e *examination) checkPaging(ctx context.Context) {
	if e.skipAll(ctx, checkNext, checkPageSize) {
		return
	}
	var longest string
	var small page
	for _, path := range lists {
		if p := e.page(ctx, path, 1); p.err == nil && p.Count > small.Count {
			longest, small = path, p
		}
	}
	if small.Count < 2 {
		e.skip(checkNext, "no list has a second page")
		e.skip(checkPageSize, "no list has two items")
		return
	}
	e.reportNext(small)
	if len(small.Results) > 1 {
		e.add(Warning, checkPageSize, small.took, Diagnosis{
			Found:   fmt.Sprintf("a page of one item was requested, and has %d", len(small.Results)),
			Meaning: "The deployment ignores page_size.",
			Advice:  "Use All, which accepts pages of any size. List may return more items than its PageSize.",
		})
		return
	}
	e.reportPageSize(e.page(ctx, longest, largePageSize))
}

// A page is a page of a list, with raw items and its response.
type page struct {
	client.Page[json.RawMessage]
	took     time.Duration
	response client.Response
	err      error
}

func (e *examination) page(ctx context.Context, path string, size int) page {
	var p page
	begin := time.Now()
	p.err = e.client.Do(ctx, client.Request{
		Method:       http.MethodGet,
		PathTemplate: userPath + path,
		Query:        url.Values{"page_size": {strconv.Itoa(size)}},
	}, &p.Page, client.WithResponse(&p.response))
	p.took = time.Since(begin)
	return p
}

func (e *examination) reportPageSize(p page) {
	switch received := int64(len(p.Results)); {
	case p.err != nil:
		e.fail(checkPageSize, p.took, p.err, &p.response)
	case received < p.Count:
		e.add(OK, checkPageSize, p.took, Diagnosis{Found: fmt.Sprintf("at most %d items on a page; %d were requested", received, largePageSize)})
	default:
		e.add(OK, checkPageSize, p.took, Diagnosis{Found: fmt.Sprintf("all %d items fit on one page, so the maximum is unknown", received)})
	}
}

// reportNext compares the URL of the next page with the base URL.
func (e *examination) reportNext(p page) {
	base := e.client.BaseURL()
	next, err := url.Parse(p.Next)
	switch {
	case p.Next == "":
		e.skip(checkNext, "no list has a second page")
	case err != nil || next.Host == "":
		e.add(Warning, checkNext, 0, Diagnosis{
			Found:   "the URL of the next page is invalid",
			Meaning: "The documentation promises an absolute URL. The SDK uses its query only.",
			Advice:  "Programs without the SDK must get the page number from the query.",
		})
	case next.Scheme == base.Scheme && next.Host == base.Host && strings.HasPrefix(next.EscapedPath(), base.EscapedPath()+"/"):
		e.add(OK, checkNext, 0, Diagnosis{Found: "below the base URL"})
	default:
		next.RawQuery, next.User = "", nil
		meaning := "Behind its proxies, the application does not know its own address. The SDK uses the URL's query only"
		if next.Scheme == "http" && base.Scheme == "https" {
			meaning += "; a program that follows the URL sends its key unencrypted"
		}
		e.add(Warning, checkNext, 0, Diagnosis{
			Found:   "not below the base URL: " + next.String(),
			Meaning: meaning + ".",
			Advice:  "Don't follow next in programs without the SDK. The service's operators can correct it with Django's SECURE_PROXY_SSL_HEADER, USE_X_FORWARDED_HOST and FORCE_SCRIPT_NAME.",
		})
	}
}
