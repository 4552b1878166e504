// Package beat computes when celery's beat runs the entries of a schedule that
// django-celery-beat keeps in a database. It follows the sources of
// django-celery-beat 2.4 and 2.9.
package beat

import "time"

// A Version is a version of django-celery-beat.
type Version string

// The versions whose behaviour is known.
const (
	V24 Version = "2.4"
	V29 Version = "2.9"
)

// A Reason says why an entry is checked at a time.
type Reason string

const (
	// Scheduled means that the schedule has this time.
	Scheduled Reason = "schedule"
	// Overdue means that the schedule had a time since the last run.
	Overdue Reason = "overdue"
	// StartTime means that the start time has come, and that the schedule had a time
	// before it, since the time that counts as the last run.
	StartTime Reason = "start_time"
	// OneOff means that the entry is a one-off entry that has run. Beat disables it.
	OneOff Reason = "one_off"
)

const (
	// syncInterval is the time after which version 2.9 reloads its schedule.
	syncInterval = 5 * time.Minute
	// longAgo is how long before its last change an entry with a start time counts as
	// run in version 2.9, if it has not run.
	longAgo = 30 * 365 * 24 * time.Hour
	// window is the number of hours around the present one whose entries version 2.9
	// loads.
	window = 2
	// cleanupHour is an hour whose entries version 2.9 always loads.
	cleanupHour = 4
	// anyHour is the hour of an entry whose hour field is not a plain number.
	anyHour = -1
)

// A Scheduler is a running beat.
type Scheduler struct {
	Version Version
	// LoadedAt is the time at which beat started or a change made it reload its
	// schedule.
	LoadedAt time.Time
}

// An Entry is an enabled entry of the schedule.
type Entry struct {
	// Next returns the first time of the crontab after a time, if there is one.
	Next func(time.Time) (time.Time, bool)
	// Hour is the hour field of the crontab.
	Hour string
	// StartTime is null if it is zero, like LastRunAt.
	StartTime time.Time
	LastRunAt time.Time
	// ChangedAt is the time at which the entry was saved.
	ChangedAt time.Time
	// HasRun means that the entry is a one-off entry with a total_run_count above 0.
	HasRun bool
	// JustRan means that beat has run the entry now, and has not reloaded its schedule
	// since.
	JustRan bool
}

// A Check is the next time at which beat runs or disables an entry.
type Check struct {
	At     time.Time
	Reason Reason
	// Due is the time of the crontab that is run, at or before At.
	Due time.Time
	// Tentative means that the check has to be computed again if the schedule is
	// reloaded.
	Tentative bool
}

// Next returns the next check of an entry, if there is one. The time now is not
// before LoadedAt.
func (s *Scheduler) Next(e *Entry, now time.Time) (Check, bool) {
	if e.HasRun {
		return s.disable(e, now)
	}
	last, reason, tentative := e.LastRunAt, Overdue, false
	if last.IsZero() {
		switch {
		case s.Version == V24:
			last, tentative = s.LoadedAt, e.StartTime.After(now)
		case e.StartTime.IsZero():
			last = e.ChangedAt
		default:
			last, reason = e.ChangedAt.Add(-longAgo), StartTime
		}
	}
	due, ok := e.Next(last)
	if !ok {
		return Check{}, false
	}
	at := latest(due, now, e.StartTime)
	if at.Equal(due) {
		return Check{At: due, Reason: Scheduled, Due: due, Tentative: tentative}, true
	}
	if at.Equal(e.StartTime) {
		reason = StartTime
	}
	loaded := s.loaded(e, at)
	return Check{At: loaded, Reason: reason, Due: due, Tentative: tentative || loaded.After(now)}, true
}

// disable returns the check at which beat disables a one-off entry that has run.
func (s *Scheduler) disable(e *Entry, now time.Time) (Check, bool) {
	at, ok := latest(now, e.StartTime), true
	if e.JustRan { // beat checks it later
		if s.Version == V24 {
			at, ok = e.Next(now)
		} else {
			at = s.lastSync(now).Add(syncInterval)
		}
	}
	return Check{At: s.loaded(e, at), Reason: OneOff, Due: at, Tentative: true}, ok
}

// loaded returns the first time from t on at which the entry is loaded. Version 2.9
// loads entries whose hour is a plain number only around that hour.
func (s *Scheduler) loaded(e *Entry, t time.Time) time.Time {
	hour := plainHour(e.Hour)
	if s.Version == V24 || hour == anyHour || hour == cleanupHour {
		return t
	}
	sync := s.lastSync(t)
	for !isAround(hour, sync.UTC().Hour()) {
		sync = sync.Add(syncInterval)
	}
	return latest(sync, t)
}

// lastSync returns the time of the last reload until t.
func (s *Scheduler) lastSync(t time.Time) time.Time {
	return s.LoadedAt.Add(t.Sub(s.LoadedAt).Truncate(syncInterval))
}

// isAround reports whether an hour is at most two hours before or after another.
func isAround(hour, other int) bool {
	const day = 24
	return (hour-other+window+day)%day <= 2*window
}

// plainHour returns the hour of a field of digits, or anyHour.
func plainHour(field string) int {
	if field == "" {
		return anyHour
	}
	hour := 0
	for _, c := range []byte(field) {
		if c < '0' || c > '9' {
			return anyHour
		}
		hour = 10*hour + int(c-'0')
	}
	return hour
}

func latest(times ...time.Time) time.Time {
	last := times[0]
	for _, t := range times[1:] {
		if t.After(last) {
			last = t
		}
	}
	return last
}
