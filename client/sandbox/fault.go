package sandbox

import (
	"math/rand/v2"
	"net/http"
	"path"
	"slices"
	"sync"
	"time"
)

// A Fault goes wrong with the requests that it matches, of known and unknown paths
// alike. What it says may be combined, but for what can't be had together: that is
// an error.
type Fault struct {
	// Operation is the id of one of the [Operations]; HEAD belongs to GET's. Method
	// is an HTTP method. Path is a pattern of [path.Match] for the whole path, in
	// which a star stands for what is between two slashes, as in
	// /api/ai-mentor/orgs/*/users/*/periodic-agents/*/. A request matches if all
	// three fit; what is empty fits any.
	Operation, Method, Path string
	// After is how many requests that match pass unharmed at first, and Times how
	// many are harmed; 0 for all.
	After, Times int
	// Probability is how likely one is harmed whose turn it is; 0 for always. See
	// [WithSeed].
	Probability float64

	// Latency is how long the sandbox waits before it looks at the request. Where
	// the client is gone by then, nothing is done. A body that is too long, or
	// breaks off, is refused without a wait.
	Latency time.Duration
	// Status is answered in place of what the operation would answer, which is not
	// done, whoever asks: 200 to 599.
	Status int
	// RetryAfter is when to come back, with Status: the Retry-After header in whole
	// seconds, rounded up.
	RetryAfter time.Duration
	// Body is the answer's body: with Status, or with ContentType in place of what
	// an operation that was done has answered. Without it, a Status comes as from
	// Django (401, 404, 429 and so on a detail in JSON, 500 a page) or, from 502 on, from
	// nginx in front of it. It is announced as JSON or HTML, whichever it is.
	Body string
	// ContentType is announced in place of the true one.
	ContentType string
	// Redirect is where the answer leads, as its Location says, with a Status from
	// 300 to 399, or 302.
	Redirect string
	// Reset breaks the connection there. A client that is net/http's sends a GET
	// once more by itself if it had used the connection before.
	Reset ResetPoint
	// Truncate ends the connection halfway through the body.
	Truncate bool
	// BytesPerSecond is how fast the body drips in.
	BytesPerSecond int
	// UnknownFields gives each object of the answer a field that nobody knows, and
	// UnknownEnums each of its statuses, modes, providers and the like a value that
	// nobody knows. Free-form JSON stays as it is.
	UnknownFields, UnknownEnums bool
	// LinkHost is the scheme and host of a page's next and previous, as an
	// application behind a proxy may see them: http://internal:8000.
	LinkHost string
	// OlderRelease has the answer in the shape of release 3.59.0: agents have no
	// description, created_at and platform_key, mentors no id, types and subjects,
	// MCP servers headers in place of extra_headers, and so on. Agents can be
	// written with a mentor's integer id, too. Operations that 3.59.0's
	// documents do not have, such as those of logs, answer as ever.
	OlderRelease bool
}

// ResetPoint is when a connection breaks, with a TCP reset if it can be had:
// over HTTP/2, the stream ends.
type ResetPoint string

// The points at which a connection can break. An answer without a body has no
// middle: ResetDuring is ResetAfter there.
const (
	ResetBefore ResetPoint = "before" // nothing was done
	ResetDuring ResetPoint = "during" // halfway through the answer's body
	ResetAfter  ResetPoint = "after"  // all was done, and the answer lost
)

// WithFaults sets what goes wrong with requests from the start. See
// [Sandbox.SetFaults].
func WithFaults(faults ...Fault) Option {
	return func(s *settings) error {
		s.faults = faults
		return checkFaults("WithFaults", faults)
	}
}

// SetFaults sets what goes wrong with requests from now on, in place of all that
// did; nothing does if there are none. Counting and chance start anew. The first
// fault that matches a request, and whose turn it is, harms it, and those after
// it do not see it: so faults with Times come one after the other. A
// request that is on its way keeps its fault. An error is an [*OptionError], and
// changes nothing.
func (s *Sandbox) SetFaults(faults ...Fault) error {
	if err := checkFaults("SetFaults", faults); err != nil {
		return err
	}
	s.faults.set(faults)
	return nil
}

// Faults returns what goes wrong with requests.
func (s *Sandbox) Faults() []Fault {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	return slices.Clone(s.faults.all)
}

// requestFaults are what goes wrong, and what came of it so far.
type requestFaults struct {
	seed uint64

	mu      sync.Mutex // guards what follows
	all     []Fault
	chances []chance // of each
	random  *rand.Rand
}

func (f *requestFaults) set(faults []Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.all = slices.Clone(faults)
	f.chances = nil
	for i := range faults {
		f.chances = append(f.chances, faults[i].chance())
	}
	f.random = rand.New(rand.NewPCG(f.seed, 1)) //nolint:gosec // the same seed, the same faults
}

// strike returns the fault that harms a request, if one does.
func (f *requestFaults) strike(operation, method, target string) (struck Fault, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range f.all {
		if f.all[i].matches(operation, method, target) && f.chances[i].strikes(f.random) {
			return f.all[i], true
		}
	}
	return Fault{}, false
}

func (f *Fault) chance() chance {
	return chance{after: f.After, times: f.Times, probability: f.Probability}
}

func (f *Fault) matches(operation, method, target string) bool {
	if f.Operation != "" && f.Operation != operation || f.Method != "" && f.Method != method {
		return false
	}
	fits, _ := path.Match(f.Path, target) // the pattern was checked
	return f.Path == "" || fits
}

// status is what is answered in the operation's place, 0 for nothing.
func (f *Fault) status() int {
	if f.Status == 0 && f.Redirect != "" {
		return http.StatusFound
	}
	return f.Status
}

// reshapes reports whether the fault changes the JSON of an operation's answer.
func (f *Fault) reshapes() bool {
	return f.UnknownFields || f.UnknownEnums || f.LinkHost != "" || f.OlderRelease
}
