package client

import (
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/iblai/iblai-go/client/api"
)

// parseBaseURL reads the service's address. What it refuses would send the key
// astray, or be dropped in silence when the API's paths are put below it. An
// address is not repeated in the error where it may hold a password.
func parseBaseURL(address string) (*url.URL, error) {
	refuse := func(reason string) (*url.URL, error) {
		return nil, &api.ArgumentError{Argument: "WithBaseURL", Reason: reason}
	}
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return refuse("is not a URL; write it as in " + DefaultBaseURL)
	case u.Scheme != "https" && u.Scheme != "http":
		return refuse("must begin with https://")
	case u.User != nil:
		return refuse("must not have a user or password in it; use WithAPIKey")
	case u.Hostname() == "":
		return refuse("has no host")
	case u.RawQuery != "" || u.ForceQuery:
		return refuse("must not have a query")
	case strings.Contains(address, "#"):
		return refuse("must not have a fragment")
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return refuse("would send the API key unencrypted to " + u.Host + "; use https, or a loopback host")
	}
	segments := strings.Split(u.Path, "/")
	if slices.Contains(segments, ".") || slices.Contains(segments, "..") {
		return refuse("must not have . or .. in its path")
	}
	escaped := strings.TrimRight(u.EscapedPath(), "/")
	path, err := url.PathUnescape(escaped)
	if err != nil {
		return refuse("is not a URL; write it as in " + DefaultBaseURL)
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host, Path: path, RawPath: escaped}, nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}
