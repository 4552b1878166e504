package client_test

import (
	"cmp"
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

// anyRequest sets every field of value, or leaves it zero, by chance.
func anyRequest(t *testing.T, random *rand.Rand, value reflect.Value) {
	t.Helper()
	if random.IntN(3) == 0 {
		return
	}
	switch of := value.Addr().Interface().(type) {
	case *api.Secret:
		*of = api.NewSecret("a-secret")
	case *client.Nullable[int64]:
		*of = []client.Nullable[int64]{client.Null[int64](), client.Value[int64](0), client.Value[int64](7)}[random.IntN(3)]
	case *client.Nullable[time.Time]:
		*of = []client.Nullable[time.Time]{client.Null[time.Time](), client.Value(time.Unix(1, 5)), client.Value(time.Time{})}[random.IntN(3)]
	default:
		switch value.Kind() {
		case reflect.Struct:
			for of, field := range value.Fields() {
				if of.Name != "Unknown" { // which no request has
					anyRequest(t, random, field)
				}
			}
		case reflect.Pointer:
			value.Set(reflect.New(value.Type().Elem()))
			anyRequest(t, random, value.Elem())
		case reflect.String:
			value.SetString("text & <more> \u2028 \U0001f511")
		case reflect.Bool:
			value.SetBool(true)
		default:
			require.FailNow(t, "the test does not know what to set", "%s", value.Type())
		}
	}
}

// The generated encoders write what encoding/json writes, but for secrets.
func TestEncodersAgreeWithEncodingJSON(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	s, c := newCaptureClient(t)
	compare := func(body any) {
		written, err := json.Marshal(body)
		require.NoError(t, err)
		assert.NotContains(t, string(written), "a-secret")
		assert.JSONEq(t, strings.ReplaceAll(string(written), "***", "a-secret"), s.body)
		assert.True(t, json.Valid([]byte(s.body)))
	}
	for range 300 {
		var create client.PeriodicAgentCreateRequest
		anyRequest(t, random, reflect.ValueOf(&create).Elem())
		if create.Task.Crontab != (client.CrontabSchedule{}) { // Create sends * for its empty fields
			create.Task.Crontab.Hour = cmp.Or(create.Task.Crontab.Hour, "*")
			create.Task.Crontab.Minute = cmp.Or(create.Task.Crontab.Minute, "*")
			create.Task.Crontab.DayOfWeek = cmp.Or(create.Task.Crontab.DayOfWeek, "*")
			create.Task.Crontab.DayOfMonth = cmp.Or(create.Task.Crontab.DayOfMonth, "*")
			create.Task.Crontab.MonthOfYear = cmp.Or(create.Task.Crontab.MonthOfYear, "*")
		}
		_, err := c.PeriodicAgents.Create(t.Context(), &create, client.AllowUnrunnable())
		require.NoError(t, err)
		compare(create)
		var update client.PeriodicAgentUpdateRequest
		anyRequest(t, random, reflect.ValueOf(&update).Elem())
		_, err = c.PeriodicAgents.Update(t.Context(), 7, &update, client.AllowUnrunnable())
		require.NoError(t, err)
		compare(update)
	}
}

func TestSecretIsSentBesideOtherFields(t *testing.T) {
	t.Parallel()
	s, c := newCaptureClient(t)
	_, err := c.PeriodicAgents.Create(t.Context(), &client.PeriodicAgentCreateRequest{Title: "T", CallbackSecret: new(api.NewSecret(testSecret))},
		client.WithBodyField("extra", 12), client.WithBodyField("title", "U"))
	require.NoError(t, err)
	assert.JSONEq(t, `{"title": "U", "callback_secret": "`+testSecret+`", "extra": 12}`, s.body)
}

func TestTimeThatCannotBeWrittenIsAnArgumentError(t *testing.T) {
	t.Parallel()
	s, c := newCaptureClient(t)
	_, err := c.PeriodicAgents.Create(t.Context(), &client.PeriodicAgentCreateRequest{
		Task: client.PeriodicTaskRequest{StartTime: client.Value(time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC))},
	})
	fault := &api.ArgumentError{}
	require.ErrorAs(t, err, &fault)
	assert.ErrorContains(t, err, "start_time")
	assert.Zero(t, s.sent)
}

func TestCrontabScheduleConverts(t *testing.T) {
	t.Parallel()
	schedule := client.CrontabSchedule{Minute: "0", Hour: "8", DayOfWeek: "mon-fri", DayOfMonth: "1", MonthOfYear: "2"}
	assert.Equal(t, schedule, client.NewCrontabSchedule(schedule.Fields()))
	assert.Equal(t, "mon-fri", schedule.Fields().DayOfWeek)
}
