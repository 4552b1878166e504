package sandbox

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/sandbox/internal/django"
)

// The account and the mentor of a sandbox whose options add none.
const (
	// DefaultOrg is the key of the org.
	DefaultOrg = "acme"
	// DefaultUsername is the username of the administrator.
	DefaultUsername = "ada"
	// DefaultMentorID is the unique id of the mentor that the first account's org
	// has if no option adds one.
	DefaultMentorID = "497f6eca-6276-4993-bfeb-53cbbbba6f08"

	defaultMentorName = "Study coach"
)

const (
	defaultPageSize    = 10
	defaultMaxPageSize = 100

	// maxClockSpeed is a day in a second.
	maxClockSpeed = 86400
)

// An Option configures a [Sandbox]. Options that add something can be given several
// times. Of any other option, the last one applies.
type Option interface{ apply(s *settings) error }

type optionFunc func(s *settings) error

func (f optionFunc) apply(s *settings) error { return f(s) }

// settings are a sandbox's options.
type settings struct {
	accounts    []Account
	mentors     []orgSeed[client.Mentor]
	agents      []orgSeed[[]client.PeriodicAgentCreateRequest]
	logs        []orgSeed[[]client.PeriodicAgentLog]
	sessions    []orgSeed[ChatSession]
	pageSize    int
	maxPageSize int
	httpClient  *http.Client
	callbacks   http.Handler // nil to use the network

	start          time.Time
	clockSpeed     float64
	beat           Beat
	release        Release
	seed           uint64
	outcomes       func(context.Context, Run) Outcome
	deliveryFaults []DeliveryFault
	faults         []Fault
}

func newSettings(opts []Option) (*settings, error) {
	s := &settings{
		pageSize:    defaultPageSize,
		maxPageSize: defaultMaxPageSize,
		clockSpeed:  1,
		beat:        Beat29,
		release:     Release4205,
		seed:        1,
		outcomes:    script(nil),
	}
	for i, opt := range opts {
		if opt == nil {
			return nil, invalid(fmt.Sprintf("opts[%d]", i), "is nil")
		}
		if err := opt.apply(s); err != nil {
			return nil, err
		}
	}
	if len(s.accounts) == 0 {
		s.accounts = []Account{{Org: DefaultOrg, Username: DefaultUsername}}
	}
	return s, nil
}

// WithAccount adds an account, and its org if no earlier account has the same
// one. Without this option, the sandbox has one account: the administrator
// [DefaultUsername] of [DefaultOrg].
func WithAccount(a Account) Option {
	return optionFunc(func(s *settings) error {
		if err := a.check("WithAccount", s.accounts); err != nil {
			return err
		}
		s.accounts = append(s.accounts, a)
		return nil
	})
}

// WithMentor adds a mentor to an org, which must have an account. The sandbox
// generates the mentor's ids, name, slug, platform and times if they are zero, and
// nil lists become empty. An org to which no option adds a mentor has one named
// Study coach, see [DefaultMentorID].
func WithMentor(org string, m client.Mentor) Option {
	return optionFunc(func(s *settings) error {
		s.mentors = append(s.mentors, orgSeed[client.Mentor]{org, m})
		return nil
	})
}

// WithPeriodicAgent adds agents to an org, which must have an account. They are
// validated as the API validates them and belong to the org's first account.
// Agents have the ids 1, 2 and so on, in the order of their options. If Mentor
// is empty, it is the org's first mentor.
func WithPeriodicAgent(org string, requests ...client.PeriodicAgentCreateRequest) Option {
	return optionFunc(func(s *settings) error {
		s.agents = append(s.agents, orgSeed[[]client.PeriodicAgentCreateRequest]{org, requests})
		return nil
	})
}

// WithPeriodicAgentLog adds logs of past runs to an org. Their PeriodicAgent must
// be the id of an agent that [WithPeriodicAgent] adds to the same org. Zero
// fields have defaults: ID is the next free id, Status is [api.StatusSuccess],
// StartTime is EndTime or else the time of the sandbox's clock, and EndTime is
// StartTime unless the run is still running.
func WithPeriodicAgentLog(org string, logs ...client.PeriodicAgentLog) Option {
	return optionFunc(func(s *settings) error {
		s.logs = append(s.logs, orgSeed[[]client.PeriodicAgentLog]{org, logs})
		return nil
	})
}

// WithChatSession adds a chat session to an org. The API returns it once a user
// has pinned it.
func WithChatSession(org string, session ChatSession) Option {
	return optionFunc(func(s *settings) error {
		s.sessions = append(s.sessions, orgSeed[ChatSession]{org, session})
		return nil
	})
}

// WithPageSize sets the number of items of a page if a request has no page_size,
// and the maximum that a request can ask for. The defaults are 10 and 100.
func WithPageSize(defaultSize, maxSize int) Option {
	return optionFunc(func(s *settings) error {
		if defaultSize < 1 || maxSize < defaultSize {
			return invalid("WithPageSize", "has sizes %d and %d, but they must be at least 1, and the maximum at least the default", defaultSize, maxSize)
		}
		s.pageSize, s.maxPageSize = defaultSize, maxSize
		return nil
	})
}

// WithClock sets the time at which the sandbox's clock starts, and its speed: the
// number of seconds by which it advances in a second of real time. The zero start
// means now. The speed must be above 0 and at most 86400, a day in a second. By
// default the clock shows real time. It stops at the end of the year 9999. See
// [WithFrozenClock] for a clock that only [Sandbox.Advance] moves.
func WithClock(start time.Time, speed float64) Option {
	return optionFunc(func(s *settings) error {
		if !(speed > 0 && speed <= maxClockSpeed) { // NaN is neither
			return invalid("WithClock", "has speed %v, but it must be above 0 and at most %d", speed, maxClockSpeed)
		}
		if !django.IsRepresentable(start) {
			return invalid("WithClock", "has start %v, but it must be in the years 1 to 9999", start)
		}
		s.start, s.clockSpeed = start, speed
		return nil
	})
}

