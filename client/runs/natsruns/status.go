package natsruns

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Status is the state of a bridge, for dashboards and alerts.
type Status struct {
	// Orgs are the orgs by name.
	Orgs []OrgStatus
	// Bytes is the size of the stream, and MaxBytes its limit.
	Bytes, MaxBytes int64
}

// OrgStatus is the state of an org.
type OrgStatus struct {
	// Org is the name of the org.
	Org string
	// Lag is the age of the oldest run in the stream. It is 0 if there is none.
	Lag time.Duration
	// Pending is the number of runs that wait for a worker, and InFlight the number
	// of those that were delivered and are not done, such as those that wait for
	// another attempt.
	Pending, InFlight int64
	// Redelivered is the number of runs that were delivered more than once and are
	// not done.
	Redelivered int64
	// Dead is the number of dead letters.
	Dead int64
	// Following is true if this process follows the org.
	Following bool
	// Err is the latest error of this process's follower. It is nil if the latest
	// poll succeeded, and if another process follows the org.
	Err error
}

// Status requests the state of the stream and of the consumers from the server.
func (b *Bridge) Status(ctx context.Context) (*Status, error) {
	status := &Status{}
	var dead map[string]uint64
	err := b.request(ctx, "read the status", func(ctx context.Context) error {
		info, err := b.stream.Info(ctx)
		if err != nil {
			return fmt.Errorf("the stream %q: %w", b.name, err)
		}
		status.Bytes, status.MaxBytes = int64(min(info.State.Bytes, 1<<62)), info.Config.MaxBytes
		info, err = b.dead.Info(ctx, jetstream.WithSubjectFilter(b.deadName()+".*"))
		if err != nil {
			return fmt.Errorf("the stream %q: %w", b.deadName(), err)
		}
		dead = info.State.Subjects
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, o := range b.sortedOrgs() {
		org := OrgStatus{Org: o.name, Dead: int64(min(dead[b.deadSubject(o)], 1<<62))}
		org.Following, org.Err = o.follower.get()
		if err := b.request(ctx, fmt.Sprintf("read the status of the org %q", o.name), func(ctx context.Context) error {
			return b.readOrgStatus(ctx, o, &org)
		}); err != nil {
			return nil, err
		}
		status.Orgs = append(status.Orgs, org)
	}
	return status, nil
}

func (b *Bridge) readOrgStatus(ctx context.Context, o *org, status *OrgStatus) error {
	info, err := o.consumer.Info(ctx)
	if err != nil {
		return err
	}
	status.Pending = int64(min(info.NumPending, 1<<62))
	status.InFlight, status.Redelivered = int64(info.NumAckPending), int64(info.NumRedelivered)
	oldest, err := b.stream.GetMsg(ctx, 1, jetstream.WithGetMsgSubject(b.subject(o)))
	switch {
	case errors.Is(err, jetstream.ErrMsgNotFound):
		return nil
	case err != nil:
		return err
	}
	status.Lag = max(0, info.TimeStamp.Sub(oldest.Time))
	return nil
}
