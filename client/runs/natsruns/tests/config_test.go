package tests

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/runs"
	"github.com/iblai/iblai-go/client/runs/natsruns"
)

// Every setting on which the guarantees depend is checked. Each case changes one
// setting of what New has created.
func TestOtherConfigurationsAreRefused(t *testing.T) {
	const runs, dead, done, positions = "iblai-runs", "iblai-runs-dead", "KV_iblai-runs-done", "KV_iblai-runs-positions"
	type change = func(*jetstream.StreamConfig)
	for name, test := range map[string]struct {
		stream string
		change change
		want   string
	}{
		"other subjects":                   {runs, func(c *jetstream.StreamConfig) { c.Subjects = []string{"iblai-runs.>"} }, "subjects [iblai-runs.>] instead of [iblai-runs.*]"},
		"another retention":                {runs, func(c *jetstream.StreamConfig) { c.Retention = jetstream.InterestPolicy }, "retention Interest instead of WorkQueue"},
		"in memory":                        {runs, func(c *jetstream.StreamConfig) { c.Storage = jetstream.MemoryStorage }, "storage Memory instead of File"},
		"old runs are discarded":           {runs, func(c *jetstream.StreamConfig) { c.Discard, c.DiscardNewPerSubject = jetstream.DiscardOld, false }, "instead of"},
		"old runs of an org are discarded": {runs, func(c *jetstream.StreamConfig) { c.DiscardNewPerSubject = false }, "discard_new_per_subject false instead of true"},
		"runs expire":                      {runs, func(c *jetstream.StreamConfig) { c.MaxAge = 24 * time.Hour }, "max_age 24h0m0s instead of 0s"},
		"large runs are refused":           {runs, func(c *jetstream.StreamConfig) { c.MaxMsgSize = 1000 }, "max_msg_size 1000 instead of -1"},
		"nearly no duplicate window":       {runs, func(c *jetstream.StreamConfig) { c.Duplicates = 100 * time.Millisecond }, "duplicate_window 100ms instead of at least 2m0s"},
		"no acknowledgements":              {runs, func(c *jetstream.StreamConfig) { c.NoAck = true }, "no_ack true instead of false"},
		"asynchronous writes":              {runs, func(c *jetstream.StreamConfig) { c.PersistMode = jetstream.AsyncPersistMode }, "persist_mode"},
		"other subjects are stored": {runs, func(c *jetstream.StreamConfig) {
			c.SubjectTransform = &jetstream.SubjectTransformConfig{Source: ">", Destination: "x.>"}
		}, "subject_transform true instead of false"},
		"old dead letters are discarded": {dead, func(c *jetstream.StreamConfig) { c.Discard = jetstream.DiscardOld }, `stream "iblai-runs-dead" exists with discard`},
		"dead letters are a queue":       {dead, func(c *jetstream.StreamConfig) { c.Retention = jetstream.WorkQueuePolicy }, "retention WorkQueue instead of Limits"},
		"dead letters expire":            {dead, func(c *jetstream.StreamConfig) { c.MaxAge = 24 * time.Hour }, "max_age 24h0m0s instead of 0s"},
		"handled runs expire":            {done, func(c *jetstream.StreamConfig) { c.MaxAge, c.Duplicates = time.Minute, time.Minute }, `the bucket "iblai-runs-done" exists with ttl 1m0s instead of at least 1h0m0s`},
		"handled runs are in memory":     {done, func(c *jetstream.StreamConfig) { c.Storage = jetstream.MemoryStorage }, "storage Memory instead of File"},
		"handled runs go elsewhere":      {done, func(c *jetstream.StreamConfig) { c.Subjects = []string{"x.>"} }, "subjects [x.>] instead of [$KV.iblai-runs-done.>]"},
		"positions go elsewhere":         {positions, func(c *jetstream.StreamConfig) { c.Subjects = []string{"x.>"} }, "subjects [x.>] instead of [$KV.iblai-runs-positions.>]"},
		"positions expire":               {positions, func(c *jetstream.StreamConfig) { c.MaxAge = time.Hour }, `the bucket "iblai-runs-positions" exists with ttl 1h0m0s instead of 0s`},
		"positions can't be purged":      {positions, func(c *jetstream.StreamConfig) { c.DenyPurge, c.AllowRollup = true, false }, "deny_purge true instead of false"},
		"positions are small":            {positions, func(c *jetstream.StreamConfig) { c.MaxMsgSize = 100 }, "max_msg_size 100 instead of -1"},
		"old positions are kept":         {positions, func(c *jetstream.StreamConfig) { c.MaxMsgsPerSubject = 5 }, "history 5 instead of 1"},
	} {
		t.Run(name, func(t *testing.T) {
			js := connect(t, startServer(t).url())
			orgs := []natsruns.Org{testOrg(t, "acme")}
			newBridge(t, js, orgs)
			stream, err := js.Stream(t.Context(), test.stream)
			require.NoError(t, err)
			config := stream.CachedInfo().Config
			test.change(&config)
			require.NoError(t, js.DeleteStream(t.Context(), test.stream))
			_, err = js.CreateStream(t.Context(), config)
			require.NoError(t, err)
			_, err = natsruns.New(t.Context(), js, orgs)
			requireConfigError(t, err, test.want)
		})
	}
}

