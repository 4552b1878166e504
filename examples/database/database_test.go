package database_test

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"
	"github.com/iblai/iblai-go/client/runs"
	"github.com/iblai/iblai-go/client/sandbox"
	"github.com/iblai/iblai-go/examples/database"
)

// backend is a database for the tests.
type backend struct {
	driver, source string
	dialect        database.Dialect
}

func (b backend) open(ctx context.Context) (*sql.DB, *database.Store, error) {
	db, err := sql.Open(b.driver, b.source)
	if err != nil {
		return nil, nil, err
	}
	store, err := database.New(ctx, db, b.dialect)
	return db, store, err
}

// eachBackend runs a test with SQLite, and with PostgreSQL if it is installed.
func eachBackend(t *testing.T, test func(t *testing.T, b backend)) {
	t.Helper()
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		test(t, backend{"sqlite", "file:" + filepath.Join(t.TempDir(), "runs.db") + "?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_txlock=immediate", database.SQLite})
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		test(t, backend{"pgx", startPostgreSQL(t), database.PostgreSQL})
	})
}

// startPostgreSQL starts a server in a temporary folder and returns its address.
func startPostgreSQL(t *testing.T) string {
	t.Helper()
	programs, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	require.NoError(t, err)
	if len(programs) == 0 {
		t.Skip("PostgreSQL is not installed: apt-get install postgresql")
	}
	bin := filepath.Dir(programs[len(programs)-1])
	folder, err := os.MkdirTemp("", "pg") //nolint:usetesting // the path of a socket must be short
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	var attributes *syscall.SysProcAttr
	if os.Geteuid() == 0 { // PostgreSQL refuses to run as root
		account, err := user.Lookup("postgres")
		require.NoError(t, err)
		uid, err := strconv.ParseUint(account.Uid, 10, 32)
		require.NoError(t, err)
		gid, err := strconv.ParseUint(account.Gid, 10, 32)
		require.NoError(t, err)
		require.NoError(t, os.Chown(folder, int(uid), int(gid)))
		attributes = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	}
	command := func(name string, args ...string) *exec.Cmd {
		cmd := exec.Command(filepath.Join(bin, name), args...)
		cmd.Dir, cmd.SysProcAttr = folder, attributes
		return cmd
	}
	data := filepath.Join(folder, "data")
	output, err := command("initdb", "-D", data, "-U", "iblai", "-A", "trust", "-N").CombinedOutput()
	require.NoError(t, err, "%s", output)
	output, err = command("pg_ctl", "-D", data, "-w", "-l", filepath.Join(folder, "log"), "-o", "-k "+folder+" -c listen_addresses=''", "start").CombinedOutput()
	require.NoError(t, err, "%s", output)
	t.Cleanup(func() { _ = command("pg_ctl", "-D", data, "-m", "immediate", "stop").Run() })
	return "host=" + folder + " user=iblai dbname=postgres"
}

func TestClaims(t *testing.T) {
	t.Parallel()
	eachBackend(t, func(t *testing.T, b backend) {
		ctx := t.Context()
		db, store, err := b.open(ctx)
		require.NoError(t, err)
		defer db.Close()
		claims := store.Claims(time.Hour)
		require.NoError(t, claims.Claim(ctx, "a", "one"))
		require.NoError(t, claims.Claim(ctx, "a", "one"))
		require.Equal(t, callback.ErrInProgress, claims.Claim(ctx, "a", "two"))
		require.NoError(t, claims.Release(ctx, "a", "two"))
		require.Equal(t, callback.ErrInProgress, claims.Claim(ctx, "a", "two"))
		require.NoError(t, claims.Release(ctx, "a", "one"))
		require.NoError(t, claims.Claim(ctx, "a", "two"))
		require.NoError(t, claims.Done(ctx, "a"))
		require.NoError(t, claims.Release(ctx, "a", "two"))
		require.Equal(t, callback.ErrDuplicate, claims.Claim(ctx, "a", "one"))
		require.NoError(t, claims.Done(ctx, "b"))
		require.Equal(t, callback.ErrDuplicate, claims.Claim(ctx, "b", "one"))
		require.NoError(t, store.Claims(-time.Hour).Claim(ctx, "c", "one")) // it has already expired
		require.NoError(t, claims.Claim(ctx, "c", "two"))

		var wins sync.Map
		var group sync.WaitGroup
		for i := range 8 {
			group.Go(func() {
				if claims.Claim(ctx, "d", fmt.Sprint(i)) == nil {
					wins.Store(i, true)
				}
			})
		}
		group.Wait()
		n := 0
		wins.Range(func(any, any) bool { n++; return true })
		assert.Equal(t, 1, n)
	})
}

