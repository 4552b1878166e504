package sandbox

import (
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// A Delivery is one POST of a callback and its response.
type Delivery struct {
	// ID numbers the deliveries from 1 on, in the order in which they ended.
	ID int64
	// Org is the key of the agent's org.
	Org string
	// AgentID is the id of the agent that has run.
	AgentID int64
	// LogID is the id of the run's log.
	LogID int64
	// RedeliveryOf is the ID of the delivery that [Sandbox.Redeliver] repeated, or 0.
	RedeliveryOf int64
	// Effect is the effect of the [DeliveryFault] that applied, or zero.
	Effect DeliveryEffect
	// FaultID is the ID of that [DeliveryFault].
	FaultID string
	// URL is the agent's callback_url.
	URL string
	// Header is the header of the request, nil if none was posted. It has no
	// signature if the agent has no callback_secret.
	Header http.Header
	// Body is the body of the request.
	Body []byte
	// StatusCode is the status of the receiver's response, or 0 if there was none.
	// Redirects are not followed.
	StatusCode int
	// ResponseBody is the body of the response, up to 64 KiB of it.
	ResponseBody []byte
	// Err says why there is no complete response. It is nil if there is one, and
	// [ErrDeliveryDropped] if nothing was posted.
	Err error
	// StartedAt is the time at which the delivery started, on the sandbox's clock.
	StartedAt time.Time
	// FinishedAt is the time at which it ended, on the sandbox's clock.
	FinishedAt time.Time
}

// Format writes the id, log, URL and result of the delivery, whatever the verb:
// the header has a signature, and the body may be long.
func (d Delivery) Format(f fmt.State, _ rune) {
	outcome := strconv.Itoa(d.StatusCode)
	if d.Err != nil {
		outcome = d.Err.Error()
	}
	_, _ = fmt.Fprintf(f, "delivery %d of log %d to %s: %s", d.ID, d.LogID, d.URL, outcome)
}
