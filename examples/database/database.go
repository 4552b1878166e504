// Package database keeps the state of a [runs.Receiver] in SQLite or
// PostgreSQL: its position, and the runs that were handled.
//
//   - [Store.Handle] handles each run exactly once, if the function writes only
//     to the transaction that it receives.
//   - [Store.Positions] returns a [runs.PositionStore].
//   - [Store.Claims] returns a [callback.Store], for functions with other
//     effects, such as e-mail, which several receivers share.
//
// Import a driver, such as modernc.org/sqlite or github.com/jackc/pgx/v5/stdlib.
package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/iblai/iblai-go/client/callback"
	"github.com/iblai/iblai-go/client/runs"
)

// Dialect is the SQL dialect of a database.
type Dialect struct {
	// placeholder precedes the number of a parameter.
	placeholder string
	// now is the time of the database, in seconds since 1970.
	now string
}

// The dialects.
var (
	SQLite     = Dialect{placeholder: "?", now: "(julianday('now') - 2440587.5) * 86400"}
	PostgreSQL = Dialect{placeholder: "$", now: "extract(epoch FROM clock_timestamp())"}
)

// Store is a database with the tables of this package.
type Store struct {
	db      *sql.DB
	dialect Dialect
}

// tables are created by New. Times of logs are in microseconds since 1970.
var tables = []string{
	`CREATE TABLE IF NOT EXISTS iblai_handled (
		run_key varchar(512) PRIMARY KEY
	)`,
	`CREATE TABLE IF NOT EXISTS iblai_claims (
		run_key    varchar(512) PRIMARY KEY,
		owner      text NOT NULL,
		done       boolean NOT NULL,
		expires_at double precision NOT NULL
	)`,
	`CREATE TABLE IF NOT EXISTS iblai_positions (
		name    varchar(255) PRIMARY KEY,
		since   bigint,
		reached bigint,
		old_id  bigint NOT NULL
	)`,
	`CREATE TABLE IF NOT EXISTS iblai_logs (
		name       varchar(255) NOT NULL,
		id         bigint NOT NULL,
		created_at bigint NOT NULL,
		done       boolean NOT NULL,
		stuck      boolean NOT NULL,
		attempts   bigint NOT NULL,
		PRIMARY KEY (name, id)
	)`,
}

// New creates the tables that don't exist, and returns a store.
func New(ctx context.Context, db *sql.DB, dialect Dialect) (*Store, error) {
	s := &Store{db: db, dialect: dialect}
	for _, table := range tables {
		if _, err := db.ExecContext(ctx, table); err != nil {
			return nil, fmt.Errorf("the tables can't be created: %w", err)
		}
	}
	return s, nil
}

// sql returns a statement in the dialect of the database. Parameters are
// written as ?1, and the time of the database as NOW.
func (s *Store) sql(statement string) string {
	return strings.NewReplacer("?", s.dialect.placeholder, "NOW", s.dialect.now).Replace(statement)
}

// Handle returns a function for [runs.NewReceiver] that calls handle in a
// transaction and marks the run as handled in the same transaction. What handle
// writes to the transaction is written exactly once for each run, even if the
// process is killed and if several receivers find the same run. Org is the org
// of the client.
func (s *Store) Handle(org string, handle func(context.Context, *sql.Tx, *runs.Run) error) func(context.Context, *runs.Run) error {
	return func(ctx context.Context, run *runs.Run) error {
		tx, err := s.db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer func() { _ = tx.Rollback() }() // no effect after Commit
		result, err := tx.ExecContext(ctx, s.sql(`INSERT INTO iblai_handled VALUES (?1) ON CONFLICT DO NOTHING`), callback.Key(org, run.LogID))
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); n == 0 || err != nil {
			return err // nil if the run was handled
		}
		if err := handle(ctx, tx, run); err != nil {
			return err
		}
		return tx.Commit()
	}
}

// Claims returns a store of claims, which expire after lease unless the run is
// done. Lease must be longer than the longest call of the function.
func (s *Store) Claims(lease time.Duration) callback.Store { return &claims{s, lease} }

type claims struct {
	*Store
	lease time.Duration
}

