package callback

import "strconv"

// Key returns the key of a finished run in a [Store]: "acme:4711" for the run of
// the org acme whose log has the id 4711, or "4711" if org is empty. A callback
// and a log of the same run have the same key, so that a program that receives
// both can handle the run once.
func Key(org string, logID int64) string {
	key := strconv.FormatInt(logID, 10)
	if org == "" {
		return key
	}
	return org + ":" + key
}

// key returns the event's key in a store. While a run has not finished, each of
// its statuses has a key of its own.
func (e *Event) key(org string) string {
	key := Key(org, e.LogID)
	if e.Status.IsFinal() {
		return key
	}
	return key + "@" + string(e.Status)
}
