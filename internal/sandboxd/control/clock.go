package main

import (
	"errors"
	"net/http"
	"time"

	"github.com/iblai/iblai-go/client/sandbox"
)

// maxAdvance is how far the clock is moved at once.
const maxAdvance = 366 * 24 * time.Hour

type clockBody struct {
	Now   time.Time `json:"now"`
	Speed float64   `json:"speed"`
	Runs  *int      `json:"runs,omitempty"` // that have begun while it was moved
}

func clockOf(sb *sandbox.Sandbox) clockBody {
	return clockBody{Now: sb.Now().UTC(), Speed: sb.ClockSpeed()}
}

func (c *call) clock() (any, error) { return clockOf(c.sandbox), nil }

// moveClock advances the clock, or sets its speed.
func (c *call) moveClock() (any, error) {
	var move func() (runs int, err error)
	ctx, now := c.request.Context(), c.sandbox.Now()
	err := c.body(func(v *value) {
		v.object(fields{
			"advance": func(v *value) {
				d := v.duration(maxAdvance)
				if now.Add(d).After(lastTime) {
					v.fault("leads beyond %s", lastTime.Format(time.DateOnly))
				}
				move = func() (int, error) { return c.sandbox.Advance(ctx, d) }
			},
			"to": func(v *value) {
				t := v.time()
				switch {
				case t.Before(now):
					v.fault("is in the past: it is %s already", now.UTC().Format(time.RFC3339))
				case t.After(now.Add(maxAdvance)):
					v.fault("is more than a year away")
				}
				move = func() (int, error) { return c.sandbox.AdvanceTo(ctx, t) }
			},
			"speed": func(v *value) {
				speed := v.number(0, maxSpeed)
				move = func() (int, error) { return 0, c.sandbox.SetClockSpeed(speed) }
			},
		})
		if len(v.node.Content) != len("kv") && len(v.document.faults) == 0 {
			v.fault("must have exactly one of advance, to and speed")
		}
	})
	if err != nil {
		return nil, err
	}
	runs, err := move()
	switch {
	case errors.Is(err, sandbox.ErrClosed), ctx.Err() != nil:
		return nil, err
	case err != nil: // it has passed the time meanwhile
		return nil, refuse(http.StatusBadRequest, "%v", err)
	}
	body := clockOf(c.sandbox)
	body.Runs = &runs
	return body, nil
}
