package runs_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"
	"github.com/iblai/iblai-go/client/runs"
)

// requireArgument requires err to be an *api.ArgumentError for the argument
// with this name.
func requireArgument(t *testing.T, name string, err error) {
	t.Helper()
	failure, ok := errors.AsType[*api.ArgumentError](err)
	require.True(t, ok, "%s: %v", name, err)
	assert.Equal(t, name, failure.Argument)
	assert.NotEmpty(t, failure.Reason)
}

// followOptions returns invalid options of Follow and NewReceiver by the
// argument that their errors name.
func followOptions() map[string][]runs.FollowOption {
	params := func(p client.PeriodicAgentLogListParams) []runs.FollowOption {
		return []runs.FollowOption{runs.WithParams(p)}
	}
	return map[string][]runs.FollowOption{
		"opts[1]":            {runs.WithPollInterval(1), nil},
		"WithOverlap":        {runs.WithOverlap(0)},
		"WithOverlap#":       {runs.WithOverlap(-time.Second)},
		"WithParams":         params(client.PeriodicAgentLogListParams{Ordering: "id"}),
		"WithParams#":        params(client.PeriodicAgentLogListParams{Page: 2}),
		"WithParams##":       params(client.PeriodicAgentLogListParams{Status: api.StatusSuccess}),
		"page_size":          params(client.PeriodicAgentLogListParams{PageSize: -1}),
		"periodic_agent":     params(client.PeriodicAgentLogListParams{PeriodicAgent: -1}),
		"WithPollInterval":   {runs.WithPollInterval(0)},
		"WithPollInterval#":  {runs.WithPollInterval(-1)},
		"WithCallOptions[1]": {runs.WithCallOptions(client.WithQuery("a", "b"), nil)},
		"WithOrg":            {runs.WithCallOptions(client.WithOrg(""))},
		"WithQuery":          {runs.WithCallOptions(client.WithQuery("", "b"))},
	}
}

// argumentName returns the argument in a key of followOptions.
func argumentName(key string) string {
	for key[len(key)-1] == '#' {
		key = key[:len(key)-1]
	}
	return key
}

func TestNewReceiverRejectsInvalidArguments(t *testing.T) {
	t.Parallel()
	s := newLogServer()
	c, verifier := newClient(t, s), newVerifier(t)
	_, err := runs.NewReceiver(nil, verifier, noopHandler)
	requireArgument(t, "c", err)
	_, err = runs.NewReceiver(c, nil, noopHandler)
	requireArgument(t, "verifier", err)
	_, err = runs.NewReceiver(c, &callback.Verifier{}, noopHandler)
	requireArgument(t, "verifier", err)
	_, err = runs.NewReceiver(c, verifier, nil)
	requireArgument(t, "handle", err)
	var noStore *callback.MemoryStore
	for want, opts := range map[string][]runs.Option{
		"opts[0]":            {nil},
		"WithStore":          {runs.WithStore(nil)},
		"WithStore#":         {runs.WithStore(noStore)},
		"WithPositionStore":  {runs.WithPositionStore(nil)},
		"WithPositionFile":   {runs.WithPositionFile("")},
		"WithPositionFile#":  {runs.WithPositionStore(&savedPosition{}), runs.WithPositionFile("position")},
		"WithPositionStore#": {runs.WithPositionFile("position"), runs.WithPositionStore(&savedPosition{})},
		"WithLogger":         {runs.WithLogger(nil)},
		"WithLogger#":        {runs.WithLogger(&slog.Logger{})},
		"WithObserver":       {runs.WithObserver(nil)},
	} {
		receiver, err := runs.NewReceiver(c, verifier, noopHandler, opts...)
		requireArgument(t, argumentName(want), err)
		assert.Nil(t, receiver)
	}
	for want, opts := range followOptions() {
		var all []runs.Option
		for _, opt := range opts {
			all = append(all, opt)
		}
		_, err := runs.NewReceiver(c, verifier, noopHandler, all...)
		requireArgument(t, argumentName(want), err)
	}
	receiver, err := runs.NewReceiver(c, verifier, noopHandler)
	require.NoError(t, err)
	requireArgument(t, "ctx", receiver.Follow(nil)) //nolint:staticcheck // nil is the test case
	assert.Zero(t, s.requests, "no request is sent")
}

func TestFollowRejectsInvalidArguments(t *testing.T) {
	t.Parallel()
	s := newLogServer()
	c := newClient(t, s)
	first := func(ctx context.Context, c *client.Client, position *runs.Position, opts ...runs.FollowOption) (failure error) {
		yielded := 0
		for log, err := range runs.Follow(ctx, c, position, opts...) {
			assert.Nil(t, log)
			failure = err
			yielded++
		}
		assert.Equal(t, 1, yielded, "Follow returns after the error")
		return failure
	}
	requireArgument(t, "ctx", first(nil, c, new(runs.Position)))
	requireArgument(t, "c", first(t.Context(), nil, new(runs.Position)))
	requireArgument(t, "position", first(t.Context(), c, nil))
	for want, opts := range followOptions() {
		requireArgument(t, argumentName(want), first(t.Context(), c, new(runs.Position), opts...))
	}
	assert.Zero(t, s.requests)
}

func TestOnceRejectsInvalidArguments(t *testing.T) {
	t.Parallel()
	requests := 0
	c := newClient(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { requests++ }))
	_, err := runs.Once(nil, c, request) //nolint:staticcheck // nil is the test case
	requireArgument(t, "ctx", err)
	_, err = runs.Once(t.Context(), nil, request)
	requireArgument(t, "c", err)
	_, err = runs.Once(t.Context(), c, nil)
	requireArgument(t, "agent", err)
	for want, opts := range map[string][]runs.OnceOption{
		"opts[0]":            {nil},
		"WithPollInterval":   {runs.WithPollInterval(0)},
		"WithLogger":         {runs.WithLogger(nil)},
		"WithCallOptions[0]": {runs.WithCallOptions(nil)},
		"WithOrg":            {runs.WithCallOptions(client.WithOrg("."))},
		"WithBodyField":      {runs.WithCallOptions(client.WithBodyField("callback_secret", api.NewSecret(secret)))},
	} {
		result, err := runs.Once(t.Context(), c, request, opts...)
		requireArgument(t, want, err)
		assert.Nil(t, result)
		_, ok := errors.AsType[*runs.CleanupError](err)
		assert.False(t, ok, "the agent was not created")
	}
	assert.Zero(t, requests)
}
