package tests

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/runs"
	"github.com/iblai/iblai-go/client/runs/natsruns"
	"github.com/iblai/iblai-go/client/sandbox"
)

// createPermissions are needed only until everything exists.
var createPermissions = []string{
	"$JS.API.INFO",
	"$JS.API.STREAM.CREATE.*",
	"$JS.API.CONSUMER.CREATE.iblai-runs.>",
}

// permissions are what the user of the connection must be permitted to publish.
var permissions = []string{
	"iblai-runs.*",
	"iblai-runs-dead.*",
	"$KV.iblai-runs-done.>",
	"$KV.iblai-runs-positions.>",
	"$JS.ACK.iblai-runs.>",
	"$JS.API.STREAM.INFO.*",
	"$JS.API.STREAM.PURGE.KV_iblai-runs-positions",
	"$JS.API.STREAM.MSG.GET.iblai-runs-dead",
	"$JS.API.STREAM.MSG.DELETE.iblai-runs-dead",
	"$JS.API.DIRECT.GET.iblai-runs",
	"$JS.API.DIRECT.GET.KV_iblai-runs-done.>",
	"$JS.API.DIRECT.GET.KV_iblai-runs-positions.>",
	"$JS.API.CONSUMER.INFO.iblai-runs.*",
	"$JS.API.CONSUMER.MSG.NEXT.iblai-runs.*",
}

// startServerWithUser starts a server with the user admin, and the user app with
// permissions. The function allow changes the permissions of app.
func startServerWithUser(t *testing.T, publish, subscribe []string) (nats *natsServer, allow func(publish, subscribe []string)) {
	t.Helper()
	users := func(publish, subscribe []string) []*server.User {
		return []*server.User{{Username: "admin", Password: "pw"}, {Username: "app", Password: "pw", Permissions: &server.Permissions{
			Publish: &server.SubjectPermission{Allow: publish}, Subscribe: &server.SubjectPermission{Allow: subscribe},
		}}}
	}
	s := startServer(t, func(o *server.Options) { o.Users = users(publish, subscribe) })
	return s, func(publish, subscribe []string) {
		options := s.options
		options.Users = users(publish, subscribe)
		require.NoError(t, s.server.ReloadOptions(&options))
	}
}

func (s *natsServer) urlOf(user string) string {
	return strings.Replace(s.url(), "//", "//"+user+":pw@", 1)
}

func quietly(o *nats.Options) error {
	o.AsyncErrorCB = func(*nats.Conn, *nats.Subscription, error) {}
	return nil
}

// The permissions of the documentation are enough, and each of them is needed: if
// it is missing, an error names it.
func TestPermissions(t *testing.T) {
	doc, err := os.ReadFile("../doc.go")
	require.NoError(t, err)
	for _, permission := range slices.Concat(createPermissions, permissions) {
		assert.Contains(t, string(doc), "//\t"+permission)
	}
	assert.Contains(t, string(doc), "_INBOX.>")
	inbox := []string{"_INBOX.>"}
	t.Run("all", func(t *testing.T) {
		server, _ := startServerWithUser(t, slices.Concat(createPermissions, permissions), inbox)
		require.NoError(t, useEverything(t, connect(t, server.urlOf("app"), quietly)))
	})
	t.Run("without creation", func(t *testing.T) {
		server, _ := startServerWithUser(t, permissions, inbox)
		newBridge(t, connect(t, server.urlOf("admin")), []natsruns.Org{testOrg(t, "acme")})
		require.NoError(t, useEverything(t, connect(t, server.urlOf("app"), quietly)))
	})
	for _, missing := range createPermissions {
		t.Run("without "+missing, func(t *testing.T) {
			server, _ := startServerWithUser(t, slices.Concat(without(createPermissions, missing), permissions), inbox)
			requirePermissionError(t, useEverything(t, connect(t, server.urlOf("app"), quietly)), missing)
		})
	}
	for _, missing := range permissions {
		t.Run("without "+missing, func(t *testing.T) {
			server, _ := startServerWithUser(t, without(permissions, missing), inbox)
			newBridge(t, connect(t, server.urlOf("admin")), []natsruns.Org{testOrg(t, "acme")})
			requirePermissionError(t, useEverything(t, connect(t, server.urlOf("app"), quietly)), missing)
		})
	}
	t.Run("without the inbox", func(t *testing.T) {
		server, _ := startServerWithUser(t, permissions, []string{"other.>"})
		js := connect(t, server.urlOf("app"), quietly)
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		_, err := js.AccountInfo(ctx) // the connection subscribes before New
		require.Error(t, err)
		requirePermissionError(t, useEverything(t, js), "_INBOX.>")
	})
}

// useEverything calls every method of a bridge.
func useEverything(t *testing.T, js jetstream.JetStream) error {
	t.Helper()
	bridge, err := natsruns.New(t.Context(), js, []natsruns.Org{testOrg(t, "acme")}, natsruns.WithObserver(func(context.Context, natsruns.Outcome) {}))
	if err != nil {
		return err
	}
	if _, err := bridge.Status(t.Context()); err != nil {
		return err
	}
	require.Equal(t, http.StatusNoContent, deliver(t, bridge, "acme", 1, ""))
	require.Equal(t, http.StatusNoContent, deliverBody(t, bridge, "acme", []byte(`{"status": "success", "log_id": 2}`)))
	stop := background(t, func(ctx context.Context) error {
		return bridge.Consume(ctx, func(context.Context, *natsruns.Run) error { panic("a bug") }, natsruns.WithMaxAttempts(1))
	})
	waitFor(t, "two dead letters", func() bool {
		status, err := bridge.Status(t.Context())
		require.NoError(t, err)
		return status.Orgs[0].Dead == 2 && status.Orgs[0].InFlight == 0
	})
	require.ErrorIs(t, stop(), context.Canceled)
	var ids []uint64
	for letter, err := range bridge.DeadLetters(t.Context()) {
		if err != nil {
			return err
		}
		ids = append(ids, letter.ID)
	}
	require.Len(t, ids, 2)
	if err := bridge.Replay(t.Context(), ids[0]); err != nil {
		return err
	}
	return bridge.Delete(t.Context(), ids[1])
}

