package sandbox

import (
	"fmt"
	"net/http"
	"time"

	"github.com/iblai/iblai-go/client"
)

const (
	defaultOrg         = "acme"
	defaultUsername    = "ada"
	defaultMentorID    = "497f6eca-6276-4993-bfeb-53cbbbba6f08"
	defaultPageSize    = 10
	defaultMaxPageSize = 100
)

// Option sets up a [Sandbox].
type Option func(*settings) error

// OptionError is a fault of an option.
type OptionError struct {
	// Option is the option's name.
	Option string
	// Reason is what is wrong with it.
	Reason string
}

func (e *OptionError) Error() string { return "sandbox: " + e.Option + " " + e.Reason }

// settings are a sandbox's options.
type settings struct {
	accounts    []Account
	mentors     []ofOrg[client.Mentor]
	agents      []ofOrg[client.PeriodicAgentCreateRequest]
	sessions    []ofOrg[ChatSession]
	now         func() time.Time
	pageSize    int
	maxPageSize int
	httpClient  *http.Client
}

// ofOrg is a thing that an option adds to an org.
type ofOrg[T any] struct {
	org   string
	thing T
}

func newSettings(opts []Option) (*settings, error) {
	s := &settings{now: time.Now, pageSize: defaultPageSize, maxPageSize: defaultMaxPageSize}
	for _, opt := range opts {
		if opt == nil {
			return nil, &OptionError{Option: "an option", Reason: "is nil"}
		}
		if err := opt(s); err != nil {
			return nil, err
		}
	}
	if len(s.accounts) == 0 {
		s.accounts = []Account{{Org: defaultOrg, Username: defaultUsername, Admin: true}}
	}
	return s, nil
}

// WithAccount adds a user with a key. Without this option there is one, an
// administrator.
func WithAccount(a Account) Option {
	return func(s *settings) error {
		if err := a.check(); err != nil {
			return err
		}
		for _, other := range s.accounts {
			if other.Org == a.Org && other.Username == a.Username {
				return &OptionError{Option: "WithAccount", Reason: fmt.Sprintf("names %s of %s twice", a.Username, a.Org)}
			}
			if a.APIKey != "" && other.APIKey == a.APIKey {
				return &OptionError{Option: "WithAccount", Reason: fmt.Sprintf("gives %s of %s the key of %s of %s", a.Username, a.Org, other.Username, other.Org)}
			}
		}
		s.accounts = append(s.accounts, a)
		return nil
	}
}

// WithMentor adds a mentor to an org. What is empty of id, unique_id, name, slug,
// platform and times is filled in, and lists are never null. An org without a
// mentor gets one.
func WithMentor(org string, m client.Mentor) Option {
	return func(s *settings) error {
		s.mentors = append(s.mentors, ofOrg[client.Mentor]{org, m})
		return nil
	}
}

// WithPeriodicAgent adds an agent to an org, as its first account would create
// it. Agents get the ids 1, 2 and so on in the order of their options. An empty
// mentor is the org's first.
func WithPeriodicAgent(org string, request client.PeriodicAgentCreateRequest) Option {
	return func(s *settings) error {
		s.agents = append(s.agents, ofOrg[client.PeriodicAgentCreateRequest]{org, request})
		return nil
	}
}

// WithChatSession adds a chat session to an org, to be pinned and listed.
func WithChatSession(org string, session ChatSession) Option {
	return func(s *settings) error {
		s.sessions = append(s.sessions, ofOrg[ChatSession]{org, session})
		return nil
	}
}

// WithPageSize sets how many items a page has, and how many it can have at
// most: 10 and 100 if not set.
func WithPageSize(defaultSize, maxSize int) Option {
	return func(s *settings) error {
		if defaultSize < 1 || maxSize < defaultSize {
			return &OptionError{Option: "WithPageSize", Reason: fmt.Sprintf("is %d and %d, but must be 1 or more, and the maximum not below the default", defaultSize, maxSize)}
		}
		s.pageSize, s.maxPageSize = defaultSize, maxSize
		return nil
	}
}

// WithClock sets where the sandbox takes the time from: [time.Now] if not set.
// It must be safe for concurrent use.
func WithClock(now func() time.Time) Option {
	return func(s *settings) error {
		if now == nil {
			return &OptionError{Option: "WithClock", Reason: "is nil"}
		}
		s.now = now
		return nil
	}
}

// WithHTTPClient sets what posts the callbacks. It is copied: redirects are not
// followed whatever it says, and without a timeout it gets one of ten seconds.
func WithHTTPClient(c *http.Client) Option {
	return func(s *settings) error {
		if c == nil {
			return &OptionError{Option: "WithHTTPClient", Reason: "is nil"}
		}
		s.httpClient = c
		return nil
	}
}
