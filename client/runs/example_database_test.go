package runs_test

import (
	"context"
	"database/sql"
	"errors"
	"log"
	"time"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/callback"
	"github.com/iblai/iblai-go/client/runs"
)

// database is a [runs.PositionStore] in PostgreSQL. It has two tables:
//
//	CREATE TABLE position (
//		one     boolean PRIMARY KEY DEFAULT true CHECK (one),
//		since   timestamptz,
//		reached timestamptz,
//		old_id  bigint NOT NULL DEFAULT 0
//	);
//	CREATE TABLE logs (
//		id         bigint PRIMARY KEY,
//		created_at timestamptz NOT NULL,
//		done       boolean NOT NULL,
//		stuck      boolean NOT NULL,
//		attempts   integer NOT NULL
//	);
type database struct{ *sql.DB }

// Load returns the position, or nil if there is none.
func (db database) Load(ctx context.Context) (*runs.Position, error) {
	var state runs.Changes
	var since, reached sql.NullTime
	err := db.QueryRowContext(ctx, `SELECT since, reached, old_id FROM position`).Scan(&since, &reached, &state.OldID)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil //nolint:nilnil // as PositionStore says
	}
	if err != nil {
		return nil, err
	}
	state.Since, state.Reached = since.Time, reached.Time
	rows, err := db.QueryContext(ctx, `SELECT id, created_at, done, stuck, attempts FROM logs`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var l runs.LogState
		if err := rows.Scan(&l.LogID, &l.CreatedAt, &l.Done, &l.Stuck, &l.Attempts); err != nil {
			return nil, err
		}
		state.Logs = append(state.Logs, l)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	return runs.NewPosition(state)
}

// Save saves the changes in one transaction.
func (db database) Save(ctx context.Context, changes runs.Changes) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // no effect after Commit
	for _, l := range changes.Logs {
		if _, err := tx.ExecContext(ctx, `INSERT INTO logs VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (id) DO UPDATE SET created_at = $2, done = $3, stuck = $4, attempts = $5`,
			l.LogID, l.CreatedAt, l.Done, l.Stuck, l.Attempts); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO position (since, reached, old_id) VALUES ($1, $2, $3)
		ON CONFLICT (one) DO UPDATE SET since = coalesce($1, position.since), reached = coalesce($2, position.reached),
			old_id = CASE WHEN $3 = 0 THEN position.old_id ELSE $3 END`,
		nullTime(changes.Since), nullTime(changes.Reached), changes.OldID); err != nil {
		return err
	}
	if !changes.Since.IsZero() {
		if _, err := tx.ExecContext(ctx, `DELETE FROM logs WHERE done AND created_at < $1`, changes.Since); err != nil {
			return err
		}
	}
	return tx.Commit()
}

func nullTime(t time.Time) sql.NullTime { return sql.NullTime{Time: t, Valid: !t.IsZero()} }

// A position store in PostgreSQL saves changes in a transaction. Runs that
// finish during a transaction are saved together in the next one.
func ExampleWithPositionStore() {
	var (
		db       *sql.DB            // from sql.Open
		c        *client.Client     // from client.FromEnv
		verifier *callback.Verifier // from callback.NewVerifier
	)
	receiver, err := runs.NewReceiver(c, verifier, func(context.Context, *runs.Run) error { return nil },
		runs.WithPositionStore(database{db}))
	if err != nil {
		log.Print(err)
		return
	}
	log.Print(receiver.Follow(context.Background()))
}