// WithFrozenClock sets the time of the sandbox's clock and freezes it: only
// [Sandbox.Advance] and [Sandbox.AdvanceTo] move it, until
// [Sandbox.SetClockSpeed] starts it. The zero start means now.
func WithFrozenClock(start time.Time) Option {
	return optionFunc(func(s *settings) error {
		if !django.IsRepresentable(start) {
			return invalid("WithFrozenClock", "has start %v, but it must be in the years 1 to 9999", start)
		}
		s.start, s.clockSpeed = start, 0
		return nil
	})
}

// WithRelease sets the release of the service that the sandbox serves. The default
// is [Release4205]. See [RequestEffect].Release for single requests.
func WithRelease(release Release) Option {
	return optionFunc(func(s *settings) error {
		if !slices.Contains(releases, release) {
			return invalid("WithRelease", "is %q, but must be one of %s", release, releaseList())
		}
		s.release = release
		return nil
	})
}

// WithBeat sets the version of django-celery-beat whose scheduler starts the runs.
// The default is [Beat29].
func WithBeat(version Beat) Option {
	return optionFunc(func(s *settings) error {
		if version != Beat24 && version != Beat29 {
			return invalid("WithBeat", "is %q, but must be %s or %s", version, Beat24, Beat29)
		}
		s.beat = version
		return nil
	})
}

// WithOutcomes sets the outcomes of runs that their schedule or
// [Sandbox.RunAsScheduled] starts: the first run of each agent has the first
// outcome, the second run the second, and all runs after those have the last. By
// default, and with an empty list, all runs succeed. It replaces an earlier
// [WithOutcomeFunc].
func WithOutcomes(outcomes ...Outcome) Option {
	return optionFunc(func(s *settings) error {
		for i, outcome := range outcomes {
			if _, err := outcome.complete(fmt.Sprintf("WithOutcomes[%d]", i)); err != nil {
				return err
			}
		}
		s.outcomes = script(slices.Clone(outcomes))
		return nil
	})
}

// WithOutcomeFunc sets a function that decides the outcome of each run that its
// schedule or [Sandbox.RunAsScheduled] starts. It replaces an earlier
// [WithOutcomes].
//
// The sandbox calls f when the run starts, and the clock waits until it returns.
// Scheduled runs call it one after another; RunAsScheduled may call it at the same
// time. f may use the sandbox and its API and close it, but can't advance the clock:
// [Sandbox.Advance] returns [ErrAdvancing]. If the outcome is invalid, the run fails, and its log has the reason.
func WithOutcomeFunc(f func(ctx context.Context, run Run) Outcome) Option {
	return optionFunc(func(s *settings) error {
		if f == nil {
			return invalid("WithOutcomeFunc", "is nil")
		}
		s.outcomes = f
		return nil
	})
}

// WithFaults sets the faults of requests, see [Sandbox.SetFaults].
func WithFaults(faults ...Fault) Option {
	return optionFunc(func(s *settings) error {
		s.faults = faults
		return checkFaults("WithFaults", faults)
	})
}

// WithDeliveryFaults sets the faults of callbacks, see
// [Sandbox.SetDeliveryFaults].
func WithDeliveryFaults(faults ...DeliveryFault) Option {
	return optionFunc(func(s *settings) error {
		s.deliveryFaults = faults
		return checkDeliveryFaults("WithDeliveryFaults", faults)
	})
}

// WithRandomSeed sets the seed of the random numbers for [Selection].Probability:
// with the same seed, the same sequence of requests and runs meets the same
// faults. The default is 1.
func WithRandomSeed(seed uint64) Option {
	return optionFunc(func(s *settings) error {
		s.seed = seed
		return nil
	})
}

// WithCallbackHTTPClient sets the HTTP client that posts callbacks. The sandbox
// uses a copy that doesn't follow redirects, and that has a timeout of ten
// seconds if c has none.
func WithCallbackHTTPClient(c *http.Client) Option {
	return optionFunc(func(s *settings) error {
		if c == nil {
			return invalid("WithCallbackHTTPClient", "is nil")
		}
		s.httpClient, s.callbacks = c, nil
		return nil
	})
}

// WithCallbackHandler sets a handler that receives all callbacks in memory,
// whatever their URL is. It works inside testing/synctest, and replaces
// [WithCallbackHTTPClient]. A handler that needs a client of the sandbox, such
// as a runs.Receiver, can be created only after the sandbox: pass an
// [http.HandlerFunc] that calls it.
func WithCallbackHandler(h http.Handler) Option {
	return optionFunc(func(s *settings) error {
		if h == nil {
			return invalid("WithCallbackHandler", "is nil")
		}
		s.callbacks = h
		return nil
	})
}

// Beat is a version of django-celery-beat, see [WithBeat].
type Beat string

// The versions of django-celery-beat whose behaviour was measured.
const (
	// Beat24 catches up on overdue runs at once, but not for an agent that has not
	// run since it was created or enabled.
	Beat24 Beat = "2.4"
	// Beat29 runs an agent with a start_time once more than Beat24. If the hour of a
	// crontab is a plain number other than 4, it catches up only from two hours before
	// that hour until the end of the second hour after it.
	Beat29 Beat = "2.9"
)
