package sandbox

import (
	"fmt"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

// checkFaults validates the faults of an argument.
func checkFaults(argument string, faults []Fault) error {
	ids := make([]string, len(faults))
	for i := range faults {
		if err := faults[i].check(); err != nil {
			err.Argument = fmt.Sprintf("%s[%d].%s", argument, i, err.Argument)
			return err
		}
		ids[i] = faults[i].ID
	}
	return checkFaultIDs(argument, ids)
}

// check returns the first field that is invalid.
func (f *Fault) check() *api.ArgumentError {
	for _, check := range []func() *api.ArgumentError{f.Match.check, f.Selection.check, f.Effect.check, f.Effect.checkTogether} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (m *RequestMatch) check() *api.ArgumentError {
	all := Operations()
	i := slices.IndexFunc(all, func(o client.Operation) bool { return o.ID == string(m.Operation) })
	switch {
	case m.Operation != "" && i < 0:
		return invalid("Match.Operation", "is %q, which is not an operation of the API", m.Operation)
	case strings.ContainsFunc(m.Method, func(r rune) bool { return r < 'A' || r > 'Z' }):
		return invalid("Match.Method", "is %q, but must be in upper case", m.Method)
	case m.Operation != "" && m.Method != "" && m.Method != all[i].Method && (m.Method != http.MethodHead || all[i].Method != http.MethodGet):
		return invalid("Match.Method", "is %s, but the method of Operation is %s", m.Method, all[i].Method)
	case m.Path != "" && !strings.HasPrefix(m.Path, "/"):
		return invalid("Match.Path", "is %q, but must begin with a slash", m.Path)
	}
	if _, err := path.Match(m.Path, ""); err != nil {
		return invalid("Match.Path", "is %q, which is not a pattern of path.Match", m.Path)
	}
	return nil
}

// check validates each field by itself.
func (e *RequestEffect) check() *api.ArgumentError {
	switch {
	case e.Latency < 0:
		return invalid("Effect.Latency", "is %v, but must not be negative", e.Latency)
	case e.Status != 0 && (e.Status < 200 || e.Status > 599):
		return invalid("Effect.Status", "is %d, but must be from 200 to 599", e.Status)
	case e.RetryAfter < 0:
		return invalid("Effect.RetryAfter", "is %v, but must not be negative", e.RetryAfter)
	case !fitsHeader(e.ContentType):
		return invalid("Effect.ContentType", "is %q, which is not allowed in a header", e.ContentType)
	case !fitsHeader(e.Redirect):
		return invalid("Effect.Redirect", "is %q, which is not allowed in a header", e.Redirect)
	case !slices.Contains([]ResetPoint{"", ResetBefore, ResetDuring, ResetAfter}, e.Reset):
		return invalid("Effect.Reset", "is %q, but must be one of before, during and after", e.Reset)
	case e.BytesPerSecond < 0:
		return invalid("Effect.BytesPerSecond", "is %d, but must not be negative", e.BytesPerSecond)
	case e.Release != "" && !slices.Contains(releases, e.Release):
		return invalid("Effect.Release", "is %q, but must be one of %s", e.Release, releaseList())
	case !isOrigin(e.LinkOrigin):
		return invalid("Effect.LinkOrigin", "is %q, but must be a scheme and a host, as in http://internal:8000", e.LinkOrigin)
	}
	return nil
}

// checkTogether validates the combination of fields.
func (e *RequestEffect) checkTogether() *api.ArgumentError {
	responds := e.Status != 0 || e.Redirect != ""
	changes := responds || e.RetryAfter > 0 || e.Body != "" || e.ContentType != "" || e.Truncate || e.BytesPerSecond > 0
	const unsent = "is %s, which sends no response that another field could change"
	switch {
	case e.Redirect != "" && (e.status() < 300 || e.status() > 399):
		return invalid("Effect.Status", "is %d, but must be from 300 to 399 with Redirect", e.Status)
	case e.RetryAfter > 0 && !responds:
		return invalid("Effect.RetryAfter", "needs Status")
	case e.Body != "" && !responds && e.ContentType == "":
		return invalid("Effect.Body", "needs Status or ContentType")
	case e.Body != "" && responds && !bodyAllowed(e.status()):
		return invalid("Effect.Body", "is not allowed with Status %d", e.Status)
	case (responds || e.Body != "") && (e.reshapes() || e.Release != ""):
		return invalid("Effect", "has UnknownFields, UnknownEnums, LinkOrigin or Release, which need the operation's response, but Status, Redirect or Body replaces it")
	case e.Reset == ResetBefore && (changes || e.reshapes() || e.Release != ""):
		return invalid("Effect.Reset", unsent, e.Reset)
	case e.Reset == ResetAfter && (changes || e.reshapes()):
		return invalid("Effect.Reset", unsent, e.Reset)
	case e.Reset == ResetDuring && e.Truncate:
		return invalid("Effect.Truncate", "can't be combined with Reset during")
	case e.Latency == 0 && e.Reset == "" && !changes && !e.reshapes() && e.Release == "":
		return invalid("Effect", "is empty: set Latency, Status or another field")
	}
	return nil
}

// fitsHeader reports whether text is allowed in a header.
func fitsHeader(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == '\x7f' })
}

// isOrigin reports whether text is a scheme and a host, or empty.
func isOrigin(text string) bool {
	u, err := url.Parse(text)
	return text == "" || err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && text == u.Scheme+"://"+u.Host
}

// bodyAllowed reports whether a response with a status can have a body.
func bodyAllowed(status int) bool {
	return status != http.StatusNoContent && status != http.StatusNotModified
}