func without(list []string, missing string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == missing })
}

// requirePermissionError requires an error that names the subject.
func requirePermissionError(t *testing.T, err error, subject string) {
	t.Helper()
	var permission *natsruns.PermissionError
	require.ErrorAs(t, err, &permission)
	require.ErrorIs(t, err, nats.ErrPermissionViolation)
	assert.NotEmpty(t, permission.Action)
	assert.ErrorContains(t, err, `"`+strings.TrimRight(subject, "*>"))
	t.Log(err)
}

// Acknowledgements that the server ignores would let every run be delivered again
// until it is a dead letter.
func TestPermissionThatIsTakenAway(t *testing.T) {
	inbox := []string{"_INBOX.>"}
	server, allow := startServerWithUser(t, permissions, inbox)
	newBridge(t, connect(t, server.urlOf("admin")), []natsruns.Org{testOrg(t, "acme")})
	bridge := newBridge(t, connect(t, server.urlOf("app"), quietly), []natsruns.Org{testOrg(t, "acme")})
	allow(without(permissions, "$JS.ACK.iblai-runs.>"), inbox)
	require.Equal(t, http.StatusNoContent, deliver(t, bridge, "acme", 1, ""))
	err := bridge.Consume(t.Context(), func(context.Context, *natsruns.Run) error { return nil })
	requirePermissionError(t, err, "$JS.ACK.iblai-runs.")
}

// The errors of others that use the connection are not the bridge's.
func TestPermissionErrorsOfOthersAreIgnored(t *testing.T) {
	server, _ := startServerWithUser(t, permissions, []string{"_INBOX.>"})
	newBridge(t, connect(t, server.urlOf("admin")), []natsruns.Org{testOrg(t, "acme")})
	js := connect(t, server.urlOf("app"), quietly)
	refuse := func() {
		require.NoError(t, js.Conn().Publish("other", nil))
		require.NoError(t, js.Conn().Flush())
		require.ErrorIs(t, js.Conn().LastError(), nats.ErrPermissionViolation)
	}
	refuse()
	bridge := newBridge(t, js, []natsruns.Org{testOrg(t, "acme")})
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second) // longer than it takes to notice
	defer cancel()
	require.Equal(t, http.StatusNoContent, deliver(t, bridge, "acme", 1, ""))
	err := bridge.Consume(ctx, func(context.Context, *natsruns.Run) error { refuse(); return nil })
	require.ErrorIs(t, err, context.DeadlineExceeded)
}

// A large position has chunks, which are read, written and purged.
func TestPermissionsOfFollowers(t *testing.T) {
	server, _ := startServerWithUser(t, permissions, []string{"_INBOX.>"})
	sb, org, agent := sandboxOrg(t)
	newBridge(t, connect(t, server.urlOf("admin")), []natsruns.Org{org})
	admin, err := connect(t, server.urlOf("admin")).KeyValue(t.Context(), "iblai-runs-positions")
	require.NoError(t, err)
	key := org.Client.Org()
	storeLargePosition(t, admin, key, 2, 256<<10)
	js := connect(t, server.urlOf("app"), quietly)
	bridge := newBridge(t, js, []natsruns.Org{org}, natsruns.WithLease(2*time.Second),
		natsruns.WithFollowOptions(runs.WithPollInterval(100*time.Millisecond), runs.WithOverlap(time.Hour)))
	stop := background(t, bridge.Follow)
	var got handled
	background(t, func(ctx context.Context) error { return bridge.Consume(ctx, got.handle) })
	_, err = sb.RunNow(t.Context(), agent, sandbox.Outcome{})
	require.NoError(t, err)
	waitFor(t, "the run", func() bool { return got.runs() == 1 })
	require.ErrorIs(t, stop(), context.Canceled)
	require.NotErrorIs(t, js.Conn().LastError(), nats.ErrPermissionViolation)
	stream, err := js.Stream(t.Context(), "KV_iblai-runs-positions")
	require.NoError(t, err)
	assert.EqualValues(t, 3, stream.CachedInfo().State.Msgs, "the record and two chunks, and nothing that was deleted")
}

// The orgs are set up concurrently. The action in the error is the one that the
// server has refused.
func TestPermissionErrorHasItsAction(t *testing.T) {
	var orgs []natsruns.Org
	allowed := without(permissions, "iblai-runs.*")
	for i := range 40 {
		name := fmt.Sprintf("org%d", i)
		orgs = append(orgs, testOrg(t, name))
		if i != 20 {
			allowed = append(allowed, "iblai-runs."+name)
		}
	}
	server, _ := startServerWithUser(t, allowed, []string{"_INBOX.>"})
	newBridge(t, connect(t, server.urlOf("admin")), orgs)
	_, err := natsruns.New(t.Context(), connect(t, server.urlOf("app"), quietly), orgs)
	requirePermissionError(t, err, "iblai-runs.org20")
	assert.ErrorContains(t, err, "to publish to iblai-runs.org20")
}
