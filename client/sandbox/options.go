package sandbox

import (
	"context"
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
	agents      []ofOrg[[]client.PeriodicAgentCreateRequest]
	logs        []ofOrg[[]client.PeriodicAgentLog]
	sessions    []ofOrg[ChatSession]
	pageSize    int
	maxPageSize int
	httpClient  *http.Client

	start          time.Time
	clockSpeed     float64
	seed           uint64
	outcomes       func(context.Context, Invocation) Outcome
	deliveryFaults []DeliveryFault
	faults         []Fault
}

// ofOrg is a thing that an option adds to an org.
type ofOrg[T any] struct {
	org   string
	thing T
}

func newSettings(opts []Option) (*settings, error) {
	s := &settings{
		pageSize:    defaultPageSize,
		maxPageSize: defaultMaxPageSize,
		clockSpeed:  1,
		seed:        1,
		outcomes:    Script(),
	}
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
			if !a.APIKey.IsZero() && other.APIKey == a.APIKey {
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

// WithPeriodicAgent adds agents to an org, as its first account would create
// them. Agents get the ids 1, 2 and so on in the order of their options. An empty
// mentor is the org's first.
func WithPeriodicAgent(org string, requests ...client.PeriodicAgentCreateRequest) Option {
	return func(s *settings) error {
		s.agents = append(s.agents, ofOrg[[]client.PeriodicAgentCreateRequest]{org, requests})
		return nil
	}
}

// WithPeriodicAgentLog adds logs of past runs to an org, whose agents options
// must have added. What is empty is filled in: the id is the next one, the status
// success, start_time when the run ended, or else the sandbox's time; and a run takes
// no time unless it is still running.
func WithPeriodicAgentLog(org string, logs ...client.PeriodicAgentLog) Option {
	return func(s *settings) error {
		s.logs = append(s.logs, ofOrg[[]client.PeriodicAgentLog]{org, logs})
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

// WithClock sets what time it is in the sandbox at first, now if start is zero, and
// how fast its clock runs: 1 is real time, 60 a minute a second, 86400, a day a
// second, the most. At 0 it stands still until [Sandbox.Advance] moves it, which
// is what a test wants that cares for when things run. Without this option it is now,
// in real time.
func WithClock(start time.Time, speed float64) Option {
	return func(s *settings) error {
		s.start, s.clockSpeed = start, speed
		return checkClockSpeed("WithClock", speed)
	}
}

func checkClockSpeed(option string, speed float64) error {
	if speed >= 0 && speed <= maxClockSpeed {
		return nil
	}
	return &OptionError{Option: option, Reason: fmt.Sprintf("has the speed %v, but it must be from 0 to %d", speed, maxClockSpeed)}
}

// WithSeed sets what probabilities are drawn from, see [Fault] and [DeliveryFault]: with
// the same seed, the same things happen in the same order. It is 1 if not set.
func WithSeed(seed uint64) Option {
	return func(s *settings) error {
		s.seed = seed
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
