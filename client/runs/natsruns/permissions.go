package natsruns

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/iblai/iblai-go/client/api"
)

// violationInterval is how often a request without a response looks for an error
// of the connection.
const violationInterval = 50 * time.Millisecond

// permission is something that the user of the connection must be permitted to do.
// Its probe is a request without an effect.
type permission struct {
	action string
	probe  func(context.Context) error
}

// checkPermissions checks what the bridge does after [New], for an org.
func (b *Bridge) checkPermissions(ctx context.Context, o *org) error {
	for _, p := range b.permissions(o) {
		err := b.request(ctx, p.action, func(ctx context.Context) error {
			err := p.probe(ctx)
			_, isRefused := errors.AsType[*jetstream.APIError](err)
			switch {
			case isRefused,
				errors.Is(err, jetstream.ErrKeyNotFound), errors.Is(err, jetstream.ErrKeyExists),
				errors.Is(err, nats.ErrNoResponders): // a request that isn't permitted gets no response
				return nil
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (b *Bridge) permissions(o *org) []permission {
	const noRun = 0           // no log has this id
	const noMessage = 1 << 62 // no message has this sequence number
	chunk := o.token + ".0"
	publish := func(subject string) permission {
		return permission{"publish to " + subject, func(ctx context.Context) error {
			_, err := b.js.PublishMsg(ctx, nats.NewMsg(subject), jetstream.WithExpectStream("not-"+b.name))
			return err
		}}
	}
	get := func(bucket jetstream.KeyValue, key string) permission {
		return permission{fmt.Sprintf("read the key %q of the bucket %q", key, bucket.Bucket()), func(ctx context.Context) error {
			_, err := bucket.Get(ctx, key)
			return err
		}}
	}
	put := func(bucket jetstream.KeyValue, key string) permission {
		return permission{fmt.Sprintf("write the key %q of the bucket %q", key, bucket.Bucket()), func(ctx context.Context) error {
			_, err := bucket.Update(ctx, key, nil, noMessage)
			return err
		}}
	}
	send := func(action, subject, body string) permission {
		return permission{action, func(ctx context.Context) error {
			_, err := b.conn().RequestWithContext(ctx, subject, []byte(body))
			return err
		}}
	}
	return []permission{
		publish(b.subject(o)),
		publish(b.deadSubject(o)),
		get(b.done, o.key(noRun)),
		put(b.done, o.key(noRun)),
		get(b.positions, o.token),
		put(b.positions, o.token),
		get(b.positions, chunk),
		put(b.positions, chunk),
		{fmt.Sprintf("purge the bucket %q", b.positions.Bucket()), func(ctx context.Context) error { return b.purgePosition(ctx, chunk) }},
		send("request runs of the consumer "+o.token, fmt.Sprintf("%sCONSUMER.MSG.NEXT.%s.%s", b.apiPrefix(), b.name, o.token), "{"), // invalid JSON
		send("acknowledge runs of the consumer "+o.token, fmt.Sprintf("$JS.ACK.%s.%s.1.%d.1.0.0", b.name, o.token, int64(noMessage)), "+WPI"),
	}
}

// apiPrefix returns the beginning of the subjects of the server's API.
func (b *Bridge) apiPrefix() string {
	opts := b.js.Options()
	if opts.Domain != "" {
		return "$JS." + opts.Domain + ".API."
	}
	return strings.TrimSuffix(cmp.Or(opts.APIPrefix, "$JS.API"), ".") + "."
}

// request sends requests to the server. The server doesn't respond to a request
// that the user is not permitted to send: the client receives an error that
// belongs to no request.
func (b *Bridge) request(ctx context.Context, action string, send func(context.Context) error) error {
	if ctx == nil {
		return &api.ArgumentError{Argument: "ctx", Reason: "is nil"}
	}
	limited, cancel := context.WithTimeout(ctx, setupTimeout)
	defer cancel()
	before := b.conn().LastError()
	var watching sync.WaitGroup
	watching.Go(func() {
		for sleep(limited, violationInterval) == nil {
			if b.violation(before) != nil {
				cancel()
			}
		}
	})
	err := send(limited)
	violation := b.violation(before)
	cancel()
	watching.Wait()
	if err == nil {
		return nil
	}
	if _, isResponse := errors.AsType[*jetstream.APIError](err); !isResponse && ctx.Err() == nil {
		if violation == nil {
			violation = b.inboxViolation()
		}
		if violation != nil {
			return &PermissionError{Action: action, Err: violation}
		}
	}
	if errors.Is(err, nats.ErrNoResponders) {
		err = fmt.Errorf("is JetStream enabled, and does it have a leader? %w", err)
	}
	return fmt.Errorf("natsruns: can't %s: %w", action, err)
}

// inboxViolation returns an error if the user may not subscribe to inboxes, so
// that no response arrives. The connection has subscribed to its own only once,
// perhaps long ago.
func (b *Bridge) inboxViolation() error {
	if !b.conn().IsConnected() {
		return nil
	}
	before := b.conn().LastError()
	inbox := b.conn().NewInbox()
	subscription, err := b.conn().SubscribeSync(inbox)
	if err != nil {
		return nil // the connection is closed
	}
	defer func() { _ = subscription.Unsubscribe() }()
	if err := b.conn().FlushTimeout(publishTimeout); err != nil {
		return nil // the server can't be reached
	}
	if last := b.conn().LastError(); !errors.Is(last, before) && violatedSubject(last) == inbox {
		return last
	}
	return nil
}

// violation returns the latest error of the connection if the server has refused
// something of the bridge since the error before. Other users of the connection
// cause errors, too, so the subject is compared.
func (b *Bridge) violation(before error) error {
	last := b.conn().LastError()
	if errors.Is(last, before) || !b.isOwn(violatedSubject(last)) {
		return nil
	}
	return last
}

// violatedSubject returns the subject that a permission violation names.
func violatedSubject(err error) string {
	if !errors.Is(err, nats.ErrPermissionViolation) {
		return ""
	}
	_, rest, _ := strings.Cut(err.Error(), `"`)
	subject, _, _ := strings.Cut(rest, `"`)
	return subject
}

// isOwn reports whether a subject belongs to the bridge.
func (b *Bridge) isOwn(subject string) bool {
	if subject == b.apiPrefix()+"INFO" { // it creates a bucket
		return true
	}
	names := []string{b.name, b.deadName(), b.doneName(), b.positionsName(), bucketStream(b.doneName()), bucketStream(b.positionsName())}
	return slices.ContainsFunc(strings.Split(subject, "."), func(token string) bool { return slices.Contains(names, token) })
}
