package client

import (
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/iblai/iblai-go/client/api"
)

// maxCallbackURL is the maximum length of a callback_url in characters.
const maxCallbackURL = 200

// CheckCallbackURL checks the CallbackURL of an agent before it is stored: it must
// be an http or https URL of at most 200 characters. It must not have a user or
// password in it, although the service accepts them, because everyone who can read
// the agent sees it. CheckCallbackURL returns an [*api.ArgumentError], which doesn't
// repeat the URL. Create, Replace and Update don't call it.
func CheckCallbackURL(callbackURL string) error {
	refuse := func(reason string) error {
		return &api.ArgumentError{Argument: "callback_url", Reason: reason}
	}
	callbackURL = strings.TrimSpace(callbackURL)
	u, err := url.Parse(callbackURL)
	switch {
	case callbackURL == "":
		return refuse("is empty")
	case utf8.RuneCountInString(callbackURL) > maxCallbackURL:
		return refuse("has more than " + strconv.Itoa(maxCallbackURL) + " characters")
	case err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "":
		return refuse("must be an http or https URL")
	case u.User != nil:
		return refuse("must not have a user or password in it; have the callbacks signed with a secret")
	}
	return nil
}