func TestPositions(t *testing.T) {
	t.Parallel()
	eachBackend(t, func(t *testing.T, b backend) {
		ctx := t.Context()
		db, store, err := b.open(ctx)
		require.NoError(t, err)
		defer db.Close()
		first, second := store.Positions("first"), store.Positions("second")
		position, err := first.Load(ctx)
		require.NoError(t, err)
		require.Nil(t, position)
		at := time.Date(2026, 3, 2, 8, 0, 0, 123_456_000, time.UTC)
		require.NoError(t, first.Save(ctx, runs.Changes{Since: at, Reached: at, OldID: 3, Logs: []runs.LogState{
			{LogID: 4, CreatedAt: at, Done: true}, {LogID: 5, CreatedAt: at, Stuck: true, Attempts: 2},
		}}))
		require.NoError(t, second.Save(ctx, runs.Changes{Since: at, OldID: -1}))
		require.NoError(t, first.Save(ctx, runs.Changes{Since: at.Add(time.Second), Logs: []runs.LogState{{LogID: 6, CreatedAt: at.Add(time.Hour), Done: true}}}))
		position, err = first.Load(ctx)
		require.NoError(t, err)
		assert.Equal(t, runs.Changes{Since: at.Add(time.Second), Reached: at, OldID: 4, Logs: []runs.LogState{
			{LogID: 5, CreatedAt: at, Stuck: true, Attempts: 2}, {LogID: 6, CreatedAt: at.Add(time.Hour), Done: true},
		}}, withOldID(position.State(), 4))
	})
}

// withOldID replaces the id of the old logs, which Load need not know exactly.
func withOldID(state runs.Changes, id int64) runs.Changes {
	state.OldID = id
	return state
}

// A function that fails leaves nothing in the database.
func TestHandleFails(t *testing.T) {
	t.Parallel()
	eachBackend(t, func(t *testing.T, b backend) {
		db, store, err := b.open(t.Context())
		require.NoError(t, err)
		defer db.Close()
		_, err = db.Exec(`CREATE TABLE results (id bigint)`)
		require.NoError(t, err)
		fails := errors.New("no")
		calls := 0
		handle := store.Handle("acme", func(ctx context.Context, tx *sql.Tx, run *runs.Run) error {
			calls++
			_, err := tx.ExecContext(ctx, fmt.Sprintf(`INSERT INTO results VALUES (%d)`, run.LogID))
			return errors.Join(err, fails)
		})
		require.ErrorIs(t, handle(t.Context(), &runs.Run{LogID: 7}), fails)
		fails = nil
		require.NoError(t, handle(t.Context(), &runs.Run{LogID: 7}))
		require.NoError(t, handle(t.Context(), &runs.Run{LogID: 7}))
		assert.Equal(t, 2, calls)
		var n int
		require.NoError(t, db.QueryRow(`SELECT count(*) FROM results`).Scan(&n))
		assert.Equal(t, 1, n)
	})
}

const (
	killedRuns = 60
	killEvery  = 7 // handled runs
)

