package doctor

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/iblai/iblai-go/client"
)

// explain explains the error of a call and its response, if there was one.
func (e *examination) explain(err error, response *client.Response) Diagnosis {
	response.Body = redact(response.Body, e.APIKey) // before shortening could cut the key
	if errors.Is(err, client.ErrRateLimited) {
		e.stopped = "the service limits the rate of requests"
	}
	if failure, is := errors.AsType[*client.Error](err); is {
		found := e.explainStatus(response)
		for _, field := range failure.Fields {
			found.Details = append(found.Details, field.Path+": "+strings.Join(field.Messages, " "))
		}
		return found
	}
	if _, is := errors.AsType[*client.DecodeError](err); is {
		return e.explainNotJSON(response)
	}
	return e.explainNetwork(err)
}

// explainStatus explains an unsuccessful response.
func (e *examination) explainStatus(r *client.Response) Diagnosis {
	found := Diagnosis{Found: fmt.Sprintf("%d %s: %s", r.StatusCode, http.StatusText(r.StatusCode), summarize(r.Body))}
	switch status := r.StatusCode; {
	case status >= 300 && status < 400:
		return e.explainRedirect(r.Header.Get("Location"))
	case status == http.StatusUnauthorized:
		e.explainUnauthorized(&found)
	case status == http.StatusForbidden:
		e.explainForbidden(&found, isFromService(r.Body))
	case status == http.StatusNotFound:
		e.explainNotFound(&found, isFromService(r.Body))
	case status == http.StatusMethodNotAllowed:
		found.Meaning = "The path exists, but not for this method: " + e.releaseName() + " lacks the operation, or a proxy only allows reading."
		found.Advice = "Ask the service's operators whether their proxy forwards this method."
	case status == http.StatusProxyAuthRequired:
		found.Meaning = "The proxy requires a user name and a password."
		found.Advice = "Add them to HTTPS_PROXY, or add the host to NO_PROXY."
	case status == http.StatusTooManyRequests:
		found.Meaning = "There were too many requests with this key or from this address. " + retryAfter(r.Header)
		found.Advice = "Wait, then run it again. Programs that use the SDK wait automatically."
	case status >= 500 && !isFromService(r.Body):
		found.Meaning = "A proxy or load balancer responded instead of the service, which is down, being deployed or too slow."
		found.Advice = "Try again in a minute. If it happens again, notify the service's operators."
	case status >= 500:
		found.Meaning = "The service failed to handle this request."
		found.Advice = "Try again. If it happens again, notify the service's operators, and include the time of the request." + requestID(r.Header)
	case status == http.StatusBadRequest && isHTTPSOnly(r.Body):
		found.Meaning = "This port expects HTTPS, but the base URL begins with http://."
		found.Advice = "Write https:// in " + client.EnvBaseURL + "."
	default:
		found.Meaning = "The service rejects a documented request."
		found.Advice = "Notify the service's operators, and include the details."
	}
	return found
}

// isHTTPSOnly reports whether Go's server, nginx or Apache refused a request
// because it was sent without TLS.
func isHTTPSOnly(body []byte) bool {
	for _, text := range []string{"HTTP request to an HTTPS server", "HTTP request was sent to HTTPS port", "speaking plain HTTP to an SSL-enabled"} {
		if bytes.Contains(body, []byte(text)) {
			return true
		}
	}
	return false
}

func (e *examination) explainUnauthorized(found *Diagnosis) {
	if e.known.key {
		found.Meaning = "The key was accepted before, but is refused here."
		found.Advice = "Run it again. If the key still works for other operations, ask the service's operators what this one requires."
		return
	}
	found.Meaning = "The key is not accepted: it is wrong, incomplete or revoked, or a proxy removes it."
	found.Advice = "Copy the key from the platform's settings into " + client.EnvAPIKey + " again, or create a new one."
}