func TestOtherConsumersAreRefused(t *testing.T) {
	type change = func(*jetstream.ConsumerConfig)
	for name, test := range map[string]struct {
		change change
		want   string
	}{
		"another subject":         {func(c *jetstream.ConsumerConfig) { c.FilterSubject = "iblai-runs.other" }, "filter_subject iblai-runs.other instead of iblai-runs.acme"},
		"a maximum of deliveries": {func(c *jetstream.ConsumerConfig) { c.MaxDeliver = 5 }, "max_deliver 5 instead of -1"},
		"a tiny AckWait":          {func(c *jetstream.ConsumerConfig) { c.AckWait = time.Millisecond }, "ack_wait 1ms instead of at least 100ms"},
		"a backoff":               {func(c *jetstream.ConsumerConfig) { c.BackOff = []time.Duration{time.Second, time.Minute} }, "backoff true instead of false"},
		"only headers":            {func(c *jetstream.ConsumerConfig) { c.HeadersOnly = true }, "headers_only true instead of false"},
		"short requests":          {func(c *jetstream.ConsumerConfig) { c.MaxRequestExpires = time.Second }, "max_expires 1s instead of at least 10s"},
		"priorities": {func(c *jetstream.ConsumerConfig) {
			c.PriorityPolicy, c.PriorityGroups = jetstream.PriorityPolicyOverflow, []string{"x"}
		}, "priority_policy"},
	} {
		t.Run(name, func(t *testing.T) {
			js := connect(t, startServer(t).url())
			orgs := []natsruns.Org{testOrg(t, "acme")}
			newBridge(t, js, orgs)
			stream, err := js.Stream(t.Context(), "iblai-runs")
			require.NoError(t, err)
			consumer, err := stream.Consumer(t.Context(), "acme")
			require.NoError(t, err)
			config := consumer.CachedInfo().Config
			test.change(&config)
			require.NoError(t, stream.DeleteConsumer(t.Context(), "acme"))
			_, err = stream.CreateConsumer(t.Context(), config)
			require.NoError(t, err)
			_, err = natsruns.New(t.Context(), js, orgs)
			requireConfigError(t, err, test.want)
			assert.ErrorContains(t, err, `the consumer "acme"`)
		})
	}
}

func requireConfigError(t *testing.T, err error, want string) {
	t.Helper()
	require.ErrorAs(t, err, new(*natsruns.ConfigError))
	assert.ErrorContains(t, err, want)
}

