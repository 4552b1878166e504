package control

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestClock(t *testing.T) {
	t.Parallel()
	s := start(t)
	post := func(body string) clockBody {
		return send[clockBody](t, s, http.MethodPost, "/_sandbox/clock", body)
	}
	clock := get[clockBody](t, s, "/_sandbox/clock")
	assert.Equal(t, monday, clock.Now.Format(time.RFC3339))
	assert.Nil(t, clock.Runs)

	moved := post(`{"advance": "4m59s"}`)
	assert.Equal(t, "2026-01-05T07:59:59Z", moved.Now.Format(time.RFC3339))
	assert.Zero(t, *moved.Runs, "the first runs are due at 08:00")
	moved = post(`{"to": "2026-01-05T09:00:00+01:00"}`)
	assert.Equal(t, "2026-01-05T08:00:00Z", moved.Now.Format(time.RFC3339))
	assert.Equal(t, 2, *moved.Runs)
	assert.Zero(t, *post(`{"advance": "0s"}`).Runs)
	moved = post(`{"speed": 0.5}`)
	assert.Zero(t, *moved.Runs)
	assert.InDelta(t, 0.5, moved.Speed, 0)
	assert.InDelta(t, 0.5, get[clockBody](t, s, "/_sandbox/clock").Speed, 0)
	post(`{"speed": 0}`)

	last := start(t, func(o *Options) { stopClock(t, o.Seed, "2999-12-30T12:00:00Z") })
	send[clockBody](t, last, http.MethodPost, "/_sandbox/clock", `{"advance": "1h"}`)
	a := last.do(t, http.MethodPost, "/_sandbox/clock", `{"advance": "24h"}`)
	assert.Equal(t, "body: line 1: advance: moves the clock beyond 2999-12-31", a.reason(t))

	for body, want := range map[string]string{
		`{}`:                                "exactly one of advance, to and speed",
		`{"advance": "1h", "speed": 1}`:     "exactly one of advance, to and speed",
		`{"advance": "-1h"}`:                "from 0s to 8784h0m0s",
		`{"advance": "9000h"}`:              "from 0s to 8784h0m0s",
		`{"advance": 3600}`:                 "must be a duration",
		`{"to": "2026-01-05T07:00:00Z"}`:    "is in the past: the clock shows 2026-01-05T08:00",
		`{"to": "2028-01-05T07:00:00Z"}`:    "more than a year away",
		`{"to": "tomorrow"}`:                "must be a time",
		`{"to": "9999-01-01T00:00:00Z"}`:    "must be from 1970-01-01 to 2999-12-31",
		`{"speed": -1}`:                     "from 0 to 86400",
		`{"speed": 100000}`:                 "from 0 to 86400",
		`{"speed": "fast"}`:                 "must be a number",
		`{"speed": 1, "speed": 2}`:          "is given twice",
		`{"advance": "1h", "speed": "now"}`: "must be a number",
	} {
		a := s.do(t, http.MethodPost, "/_sandbox/clock", body)
		assert.Equal(t, http.StatusBadRequest, a.status, body)
		assert.Contains(t, a.reason(t), want, body)
		assert.True(t, strings.HasPrefix(a.reason(t), "body: line 1: "), a.reason(t))
		assert.NotContains(t, a.reason(t), "\n", "there is one reason")
	}
}