func (e *examination) explainForbidden(found *Diagnosis, fromService bool) {
	switch {
	case !fromService:
		found.Meaning = "A proxy in front of the service refuses the request."
		found.Advice = "Ask the service's operators what their proxy requires."
	case e.known.account:
		found.Meaning = "The org and the user are right, but the user is not allowed to do this."
		found.Advice = "Ask an administrator of the org for the permission."
	default:
		found.Meaning = "The key is accepted, but the user is not allowed to do this in the org."
		found.Advice = "Use the key of an administrator of the org, and its org and username in " + client.EnvOrg + " and " + client.EnvUsername + "."
	}
}

func (e *examination) explainNotFound(found *Diagnosis, fromService bool) {
	switch {
	case fromService && e.known.account:
		found.Meaning = "The org and the user exist, but the object does not. It may have been deleted."
		found.Advice = "Run it again."
	case fromService:
		found.Meaning = "The service finds no such org, user or object."
		found.Advice = "Check the spelling of " + client.EnvOrg + " and " + client.EnvUsername + "."
	case e.known.service:
		found.Meaning = "Other operations work, so " + e.releaseName() + " lacks this one, or a proxy does not forward it."
		found.Advice = "Don't use the operation, or ask the service's operators whether their proxy forwards the path."
	default:
		found.Meaning = "The server does not know this path: it is another program, or the base URL's prefix is wrong."
		found.Advice = "Check " + client.EnvBaseURL + " and its prefix: the prefix of the gateway is /dm, and the service itself has none."
	}
}

// explainNotJSON explains a successful response that is not a response of the
// API.
func (e *examination) explainNotJSON(r *client.Response) Diagnosis {
	found := Diagnosis{Found: fmt.Sprintf("%d, but not the documented JSON: %s", r.StatusCode, summarize(r.Body))}
	switch {
	case isLoginPage(r.Body):
		found.Meaning = "The response is a login page. A program with a key can't log in."
		found.Advice = "Check " + client.EnvBaseURL + ": it may be the address of the website. If it is right, the service's operators must exempt the API's paths from the login."
	case isHTML(r.Body):
		found.Meaning = "Another program responded: a website or a proxy."
		found.Advice = "Check " + client.EnvBaseURL + " and its prefix."
	case json.Valid(r.Body):
		found.Meaning = "The JSON is not a response of the API: another program responded."
		found.Advice = "Check " + client.EnvBaseURL + " and its prefix."
	default:
		found.Meaning = "The response is empty, incomplete, or was changed by a proxy."
		found.Advice = "Try again. If it happens again, look for a proxy between this machine and the service."
	}
	if e.known.service {
		found.Meaning += " Other requests reached the service."
		found.Advice = "Try again. If it happens again, ask the service's operators which program responds at this path."
	}
	return found
}

// explainRedirect explains a redirect. It omits the query of the URL, since the
// query for a login page may contain secrets.
func (e *examination) explainRedirect(location string) Diagnosis {
	where := "an invalid address"
	if to, err := url.Parse(location); err == nil && location != "" {
		where = (&url.URL{Scheme: to.Scheme, Host: to.Host, Path: to.Path}).String()
	}
	found := Diagnosis{
		Found:   "redirected to " + where,
		Meaning: "The base URL is wrong, has moved, or belongs to a website with a login page. The SDK sends the key to no other host.",
		Advice:  "Check " + client.EnvBaseURL + ": the API must respond there without a redirect.",
	}
	if e.known.service {
		found.Meaning = "Other requests reached the service, but a proxy redirects this one. The SDK sends the key to no other host."
		found.Advice = "Ask the service's operators why their proxy redirects this path."
	}
	return found
}

func retryAfter(header http.Header) string {
	if wait := header.Get("Retry-After"); wait != "" {
		return "The response says how long to wait: " + wait + " (seconds, or a date)."
	}
	return "The response does not say how long to wait."
}

func requestID(header http.Header) string {
	if id := header.Get("X-Request-Id"); id != "" {
		return " The request's id is " + id + "."
	}
	return ""
}