// Claim claims key for owner, unless it is done or another claim is in effect.
func (c *claims) Claim(ctx context.Context, key, owner string) error {
	result, err := c.db.ExecContext(ctx, c.sql(`INSERT INTO iblai_claims VALUES (?1, ?2, false, NOW + ?3)
		ON CONFLICT (run_key) DO UPDATE SET owner = excluded.owner, expires_at = excluded.expires_at
		WHERE NOT iblai_claims.done AND (iblai_claims.owner = excluded.owner OR iblai_claims.expires_at < NOW)`),
		key, owner, c.lease.Seconds())
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); n == 1 || err != nil {
		return err
	}
	var done bool
	switch err := c.db.QueryRowContext(ctx, c.sql(`SELECT done FROM iblai_claims WHERE run_key = ?1`), key).Scan(&done); {
	case errors.Is(err, sql.ErrNoRows): // it was released in the meantime
		return callback.ErrInProgress
	case err != nil:
		return err
	case done:
		return callback.ErrDuplicate
	default:
		return callback.ErrInProgress
	}
}

// Done marks key as done.
func (c *claims) Done(ctx context.Context, key string) error {
	_, err := c.db.ExecContext(ctx, c.sql(`INSERT INTO iblai_claims VALUES (?1, '', true, 0)
		ON CONFLICT (run_key) DO UPDATE SET owner = '', done = true, expires_at = 0`), key)
	return err
}

// Release removes the claim of owner.
func (c *claims) Release(ctx context.Context, key, owner string) error {
	_, err := c.db.ExecContext(ctx, c.sql(`DELETE FROM iblai_claims WHERE run_key = ?1 AND owner = ?2 AND NOT done`), key, owner)
	return err
}

// Positions returns the store of the position with a name. Each receiver needs
// a name of its own.
func (s *Store) Positions(name string) runs.PositionStore { return &positions{s, name} }

type positions struct {
	*Store
	name string
}

// Load returns the position, or nil if there is none.
func (p *positions) Load(ctx context.Context) (*runs.Position, error) {
	var state runs.Changes
	var since, reached sql.NullInt64
	err := p.db.QueryRowContext(ctx, p.sql(`SELECT since, reached, old_id FROM iblai_positions WHERE name = ?1`), p.name).Scan(&since, &reached, &state.OldID)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil //nolint:nilnil // as PositionStore says
	}
	if err != nil {
		return nil, err
	}
	state.Since, state.Reached = toTime(since), toTime(reached)
	rows, err := p.db.QueryContext(ctx, p.sql(`SELECT id, created_at, done, stuck, attempts FROM iblai_logs WHERE name = ?1`), p.name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var log runs.LogState
		var created int64
		if err := rows.Scan(&log.LogID, &created, &log.Done, &log.Stuck, &log.Attempts); err != nil {
			return nil, err
		}
		log.CreatedAt = time.UnixMicro(created).UTC()
		state.Logs = append(state.Logs, log)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	return runs.NewPosition(state)
}

// Save saves the changes in one transaction.
func (p *positions) Save(ctx context.Context, changes runs.Changes) error {
	tx, err := p.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // no effect after Commit
	if _, err := tx.ExecContext(ctx, p.sql(`INSERT INTO iblai_positions VALUES (?1, ?2, ?3, ?4)
		ON CONFLICT (name) DO UPDATE SET since = coalesce(excluded.since, iblai_positions.since),
			reached = coalesce(excluded.reached, iblai_positions.reached),
			old_id = CASE WHEN excluded.old_id = 0 THEN iblai_positions.old_id ELSE excluded.old_id END`),
		p.name, fromTime(changes.Since), fromTime(changes.Reached), changes.OldID); err != nil {
		return err
	}
	insert, err := tx.PrepareContext(ctx, p.sql(`INSERT INTO iblai_logs VALUES (?1, ?2, ?3, ?4, ?5, ?6)
		ON CONFLICT (name, id) DO UPDATE SET created_at = excluded.created_at, done = excluded.done,
			stuck = excluded.stuck, attempts = excluded.attempts`))
	if err != nil {
		return err
	}
	defer func() { _ = insert.Close() }()
	for _, log := range changes.Logs {
		if _, err := insert.ExecContext(ctx, p.name, log.LogID, log.CreatedAt.UnixMicro(), log.Done, log.Stuck, log.Attempts); err != nil {
			return err
		}
	}
	if !changes.Since.IsZero() {
		if _, err := tx.ExecContext(ctx, p.sql(`DELETE FROM iblai_logs WHERE name = ?1 AND done AND created_at < ?2`), p.name, changes.Since.UnixMicro()); err != nil {
			return err
		}
	}
	return tx.Commit()
}

func toTime(t sql.NullInt64) time.Time {
	if !t.Valid {
		return time.Time{}
	}
	return time.UnixMicro(t.Int64).UTC()
}

func fromTime(t time.Time) sql.NullInt64 {
	return sql.NullInt64{Int64: t.UnixMicro(), Valid: !t.IsZero()}
}
