package sandbox

import (
	"fmt"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/iblai/iblai-go/client"
)

func checkFaults(option string, faults []Fault) error {
	for i := range faults {
		if reason := faults[i].check(); reason != "" {
			return &OptionError{Option: option, Reason: fmt.Sprintf("%d %s", i, reason)}
		}
	}
	return nil
}

// check returns what is wrong with a fault, of its first field that is wrong.
func (f *Fault) check() string {
	chance := f.chance()
	for _, check := range []func() string{f.checkTarget, chance.check, f.checkValues, f.checkTogether} {
		if reason := check(); reason != "" {
			return reason
		}
	}
	return ""
}

// checkTarget looks at which requests are meant.
func (f *Fault) checkTarget() string {
	all := Operations()
	i := slices.IndexFunc(all, func(o client.Operation) bool { return o.ID == f.Operation })
	switch {
	case f.Operation != "" && i < 0:
		return fmt.Sprintf("has the Operation %q, which is none: see Operations", f.Operation)
	case strings.ContainsFunc(f.Method, func(c rune) bool { return c < 'A' || c > 'Z' }):
		return fmt.Sprintf("has the Method %q, but it must be in capitals", f.Method)
	case f.Operation != "" && f.Method != "" && f.Method != all[i].Method && (f.Method != http.MethodHead || all[i].Method != http.MethodGet):
		return fmt.Sprintf("has the Method %s, but its Operation is a %s", f.Method, all[i].Method)
	case f.Path != "" && !strings.HasPrefix(f.Path, "/"):
		return fmt.Sprintf("has the Path %q, which fits none: it must begin with a slash", f.Path)
	}
	if _, err := path.Match(f.Path, ""); err != nil {
		return fmt.Sprintf("has the Path %q, which is no pattern of path.Match", f.Path)
	}
	return ""
}

// checkValues looks at each of the effects.
func (f *Fault) checkValues() string {
	switch {
	case f.Latency < 0:
		return fmt.Sprintf("has the Latency %v, but it must not be negative", f.Latency)
	case f.Status != 0 && (f.Status < 200 || f.Status > 599):
		return fmt.Sprintf("has the Status %d, but it must be from 200 to 599", f.Status)
	case f.RetryAfter < 0:
		return fmt.Sprintf("has the RetryAfter %v, but it must not be negative", f.RetryAfter)
	case !fitsHeader(f.ContentType):
		return fmt.Sprintf("has the ContentType %q, which no header can carry", f.ContentType)
	case !fitsHeader(f.Redirect):
		return fmt.Sprintf("has the Redirect %q, which no header can carry", f.Redirect)
	case !slices.Contains([]ResetPoint{"", ResetBefore, ResetDuring, ResetAfter}, f.Reset):
		return fmt.Sprintf("has the Reset %q, which is none", f.Reset)
	case f.BytesPerSecond < 0:
		return fmt.Sprintf("has the BytesPerSecond %d, but it must not be negative", f.BytesPerSecond)
	case !isOrigin(f.LinkHost):
		return fmt.Sprintf("has the LinkHost %q, but it must be a scheme and a host, as in http://internal:8000", f.LinkHost)
	}
	return ""
}

// checkTogether looks at what can't be had with, or without, something else.
func (f *Fault) checkTogether() string {
	chooses := f.Status != 0 || f.Redirect != ""
	answers := chooses || f.RetryAfter > 0 || f.Body != "" || f.ContentType != "" || f.Truncate || f.BytesPerSecond > 0
	switch {
	case f.Redirect != "" && (f.status() < 300 || f.status() > 399):
		return fmt.Sprintf("has Redirect and the Status %d, which leads nowhere: 300 to 399 do", f.Status)
	case f.RetryAfter > 0 && !chooses:
		return "has RetryAfter, but no Status to send it with"
	case f.Body != "" && !chooses && f.ContentType == "":
		return "has Body, but neither Status nor ContentType"
	case f.Body != "" && chooses && !bodyAllowed(f.status()):
		return fmt.Sprintf("has Body and the Status %d, which has none", f.Status)
	case (chooses || f.Body != "") && f.reshapes():
		return "has UnknownFields, UnknownEnums, LinkHost or OlderRelease, and with Status, Redirect or Body no answer that they could change"
	case f.Reset == ResetBefore && (answers || f.reshapes()):
		return "has Reset before the answer and something that needs one: choose one"
	case f.Reset == ResetAfter && (answers || f.UnknownFields || f.UnknownEnums || f.LinkHost != ""):
		return "has Reset after an answer that is lost and something about it: choose one"
	case f.Reset == ResetDuring && f.Truncate:
		return "has Reset during the answer and Truncate: choose one"
	case f.Latency == 0 && f.Reset == "" && !answers && !f.reshapes():
		return "does nothing: set Latency, Status or another of its effects"
	}
	return ""
}

// fitsHeader reports whether a header's value can be this text.
func fitsHeader(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == '\x7f' })
}

// isOrigin reports whether text is nothing but a scheme and a host, or empty.
func isOrigin(text string) bool {
	u, err := url.Parse(text)
	return text == "" || err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && text == u.Scheme+"://"+u.Host
}

// bodyAllowed reports whether an answer with this status can have a body.
func bodyAllowed(status int) bool {
	return status != http.StatusNoContent && status != http.StatusNotModified
}
