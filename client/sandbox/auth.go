package sandbox

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

// An Account is a user of an org, and the key that is bound to both.
type Account struct {
	// Org is the platform's key, {org} in the API's paths.
	Org string
	// Username is {user_id} in the API's paths.
	Username string
	// APIKey is the key; 64 hex digits are made up if it is empty.
	APIKey api.Secret
	// Admin says whether the user is an administrator of the org. Others may
	// do nothing.
	Admin bool
}

func (a Account) check() error {
	for _, part := range []struct{ name, value string }{{"org", a.Org}, {"username", a.Username}} {
		switch {
		case part.value == "":
			return &OptionError{Option: "WithAccount", Reason: "has no " + part.name}
		case part.value == "." || part.value == ".." || strings.ContainsAny(part.value, `/\`):
			return &OptionError{Option: "WithAccount", Reason: fmt.Sprintf("has the %s %q, which would change the path", part.name, part.value)}
		}
	}
	if strings.ContainsFunc(a.APIKey.Reveal(), func(r rune) bool { return r <= ' ' || r > '~' }) {
		return &OptionError{Option: "WithAccount", Reason: "has a key with a character that no header can carry"}
	}
	return nil
}

// keyHash is what accounts are found by: looking up a hash takes no time that
// would tell how much of a key is right.
type keyHash [sha256.Size]byte

func newAPIKey() api.Secret {
	var key [32]byte
	_, _ = rand.Read(key[:]) // never fails
	return api.NewSecret(hex.EncodeToString(key[:]))
}

// authenticate finds the account whose key the request carries.
func (s *Sandbox) authenticate(r *http.Request) (*Account, *answer) {
	words := strings.FieldsFunc(r.Header.Get("Authorization"), func(r rune) bool { return strings.ContainsRune(" \t\n\r\v\f", r) })
	switch {
	case len(words) == 0 || !strings.EqualFold(words[0], client.DefaultAuthScheme):
		return nil, unauthorized("Authentication credentials were not provided.")
	case len(words) == 1:
		return nil, unauthorized("Invalid token header. No credentials provided.")
	case len(words) > 2:
		return nil, unauthorized("Invalid token header. Token string should not contain spaces.")
	case !utf8.ValidString(words[1]):
		return nil, unauthorized("Invalid token header. Token string should not contain invalid characters.")
	}
	account := s.byKey[sha256.Sum256([]byte(words[1]))]
	if account == nil {
		return nil, unauthorized("Invalid token.")
	}
	return account, nil
}

// authorize lets administrators act in their own org, as themselves or as
// another of its users.
func (c *call) authorize(path map[string]string) *answer {
	if c.account.Org != path["org"] || !c.account.Admin {
		return detail(http.StatusForbidden, "You do not have permission to perform this action.")
	}
	c.org = c.sandbox.store.orgs[path["org"]]
	c.username = path["user_id"]
	if !c.org.usernames[c.username] {
		return detail(http.StatusNotFound, "No User matches the given query.")
	}
	return nil
}

func unauthorized(message string) *answer {
	a := detail(http.StatusUnauthorized, message)
	a.header = http.Header{"Www-Authenticate": {client.DefaultAuthScheme}}
	return a
}
