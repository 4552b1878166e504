package sandbox

import (
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
	"sync"
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

// check validates an account beside the others that there are.
func (a Account) check(argument string, others []Account) error {
	for _, field := range []struct{ name, value string }{{"Org", a.Org}, {"Username", a.Username}} {
		switch {
		case field.value == "":
			return invalid(argument+"."+field.name, "is empty")
		case field.value == "." || field.value == ".." || strings.ContainsAny(field.value, `/\`):
			return invalid(argument+"."+field.name, "is %q, which can't be a segment of a path", field.value)
		}
	}
	if strings.ContainsFunc(a.APIKey.Reveal(), func(r rune) bool { return r <= ' ' || r > '~' }) {
		return invalid(argument+".APIKey", "has a character that is not allowed in a header")
	}
	for _, other := range others {
		if other.Org == a.Org && other.Username == a.Username {
			return invalid(argument+".Username", "is %q, which org %q has already", a.Username, a.Org)
		}
		if !a.APIKey.IsZero() && other.APIKey == a.APIKey {
			return invalid(argument+".APIKey", "is the key of two accounts: %q of %q and %q of %q", other.Username, other.Org, a.Username, a.Org)
		}
	}
	return nil
}

func newAPIKey() api.Secret {
	var key [32]byte
	_, _ = rand.Read(key[:]) // never fails
	return api.NewSecret(hex.EncodeToString(key[:]))
}

// accounts are the accounts of a sandbox. At least one is an account.
type accounts struct {
	mu    sync.RWMutex // guards what follows
	all   []Account
	byKey map[string]*Account
}

func newAccounts(all []Account) *accounts {
	added := &accounts{byKey: map[string]*Account{}}
	for _, a := range all {
		added.add(a)
	}
	return added
}

// add adds an account with a key, which it returns.
func (s *accounts) add(a Account) Account {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a.APIKey.IsZero() {
		a.APIKey = newAPIKey()
	}
	s.all = append(s.all, a)
	s.byKey[a.APIKey.Reveal()] = &a
	return a
}

func (s *accounts) list() []Account {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Clone(s.all)
}

func (s *accounts) first() Account { return s.list()[0] }

// find returns the account of a user.
func (s *accounts) find(org, username string) (Account, error) {
	for _, a := range s.list() {
		if a.Org == org && a.Username == username {
			return a, nil
		}
	}
	return Account{}, invalid("username", "is %q, but org %q has no such account", username, org)
}

// ofKey returns the account with an API key, or nil.
func (s *accounts) ofKey(key string) *Account {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.byKey[key]
}

// authenticate returns the account whose API key a request has.
func (s *accounts) authenticate(r *http.Request) (*Account, *django.Response) {
	words := strings.FieldsFunc(strings.Join(r.Header["Authorization"], ","), func(r rune) bool { return strings.ContainsRune(" \t\n\r\v\f", r) })
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
	account := s.ofKey(words[1])
	if account == nil {
		return nil, django.AuthenticationFailed(client.DefaultAuthScheme, "Invalid token.")
	}
	return account, nil
}