// Limits that were changed on the server are accepted, unless an option sets
// another value.
func TestLimitsOfTheServerAreAccepted(t *testing.T) {
	js := connect(t, startServer(t).url())
	orgs := []natsruns.Org{testOrg(t, "acme")}
	newBridge(t, js, orgs, natsruns.WithMaxBytes(1<<20), natsruns.WithMaxRunsPerOrg(10), natsruns.WithDuplicateWindow(10*time.Minute),
		natsruns.WithDoneTTL(30*time.Minute), natsruns.WithAckWait(time.Minute))
	newBridge(t, js, orgs)
	for want, option := range map[string]natsruns.Option{
		"max_bytes 1048576 instead of 2097152":    natsruns.WithMaxBytes(2 << 20),
		"max_msgs_per_subject 10 instead of 20":   natsruns.WithMaxRunsPerOrg(20),
		"duplicate_window 10m0s instead of 20m0s": natsruns.WithDuplicateWindow(20 * time.Minute),
		"ttl 30m0s instead of 1h0m0s":             natsruns.WithDoneTTL(time.Hour),
		"ack_wait 1m0s instead of 2m0s":           natsruns.WithAckWait(2 * time.Minute),
		"num_replicas 1 instead of 3":             natsruns.WithReplicas(3),
	} {
		_, err := natsruns.New(t.Context(), js, orgs, option)
		requireConfigError(t, err, want)
	}
}

func TestInvalidArguments(t *testing.T) {
	js := connect(t, startServer(t).url())
	org := testOrg(t, "acme")
	for name, test := range map[string]struct {
		orgs []natsruns.Org
		opts []natsruns.Option
		want string
	}{
		"no orgs":                 {nil, nil, "orgs is empty"},
		"no client":               {[]natsruns.Org{{Verifier: org.Verifier}}, nil, "orgs[0].Client"},
		"no verifier":             {[]natsruns.Org{org, {Client: testOrg(t, "other").Client}}, nil, `orgs[1].Verifier is nil, so the callbacks of the org "other"`},
		"an org twice":            {[]natsruns.Org{org, org}, nil, "orgs[1]"},
		"the long name of an org": {[]natsruns.Org{testOrg(t, strings.Repeat("é", 43))}, nil, "too long for NATS: 258 bytes, of which at most 255"},
		"a name":                  {[]natsruns.Org{org}, []natsruns.Option{natsruns.WithName("a.b")}, "WithName"},
		"a long name":             {[]natsruns.Org{org}, []natsruns.Option{natsruns.WithName(strings.Repeat("x", 201))}, "WithName has 201 characters"},
		"replicas":                {[]natsruns.Org{org}, []natsruns.Option{natsruns.WithReplicas(2)}, "WithReplicas"},
		"a negative lease":        {[]natsruns.Org{org}, []natsruns.Option{natsruns.WithLease(-1)}, "WithLease"},
		"a tiny lease":            {[]natsruns.Org{org}, []natsruns.Option{natsruns.WithLease(1)}, "WithLease is 1ns, but must be at least 100ms"},
		"a tiny AckWait":          {[]natsruns.Org{org}, []natsruns.Option{natsruns.WithAckWait(1)}, "WithAckWait is 1ns, but must be at least 100ms"},
		"a tiny window":           {[]natsruns.Org{org}, []natsruns.Option{natsruns.WithDuplicateWindow(1)}, "WithDuplicateWindow is 1ns, but must be at least 100ms"},
		"a TTL below the window":  {[]natsruns.Org{org}, []natsruns.Option{natsruns.WithDoneTTL(time.Minute)}, "WithDoneTTL is 1m0s, but must not be shorter than WithDuplicateWindow, 1h0m0s"},
		"a TTL below the AckWait": {[]natsruns.Org{org}, []natsruns.Option{natsruns.WithDoneTTL(time.Second), natsruns.WithDuplicateWindow(time.Second)}, "WithDoneTTL is 1s, but must not be shorter than WithAckWait, 30s"},
		"a position file":         {[]natsruns.Org{org}, []natsruns.Option{natsruns.WithFollowOptions(runs.WithPositionFile("x"))}, "WithPositionStore"},
		"a nil option":            {[]natsruns.Org{org}, []natsruns.Option{nil}, "opts[0]"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := natsruns.New(t.Context(), js, test.orgs, test.opts...)
			require.ErrorAs(t, err, new(*api.ArgumentError))
			assert.ErrorContains(t, err, test.want)
		})
	}
	_, err := js.Stream(t.Context(), "iblai-runs")
	require.ErrorIs(t, err, jetstream.ErrStreamNotFound, "nothing was created")
}

