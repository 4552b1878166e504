package sandbox

import (
	"net/http"
	"net/url"
	"sync"

	"github.com/iblai/iblai-go/client/sandbox/internal/django"
	"github.com/iblai/iblai-go/client/sandbox/internal/journal"
	"github.com/iblai/iblai-go/client/sandbox/internal/listing"
	"github.com/iblai/iblai-go/client/sandbox/internal/timeline"
)

// A service serves the API of a platform over HTTP, with faults.
type service struct {
	platform    *platform
	timeline    *timeline.Timeline
	events      *events
	accounts    *accounts
	pageSize    int
	maxPageSize int
	release     Release

	faults   requestFaults
	handlers operationHandlers
	requests *journal.Journal[Request]
}

// dispatch executes the operation of a request, after the checks of a view of
// Django REST Framework in their order. It returns the account of the API key, if
// there is one, too.
func (s *service) dispatch(r *http.Request, body []byte, route *route, path map[string]string, release Release) (*django.Response, *Account) {
	query := django.ParseQuery(r.URL.RawQuery)
	if errResponse := django.Negotiate(query, r.Header["Accept"]); errResponse != nil {
		return errResponse, nil
	}
	account, errResponse := s.accounts.authenticate(r)
	if errResponse != nil {
		return errResponse, nil
	}
	org, errResponse := s.authorize(account, path)
	if errResponse != nil {
		return release.reword(errResponse), account
	}
	if r.Method == http.MethodOptions {
		return route.Metadata(), account
	}
	operation := route.View(r.Method)
	if operation == nil {
		return django.MethodNotAllowed(r.Method), account
	}
	response := views[*operation](&call{
		platform: s.platform,
		org:      org,
		account:  account,
		username: path["user_id"],
		id:       path["id"],
		list:     listing.Request{Version: release.django(), Query: query, URL: listURL(r), PageSize: s.pageSize, MaxPageSize: s.maxPageSize},

		contentType: r.Header.Get("Content-Type"),
		body:        body,
		release:     release,
	})
	return release.reword(response), account
}

// authorize returns the org of a path, if the account is one of its
// administrators.
func (s *service) authorize(a *Account, path map[string]string) (*org, *django.Response) {
	if a.Org != path["org"] || a.Member {
		return nil, django.PermissionDenied()
	}
	s.platform.store.RLock()
	defer s.platform.store.RUnlock()
	o := s.platform.store.orgs[a.Org]
	if !o.usernames[path["user_id"]] {
		return nil, django.ObjectNotFound("User")
	}
	return o, nil
}

// listURL returns the URL of a list without its query.
func listURL(r *http.Request) url.URL {
	u := url.URL{Scheme: "http", Host: r.Host, Path: r.URL.Path, RawPath: r.URL.RawPath}
	if r.TLS != nil {
		u.Scheme = "https"
	}
	return u
}

// operationHandlers replace operations.
type operationHandlers struct {
	mu  sync.RWMutex // guards all
	all map[OperationID]http.Handler
}

func (h *operationHandlers) of(id OperationID) http.Handler {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.all[id]
}
