package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/iblai/iblai-go/client"
)

// explain tells why a call failed, of which response is the answer, if there
// was one.
func explain(err error, response *client.Response) diagnosis {
	if fault, is := errors.AsType[*client.Error](err); is {
		found := explainStatus(response)
		for _, field := range fault.Fields {
			found.Details = append(found.Details, field.Path+": "+strings.Join(field.Messages, " "))
		}
		return found
	}
	if _, is := errors.AsType[*client.DecodeError](err); is {
		return explainNotJSON(response)
	}
	return explainNetwork(err)
}

// explainStatus tells what an answer means that is no success.
func explainStatus(r *client.Response) diagnosis {
	found := diagnosis{Found: fmt.Sprintf("%d %s: %s", r.StatusCode, http.StatusText(r.StatusCode), says(r.Body))}
	switch status := r.StatusCode; {
	case status >= 300 && status < 400:
		return explainRedirect(r.Header.Get("Location"))
	case status == http.StatusUnauthorized:
		found.Meaning = "The key is not accepted: it is wrong, incomplete or revoked, or does not reach the service."
		found.Advice = "Copy the key again from the platform's settings into " + client.EnvAPIKey + ", or make a new one."
	case status == http.StatusForbidden:
		found.Meaning = "The key is accepted, but its user may not do this in this org."
		found.Advice = "Use a key of an administrator of the org, and that org and user in " + client.EnvOrg + " and " + client.EnvUsername + "."
	case status == http.StatusNotFound && isFromService(r.Body):
		found.Meaning = "The service knows no such org, user or object."
		found.Advice = "Check the spelling of " + client.EnvOrg + " and " + client.EnvUsername + "."
	case status == http.StatusNotFound:
		found.Meaning = "What answers does not know this address: it is another program, a release without this operation, or the base URL's prefix is wrong."
		found.Advice = "Check " + client.EnvBaseURL + " and the prefix in it: the gateway has /dm, the service itself has none."
	case status == http.StatusMethodNotAllowed:
		found.Meaning = "The address is known, but not for this method: the release may be older, or a proxy lets through reading only."
		found.Advice = "Ask the service's operators which release it is, and what stands in front of it."
	case status == http.StatusProxyAuthRequired:
		found.Meaning = "The proxy on the way wants a user and a password."
		found.Advice = "Put them into HTTPS_PROXY, or the host into NO_PROXY."
	case status == http.StatusTooManyRequests:
		found.Meaning = "There were too many requests with this key or from this address. " + retryAfter(r.Header)
		found.Advice = "Wait, then try again. Programs that use the SDK wait by themselves."
	case status >= 500 && !isFromService(r.Body):
		found.Meaning = "A proxy or load balancer answered in the service's place, which is down, being deployed or too slow."
		found.Advice = "Try again in a minute. If it stays so, tell the service's operators."
	case status >= 500:
		found.Meaning = "The service itself failed at this request."
		found.Advice = "Try again. If it stays so, tell the service's operators when it happened." + requestID(r.Header)
	default:
		found.Meaning = "The service refuses this request, which it takes in the release that this SDK is made for."
		found.Advice = "Check which release the service has, and update the SDK."
	}
	return found
}

// explainNotJSON tells what an answer is that says success but is not what was
// promised.
func explainNotJSON(r *client.Response) diagnosis {
	found := diagnosis{Found: fmt.Sprintf("%d, but not the JSON that was promised: %s", r.StatusCode, says(r.Body))}
	switch {
	case isSignIn(r.Body):
		found.Meaning = "A sign-in page is in front of the service, which a program with a key can't pass."
		found.Advice = "Check " + client.EnvBaseURL + ": it may be the address for people. If it is right, the service's operators must let the API's paths through."
	case isHTML(r.Body):
		found.Meaning = "Another program has answered: a website or a proxy."
		found.Advice = "Check " + client.EnvBaseURL + " and the prefix in it."
	case json.Valid(r.Body):
		found.Meaning = "It is JSON, but not the API's: another program has answered."
		found.Advice = "Check " + client.EnvBaseURL + " and the prefix in it."
	default:
		found.Meaning = "The answer is empty, broke off, or was changed on the way."
		found.Advice = "Try again. If it stays so, look for a proxy on the way."
	}
	return found
}

// explainRedirect tells where an answer sends the caller. The query is left
// out: sign-in pages are sent secrets in it.
func explainRedirect(location string) diagnosis {
	where := "an address that is none"
	if to, err := url.Parse(location); err == nil && location != "" {
		where = (&url.URL{Scheme: to.Scheme, Host: to.Host, Path: to.Path}).String()
	}
	return diagnosis{
		Found:   "redirected to " + where,
		Meaning: "The base URL is not the API's own, has moved, or wants people to sign in. The SDK takes a key to no other host.",
		Advice:  "Check " + client.EnvBaseURL + ": it must lead to the API without a redirect.",
	}
}

// isFromService tells an answer of the service from one of what stands in front
// of it: Django REST Framework explains itself in "detail".
func isFromService(body []byte) bool { return detail(body) != "" }

func detail(body []byte) string {
	var answer struct {
		Detail string `json:"detail"`
	}
	if json.Unmarshal(body, &answer) != nil {
		return ""
	}
	return answer.Detail
}

func retryAfter(header http.Header) string {
	if wait := header.Get("Retry-After"); wait != "" {
		return "It may be tried again after " + wait + " (seconds, or a date)."
	}
	return "It is not said how long to wait."
}

func requestID(header http.Header) string {
	if id := header.Get("X-Request-Id"); id != "" {
		return " The request's id is " + id + "."
	}
	return ""
}
