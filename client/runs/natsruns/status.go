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
	info, err := b.stream.Info(ctx)
	if err != nil {
		return nil, fmt.Errorf("natsruns: the stream %q: %w", b.name, err)
	}
	dead, err := b.dead.Info(ctx, jetstream.WithSubjectFilter(b.name+"-dead.*"))
	if err != nil {
		return nil, fmt.Errorf("natsruns: the stream %q: %w", b.name+"-dead", err)
	}
	status := &Status{Bytes: int64(min(info.State.Bytes, 1<<62)), MaxBytes: info.Config.MaxBytes}
	for _, o := range b.sortedOrgs() {
		org, err := b.orgStatus(ctx, o)
		if err != nil {
			return nil, fmt.Errorf("natsruns: org %q: %w", o.name, err)
		}
		org.Dead = int64(min(dead.State.Subjects[b.deadSubject(o)], 1<<62))
		status.Orgs = append(status.Orgs, org)
	}
	return status, nil
}

func (b *Bridge) orgStatus(ctx context.Context, o *org) (OrgStatus, error) {
	status := OrgStatus{Org: o.name}
	status.Following, status.Err = o.follower.get()
	info, err := o.consumer.Info(ctx)
	if err != nil {
		return status, err
	}
	status.Pending = int64(min(info.NumPending, 1<<62))
	status.InFlight, status.Redelivered = int64(info.NumAckPending), int64(info.NumRedelivered)
	oldest, err := b.stream.GetMsg(ctx, 1, jetstream.WithGetMsgSubject(b.subject(o)))
	switch {
	case errors.Is(err, jetstream.ErrMsgNotFound):
		return status, nil
	case err != nil:
		return status, err
	}
	status.Lag = max(0, info.TimeStamp.Sub(oldest.Time))
	return status, nil
}
