package natsruns

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"
	"github.com/iblai/iblai-go/client/runs"
)

// Run is a finished run of an agent, with its org.
type Run struct {
	runs.Run
	// Org is the org of the agent.
	Org string
	// Attempt is the number of the delivery, from 1. It is 0 in a dead letter.
	Attempt int
}

// The headers of messages. A message without sourceHeader is not that of a run.
const (
	sourceHeader   = "Iblai-Source"
	logIDHeader    = "Iblai-Log-Id"
	reasonHeader   = "Iblai-Reason"
	attemptsHeader = "Iblai-Attempts"
)

// The values of sourceHeader: what the body is.
const (
	sourceCallback = "callback" // the body of a callback
	sourceLog      = "log"      // a log, as the API returns it
	sourceID       = "id"       // nothing, since the run is too large
)

// headerMargin is the part of a message that is reserved for headers, including
// the reason of a dead letter.
const headerMargin = 4 << 10

// encode returns the message of a run.
func (b *Bridge) encode(o *org, run *runs.Run) (*nats.Msg, error) {
	msg := nats.NewMsg(b.subject(o))
	msg.Header.Set(logIDHeader, strconv.FormatInt(run.LogID, 10))
	if run.Event != nil {
		msg.Header.Set(sourceHeader, sourceCallback)
		msg.Data = run.Event.Raw
	} else {
		text, err := json.Marshal(run.Log)
		if err != nil {
			return nil, err
		}
		msg.Header.Set(sourceHeader, sourceLog)
		msg.Data = text
	}
	if int64(len(msg.Data))+headerMargin > b.conn().MaxPayload() {
		msg.Header.Set(sourceHeader, sourceID)
		msg.Data = nil
	}
	return msg, nil
}

// decode returns the run of a message. If the message has no texts, it requests
// the log. If the message or the log can't be used, the error wraps
// ErrUndecodable.
func (o *org) decode(ctx context.Context, header nats.Header, data []byte) (*Run, error) {
	id, err := strconv.ParseInt(header.Get(logIDHeader), 10, 64)
	if err != nil || id < 1 {
		return nil, fmt.Errorf("%w: its header has no id of a log", ErrUndecodable)
	}
	run := &Run{Org: o.name, Run: runs.Run{LogID: id}}
	switch source := header.Get(sourceHeader); source {
	case sourceCallback:
		event, err := callback.ParseEvent(data)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrUndecodable, err)
		}
		run.Status, run.Content, run.Event = event.Status, event.Log, event
	case sourceLog:
		log := new(client.PeriodicAgentLog)
		if err := json.Unmarshal(data, log); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrUndecodable, err)
		}
		run.setLog(log)
	case sourceID:
		log, err := o.client.PeriodicAgentLogs.Get(ctx, id)
		switch {
		case errors.Is(err, client.ErrNotFound), errors.Is(err, client.ErrBodyTooLarge):
			return nil, fmt.Errorf("%w: its text is in log %d, which can't be read: %w", ErrUndecodable, id, err)
		case err != nil:
			return nil, fmt.Errorf("natsruns: log %d: %w", id, err)
		}
		run.setLog(log)
	default:
		return nil, fmt.Errorf("%w: its source is %q", ErrUndecodable, source)
	}
	run.Status = api.Status(strings.ToLower(string(run.Status))) // as package runs does
	if run.Event != nil && run.Event.LogID != id || run.Log != nil && run.Log.ID != id {
		return nil, fmt.Errorf("%w: its header has the id of another log, %d", ErrUndecodable, id)
	}
	return run, nil
}

func (r *Run) setLog(log *client.PeriodicAgentLog) {
	r.Status, r.Content, r.AgentID, r.Log = log.Status, log.Content, log.PeriodicAgent, log
}

// The server's codes of errors that mean that a limit is reached. They are not
// among the constants of package jetstream.
const (
	codeInsufficientResources  jetstream.ErrorCode = 10023
	codeStorageExceeded        jetstream.ErrorCode = 10047
	codeStreamStoreFailed      jetstream.ErrorCode = 10077
	codeResourceLimitsExceeded jetstream.ErrorCode = 10028
)

// publish publishes a run. It returns nil only if the stream has stored it, now
// or before.
func (b *Bridge) publish(ctx context.Context, o *org, run *runs.Run) (isDuplicate bool, err error) {
	msg, err := b.encode(o, run)
	if err != nil {
		return false, fmt.Errorf("natsruns: org %q, log %d: %w", o.name, run.LogID, err)
	}
	ctx, cancel := context.WithTimeout(ctx, publishTimeout)
	defer cancel()
	var ack *jetstream.PubAck
	isFirst, err := resend(ctx, func(ctx context.Context) (err error) {
		ack, err = b.js.PublishMsg(ctx, msg, jetstream.WithMsgID(o.key(run.LogID)), jetstream.WithExpectStream(b.name))
		return err
	})
	if err != nil {
		return false, fmt.Errorf("natsruns: org %q, log %d can't be published: %w", o.name, run.LogID, fullError(err))
	}
	return ack.Duplicate && isFirst, nil // otherwise, it may be a duplicate of itself
}

// fullError wraps ErrFull if the server's error means that a limit is reached.
func fullError(err error) error {
	if refused, ok := errors.AsType[*jetstream.APIError](err); ok && isLimit(refused.ErrorCode) {
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	return err
}

func isLimit(code jetstream.ErrorCode) bool {
	switch code {
	case codeInsufficientResources, codeStorageExceeded, codeStreamStoreFailed, codeResourceLimitsExceeded:
		return true
	default:
		return false
	}
}