// The names of orgs may have characters that NATS refuses, and any length that it
// accepts.
func TestNamesOfOrgs(t *testing.T) {
	js := connect(t, startServer(t).url())
	var orgs []natsruns.Org
	names := []string{"a.b", "a b", "*", ">", "$JS", "..x", "Zürich", "a=2Eb", strings.Repeat("x", 255)}
	for _, name := range names {
		orgs = append(orgs, testOrg(t, name))
	}
	bridge := newBridge(t, js, orgs, natsruns.WithName(strings.Repeat("n", 200)))
	var got handled
	background(t, func(ctx context.Context) error { return bridge.Consume(ctx, got.handle) })
	for _, name := range names {
		require.Equal(t, 204, deliver(t, bridge, name, 1, ""), name)
	}
	for _, name := range names {
		waitFor(t, name, func() bool { return got.count(name+"/1") == 1 })
	}
	assert.Equal(t, len(names), got.total())
}

// outcomes collects the errors that a bridge reports.
type outcomes struct {
	mu  sync.Mutex
	all []natsruns.Outcome
}

func (o *outcomes) observe(_ context.Context, outcome natsruns.Outcome) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.all = append(o.all, outcome)
}

// has reports whether an error has the text.
func (o *outcomes) has(text string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, outcome := range o.all {
		if outcome.Err != nil && strings.Contains(outcome.Err.Error(), text) {
			return true
		}
	}
	return false
}

func TestContextsAreRequired(t *testing.T) {
	bridge := newBridge(t, connect(t, startServer(t).url()), []natsruns.Org{testOrg(t, "acme")})
	var none context.Context
	_, newErr := natsruns.New(none, nil, nil)
	_, statusErr := bridge.Status(none)
	var lettersErr error
	for _, err := range bridge.DeadLetters(none) {
		lettersErr = err
	}
	for name, err := range map[string]error{
		"New": newErr, "Status": statusErr, "DeadLetters": lettersErr, "Follow": bridge.Follow(none), "Replay": bridge.Replay(none, 1),
		"Delete": bridge.Delete(none, 1), "Consume": bridge.Consume(none, func(context.Context, *natsruns.Run) error { return nil }),
	} {
		require.ErrorAs(t, err, new(*api.ArgumentError), name)
		assert.ErrorContains(t, err, "ctx is nil", name)
	}
}

// Replicas may start at the same time.
func TestReplicasCreateTheStreamsTogether(t *testing.T) {
	url := startServer(t).url()
	orgs := []natsruns.Org{testOrg(t, "acme"), testOrg(t, "other")}
	var group sync.WaitGroup
	errs := make(chan error, 8)
	for range cap(errs) {
		js := connect(t, url)
		group.Go(func() {
			_, err := natsruns.New(t.Context(), js, orgs)
			errs <- err
		})
	}
	group.Wait()
	close(errs)
	for err := range errs {
		require.NoError(t, err)
	}
}

func TestServerWithoutJetStreamIsNamed(t *testing.T) {
	js := connect(t, startServer(t, func(o *server.Options) { o.JetStream = false }).url())
	_, err := natsruns.New(t.Context(), js, []natsruns.Org{testOrg(t, "acme")})
	require.ErrorIs(t, err, nats.ErrNoResponders)
	assert.ErrorContains(t, err, "is JetStream enabled")
}
