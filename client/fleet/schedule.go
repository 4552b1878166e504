package fleet

import (
	"errors"
	"fmt"
	"time"

	"github.com/iblai/iblai-go/client/crontab"
)

// location returns the time zone with this name.
func location(name string) (*time.Location, error) {
	if name == "Local" {
		return nil, errors.New("must be the name of a time zone, such as Europe/Berlin")
	}
	l, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("%w; names are like Europe/Berlin", err)
	}
	return l, nil
}

// A utcSchedule is the crontab in UTC of a schedule, and the time until which it is
// right. That is zero if it is right for a year.
type utcSchedule struct {
	fields crontab.Fields
	until  time.Time
}

// clocksLead is how long before a change of the clocks a plan has the new crontab.
// The last runs before the change have begun then, and the agents miss none at the
// change.
const clocksLead = 30 * time.Second

// utc converts the schedule of an agent.
func (a *Agent) utc(now time.Time) (utcSchedule, error) {
	schedule, err := a.Schedule.Parse()
	if err != nil {
		return utcSchedule{}, err
	}
	zone, err := location(a.TimeZone)
	if err != nil {
		return utcSchedule{}, err
	}
	if zone == time.UTC {
		return utcSchedule{fields: schedule.Fields()}, nil
	}
	now = now.Add(clocksLead)
	periods, err := crontab.ToUTC(schedule.Fields(), zone, now, now.AddDate(1, 0, 0))
	if err != nil {
		return utcSchedule{}, err
	}
	for _, period := range periods {
		if len(period.Fields) != 1 {
			return utcSchedule{}, fmt.Errorf("no single crontab in UTC has the runs of %q in %s: it needs %d agents", schedule, zone, len(period.Fields))
		}
	}
	result := utcSchedule{fields: periods[0].Fields[0]}
	if len(periods) > 1 {
		result.until = periods[0].To.Add(-clocksLead)
	}
	return result, nil
}
