package main

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// A guard keeps other web pages away from the console and the control API, which
// ask for no key: pages of other sites, and pages whose name has been made to
// lead to this address (DNS rebinding).
type guard struct {
	hosts []string // that may be named, besides the loopback's and the own address
}

// refusal says why a request is not let in, or is empty.
func (g *guard) refusal(r *http.Request) string {
	if !g.knows(r) {
		return fmt.Sprintf("the Host %s is not this sandbox's; if it is meant to be, start it with -host NAME", brief(r.Host))
	}
	for _, origin := range r.Header.Values("Origin") {
		from, err := url.Parse(origin)
		if err != nil || !strings.EqualFold(from.Host, r.Host) {
			return fmt.Sprintf("the Origin %s is not this sandbox's: other pages may not use it", brief(origin))
		}
	}
	switch site := r.Header.Get("Sec-Fetch-Site"); {
	case site != "cross-site" && site != "same-site":
	case isVisit(r):
	default:
		return "another page has sent this (Sec-Fetch-Site: " + site + "): other pages may not use the sandbox"
	}
	return ""
}

// isVisit reports whether somebody follows a link to the console.
func isVisit(r *http.Request) bool {
	return r.Method == http.MethodGet && r.URL.Path == "/" &&
		r.Header.Get("Sec-Fetch-Mode") == "navigate" && r.Header.Get("Sec-Fetch-Dest") == "document"
}

// knows reports whether the host that the request names is this one.
func (g *guard) knows(r *http.Request) bool {
	name := r.Host
	if host, _, err := net.SplitHostPort(r.Host); err == nil {
		name = host
	}
	name = strings.ToLower(strings.TrimSuffix(strings.TrimPrefix(name, "["), "]"))
	if name == "localhost" || slices.Contains(g.hosts, name) {
		return true
	}
	ip, err := netip.ParseAddr(name)
	if err != nil {
		return false
	}
	return ip.Unmap().IsLoopback() || ip == localAddr(r)
}

// localAddr is the address that the request has come to.
func localAddr(r *http.Request) netip.Addr {
	address, _ := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
	if address == nil {
		return netip.Addr{}
	}
	return address.AddrPort().Addr().Unmap()
}
