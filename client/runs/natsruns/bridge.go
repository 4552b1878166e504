package natsruns

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"
)

// Org is an org whose runs a [Bridge] handles.
type Org struct {
	// Client calls the API. Its org and key select the org.
	Client *client.Client
	// Verifier verifies the org's callbacks.
	Verifier *callback.Verifier
}

// Bridge connects the runs of orgs to streams of NATS JetStream. It is safe for
// concurrent use.
type Bridge struct {
	settings
	js        jetstream.JetStream
	stream    jetstream.Stream
	dead      jetstream.Stream
	done      jetstream.KeyValue
	positions jetstream.KeyValue
	orgs      map[string]*org
	following atomic.Bool
	failures  atomic.Int64

	positionsStream jetstream.Stream
	// knownByStream and knownByBucket are how long the stream and the bucket of
	// handled runs recognize a run. The bucket may do so for ever, which is 0.
	knownByStream, knownByBucket time.Duration
}

// org is an org of a bridge.
type org struct {
	name     string
	token    string // the name in subjects, keys and consumers
	client   *client.Client
	verifier *callback.Verifier
	receive  http.Handler
	consumer jetstream.Consumer
	ackWait  atomic.Int64 // a time.Duration
	follower followerStatus
}

// New returns a bridge for the orgs. It creates the streams, buckets and
// consumers that don't exist, and checks the others. It also checks whether the
// connection's user has the permissions that callbacks, Follow and Consume need.
//
// If an argument or an option is invalid, such as an org without a verifier, New
// returns an [*api.ArgumentError]. If a stream, bucket or consumer exists with
// another configuration, it returns a [*ConfigError]. If a permission is missing,
// it returns a [*PermissionError].
func New(ctx context.Context, js jetstream.JetStream, orgs []Org, opts ...Option) (*Bridge, error) {
	switch {
	case ctx == nil:
		return nil, &api.ArgumentError{Argument: "ctx", Reason: "is nil"}
	case js == nil:
		return nil, &api.ArgumentError{Argument: "js", Reason: "is nil"}
	case len(orgs) == 0:
		return nil, &api.ArgumentError{Argument: "orgs", Reason: "is empty"}
	}
	s, err := newSettings(opts)
	if err != nil {
		return nil, err
	}
	b := &Bridge{settings: s, js: js, orgs: map[string]*org{}}
	for i, o := range orgs {
		if err := b.addOrg(fmt.Sprintf("orgs[%d]", i), o); err != nil { //nolint:contextcheck // it sends nothing
			return nil, err
		}
	}
	if err := b.setUp(ctx); err != nil {
		return nil, err
	}
	return b, nil
}

func (b *Bridge) addOrg(argument string, o Org) error {
	if o.Client == nil {
		return &api.ArgumentError{Argument: argument + ".Client", Reason: "is nil"}
	}
	added := &org{name: o.Client.Org(), client: o.Client, verifier: o.Verifier}
	added.token = encodeToken(added.name)
	if len(added.token) > maxTokenSize {
		return &api.ArgumentError{Argument: argument, Reason: fmt.Sprintf("is the org %q, whose name is too long for NATS: %d bytes, of which at most %d are possible", added.name, len(added.token), maxTokenSize)}
	}
	if o.Verifier == nil {
		return &api.ArgumentError{Argument: argument + ".Verifier", Reason: fmt.Sprintf("is nil, so the callbacks of the org %q could not be verified", added.name)}
	}
	if b.orgs[added.name] != nil {
		return &api.ArgumentError{Argument: argument, Reason: fmt.Sprintf("is the org %q again", added.name)}
	}
	// Before anything is sent, the receiver checks the verifier and the options.
	if _, err := b.newReceiver(added, &lease{}, discardRun); err != nil {
		return fmt.Errorf("natsruns: org %q: %w", added.name, err)
	}
	receive, err := b.newCallbackHandler(added)
	if err != nil {
		return fmt.Errorf("natsruns: org %q: %w", added.name, err)
	}
	added.receive = receive
	b.orgs[added.name] = added
	return nil
}

// sortedOrgs returns the orgs by name.
func (b *Bridge) sortedOrgs() []*org {
	sorted := make([]*org, 0, len(b.orgs))
	for _, name := range slices.Sorted(maps.Keys(b.orgs)) {
		sorted = append(sorted, b.orgs[name])
	}
	return sorted
}

func (b *Bridge) conn() *nats.Conn { return b.js.Conn() }

func (b *Bridge) subject(o *org) string     { return b.name + "." + o.token }
func (b *Bridge) deadSubject(o *org) string { return b.deadName() + "." + o.token }

// key identifies a run, as the id of its message and in the bucket of handled
// runs.
func (o *org) key(logID int64) string { return fmt.Sprintf("%s/%d", o.token, logID) }

// maxTokenSize is the longest name of a consumer that the server accepts.
const maxTokenSize = 255

// encodeToken encodes the name of an org for subjects, keys and names of
// consumers, which allow few characters.
func encodeToken(name string) string {
	var token []byte
	for _, c := range []byte(name) {
		if '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '-' || c == '_' {
			token = append(token, c)
		} else {
			token = fmt.Appendf(token, "=%02X", c)
		}
	}
	return string(token)
}
