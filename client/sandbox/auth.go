package sandbox

import (
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox/internal/django"
)

// An Account is a user of an org with an API key.
type Account struct {
	// Org is the key of the org: {org} in the API's paths.
	Org string
	// Username is {user_id} in the API's paths.
	Username string
	// APIKey authenticates the user. If it is empty, the sandbox generates one of
	// 64 hexadecimal digits, see [Sandbox.Accounts].
	APIKey api.Secret
	// Member makes the user an ordinary member of the org, who gets a 403 response
	// from every operation. Without it, the user is an administrator.
	Member bool
}

func (a Account) check() error {
	for _, field := range []struct{ name, value string }{{"Org", a.Org}, {"Username", a.Username}} {
		switch {
		case field.value == "":
			return invalid("WithAccount."+field.name, "is empty")
		case field.value == "." || field.value == ".." || strings.ContainsAny(field.value, `/\`):
			return invalid("WithAccount."+field.name, "is %q, which can't be a segment of a path", field.value)
		}
	}
	if strings.ContainsFunc(a.APIKey.Reveal(), func(r rune) bool { return r <= ' ' || r > '~' }) {
		return invalid("WithAccount.APIKey", "has a character that is not allowed in a header")
	}
	return nil
}

func newAPIKey() api.Secret {
	var key [32]byte
	_, _ = rand.Read(key[:]) // never fails
	return api.NewSecret(hex.EncodeToString(key[:]))
}

// accounts are the accounts of a sandbox.
type accounts struct {
	all   []Account
	byKey map[string]*Account
}

func newAccounts(all []Account) *accounts {
	added := &accounts{byKey: map[string]*Account{}}
	for _, a := range all {
		if a.APIKey.IsZero() {
			a.APIKey = newAPIKey()
		}
		added.all = append(added.all, a)
		added.byKey[a.APIKey.Reveal()] = &a
	}
	return added
}

// authenticate returns the account whose API key a request has.
func (s *accounts) authenticate(r *http.Request) (*Account, *django.Response) {
	words := strings.FieldsFunc(r.Header.Get("Authorization"), func(r rune) bool { return strings.ContainsRune(" \t\n\r\v\f", r) })
	switch {
	case len(words) == 0 || !strings.EqualFold(words[0], client.DefaultAuthScheme):
		return nil, django.NotAuthenticated(client.DefaultAuthScheme)
	case len(words) == 1:
		return nil, django.AuthenticationFailed(client.DefaultAuthScheme, "Invalid token header. No credentials provided.")
	case len(words) > 2:
		return nil, django.AuthenticationFailed(client.DefaultAuthScheme, "Invalid token header. Token string should not contain spaces.")
	case !utf8.ValidString(words[1]):
		return nil, django.AuthenticationFailed(client.DefaultAuthScheme, "Invalid token header. Token string should not contain invalid characters.")
	}
	account := s.byKey[words[1]]
	if account == nil {
		return nil, django.AuthenticationFailed(client.DefaultAuthScheme, "Invalid token.")
	}
	return account, nil
}
