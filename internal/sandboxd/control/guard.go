package control

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/iblai/iblai-go/internal/document"
)

// A guard rejects requests from other web pages to the console and the control
// API, which need no key: from pages of other sites, and from pages whose host
// name resolves to this address (DNS rebinding). http.CrossOriginProtection
// doesn't suffice, since it accepts every GET request, and the status contains
// API keys.
type guard struct {
	hosts []string // accepted in addition to loopback addresses and the local address
}

// check returns the reason for which a request is rejected, or an empty string.
func (g *guard) check(r *http.Request) string {
	if !g.isKnownHost(r) {
		return fmt.Sprintf("the Host %s is not a name of this sandbox; to accept it, start the sandbox with -host NAME", document.Quote(r.Host))
	}
	for _, origin := range r.Header.Values("Origin") {
		from, err := url.Parse(origin)
		if err != nil || !strings.EqualFold(from.Host, r.Host) {
			return fmt.Sprintf("the Origin %s is another site, and other sites are not allowed to use this sandbox", document.Quote(origin))
		}
	}
	switch site := r.Header.Get("Sec-Fetch-Site"); {
	case site != "cross-site" && site != "same-site":
	case isNavigation(r):
	default:
		return "the request comes from another site (Sec-Fetch-Site: " + site + "), and other sites are not allowed to use this sandbox"
	}
	return ""
}

// isNavigation reports whether a browser navigates to the console, as after a
// click on a link.
func isNavigation(r *http.Request) bool {
	return r.Method == http.MethodGet && r.URL.Path == "/" &&
		r.Header.Get("Sec-Fetch-Mode") == "navigate" && r.Header.Get("Sec-Fetch-Dest") == "document"
}

// isKnownHost reports whether the Host header names this server.
func (g *guard) isKnownHost(r *http.Request) bool {
	name := r.Host
	if host, _, err := net.SplitHostPort(r.Host); err == nil {
		name = host
	}
	name = strings.ToLower(strings.TrimSuffix(strings.TrimPrefix(name, "["), "]"))
	if name == "localhost" || slices.ContainsFunc(g.hosts, func(host string) bool { return strings.EqualFold(host, name) }) {
		return true
	}
	ip, err := netip.ParseAddr(name)
	if err != nil {
		return false
	}
	return ip.Unmap().IsLoopback() || ip == localAddr(r)
}

// localAddr returns the address at which the request arrived.
func localAddr(r *http.Request) netip.Addr {
	address, _ := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
	if address == nil {
		return netip.Addr{}
	}
	return address.AddrPort().Addr().Unmap()
}
