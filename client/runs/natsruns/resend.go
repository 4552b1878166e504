package natsruns

import (
	"context"
	"errors"
	"time"
)

// resendAfter is how long a request to store something waits for the response
// until it is sent again. A server that was killed never responds to what it had
// received.
const resendAfter = 2 * time.Second

// resend calls send, and again if no response arrives, until the context ends.
// Send must be harmless if it is repeated. It reports whether send was called
// once.
func resend(ctx context.Context, send func(context.Context) error) (isFirst bool, err error) {
	for isFirst = true; ; isFirst = false {
		attempt, cancel := context.WithTimeout(ctx, resendAfter)
		err = send(attempt)
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) || ctx.Err() != nil {
			return isFirst, err
		}
	}
}
