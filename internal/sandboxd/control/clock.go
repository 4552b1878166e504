package control

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/iblai/iblai-go/client/sandbox"
	"github.com/iblai/iblai-go/internal/document"
	"github.com/iblai/iblai-go/internal/sandboxd/seed"
)

// maxAdvance limits how far one request moves the clock.
const maxAdvance = 366 * 24 * time.Hour

type clockBody struct {
	Now   time.Time `json:"now"`
	Speed float64   `json:"speed"`
	Runs  *int      `json:"runs,omitempty"` // number of runs that started while the clock advanced
}

func newClockBody(sb *sandbox.Sandbox) clockBody {
	return clockBody{Now: sb.Now().UTC(), Speed: sb.ClockSpeed()}
}

func (c *call) clock() (any, error) { return newClockBody(c.sandbox), nil }

// setClock advances the clock, or sets its speed.
func (c *call) setClock() (any, error) {
	var target time.Time // zero for a change of the speed
	var move func(context.Context) (runs int, err error)
	now := c.sandbox.Now()
	err := c.body(func(v *document.Value) {
		v.Object(document.Fields{
			"advance": func(v *document.Value) {
				d := v.Duration(maxAdvance)
				if !v.Invalid() && now.Add(d).After(document.MaxTime()) {
					v.Errorf("moves the clock beyond %s", document.MaxTime().Format(time.DateOnly))
				}
				target = now.Add(d)
				move = func(ctx context.Context) (int, error) { return c.sandbox.Advance(ctx, d) }
			},
			"to": func(v *document.Value) {
				t := v.Time()
				switch {
				case v.Invalid():
				case t.Before(now):
					v.Errorf("is in the past: the clock shows %s", now.UTC().Format(time.RFC3339))
				case t.After(now.Add(maxAdvance)):
					v.Errorf("is more than a year away")
				}
				target = t
				move = func(ctx context.Context) (int, error) { return c.sandbox.AdvanceTo(ctx, t) }
			},
			"speed": func(v *document.Value) {
				speed := v.Float(0, seed.MaxSpeed)
				move = func(context.Context) (int, error) { return 0, c.sandbox.SetClockSpeed(speed) }
			},
		})
		if v.Len() != 1 && !v.Invalid() {
			v.Errorf("must have exactly one of advance, to and speed")
		}
	})
	if err != nil {
		return nil, err
	}
	operation := func(ctx context.Context) (any, error) {
		runs, err := move(ctx)
		if errors.Is(err, sandbox.ErrClockBackwards) { // the clock has passed the time in the meantime
			return nil, errorf(http.StatusBadRequest, "%v", err)
		}
		if err != nil {
			return nil, err
		}
		body := newClockBody(c.sandbox)
		body.Runs = &runs
		return body, nil
	}
	if target.IsZero() {
		return operation(c.request.Context())
	}
	return c.runJob("advance", 0, &clockProgress{c.sandbox, now.UTC(), target.UTC()}, operation)
}