// A process that is killed again and again handles each run exactly once.
func TestKilled(t *testing.T) {
	t.Parallel()
	eachBackend(t, func(t *testing.T, b backend) {
		sb, err := sandbox.Start(sandbox.WithPeriodicAgent("acme", client.PeriodicAgentCreateRequest{Title: "Digest", Task: client.PeriodicTaskRequest{
			Enabled: new(false), Crontab: client.CrontabSchedule{Minute: "0"},
		}}))
		require.NoError(t, err)
		defer sb.Close()
		for range killedRuns {
			_, err := sb.RunNow(t.Context(), 1, sandbox.Outcome{})
			require.NoError(t, err)
		}
		db, _, err := b.open(t.Context())
		require.NoError(t, err)
		defer db.Close()
		_, err = db.Exec(`CREATE TABLE results (id bigint)`)
		require.NoError(t, err)
		kills := 0
		for count := 0; count < killedRuns; kills++ {
			runReceiver(t, b, sb)
			require.NoError(t, db.QueryRow(`SELECT count(*) FROM results`).Scan(&count))
			require.Less(t, kills, 10*killedRuns)
		}
		var distinct, total int
		require.NoError(t, db.QueryRow(`SELECT count(DISTINCT id), count(*) FROM results`).Scan(&distinct, &total))
		assert.Equal(t, killedRuns, distinct)
		assert.Equal(t, killedRuns, total)
		t.Logf("%d runs, %d kills", total, kills)
	})
}

// runReceiver runs a receiver in a process of its own, and kills it when it has
// handled some runs or found no more.
func runReceiver(t *testing.T, b backend, sb *sandbox.Server) {
	t.Helper()
	account := sb.Accounts()[0]
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), "DATABASE_TEST_DRIVER="+b.driver, "DATABASE_TEST_SOURCE="+b.source,
		"IBLAI_BASE_URL="+sb.URL, "IBLAI_API_KEY="+account.APIKey.Reveal(), "IBLAI_ORG="+account.Org, "IBLAI_USERNAME="+account.Username)
	cmd.Stderr = os.Stderr
	output, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	lines := bufio.NewScanner(output)
	for n := 0; n < killEvery && lines.Scan() && lines.Text() != "idle"; n++ {
	}
	require.NoError(t, lines.Err())
	require.NoError(t, cmd.Process.Kill())
	_ = cmd.Wait()
}

func TestMain(m *testing.M) {
	driver := os.Getenv("DATABASE_TEST_DRIVER")
	if driver == "" {
		os.Exit(m.Run())
	}
	b := backend{driver, os.Getenv("DATABASE_TEST_SOURCE"), database.SQLite}
	if driver == "pgx" {
		b.dialect = database.PostgreSQL
	}
	fmt.Fprintln(os.Stderr, receive(context.Background(), b))
	os.Exit(1)
}

// receive handles the runs and prints a line for each of them.
func receive(ctx context.Context, b backend) error {
	_, store, err := b.open(ctx)
	if err != nil {
		return err
	}
	c, err := client.FromEnv()
	if err != nil {
		return err
	}
	verifier, err := callback.NewVerifier(api.NewSecret("a secret of enough bytes"))
	if err != nil {
		return err
	}
	receiver, err := runs.NewReceiver(c, verifier, store.Handle(c.Org(), func(ctx context.Context, tx *sql.Tx, run *runs.Run) error {
		_, err := tx.ExecContext(ctx, fmt.Sprintf(`INSERT INTO results VALUES (%d)`, run.LogID))
		fmt.Println(run.LogID)
		return err
	}), runs.WithPositionStore(store.Positions("receiver")), runs.WithStart(time.Time{}), runs.WithPollInterval(100*time.Millisecond),
		runs.WithObserver(func(_ context.Context, outcome runs.Outcome) {
			switch {
			case outcome.Kind == runs.KindPoll && outcome.Err == nil && outcome.Found == 0:
				fmt.Println("idle")
			case outcome.Err != nil:
				fmt.Fprintln(os.Stderr, outcome.Kind, outcome.Err)
			}
		}))
	if err != nil {
		return err
	}
	return receiver.Follow(ctx)
}
