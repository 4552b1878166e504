package api

import "strings"

// Status is the state of a run, or of an agent by its latest run. Later releases
// of the service may send other values, which are kept as sent.
type Status string

// IsFinal reports whether a run with this status has finished, which is so for
// success and error, in upper or lower case.
func (s Status) IsFinal() bool {
	return strings.EqualFold(string(s), string(StatusSuccess)) || strings.EqualFold(string(s), string(StatusError))
}

// The statuses that the service is known to send.
const (
	// StatusSuccess means that the run has succeeded.
	StatusSuccess Status = "success"
	// StatusError means that the run has failed.
	StatusError Status = "error"
	// StatusRunning means that the run has not finished.
	StatusRunning Status = "running"
	// StatusPending means that the agent has not run yet. No run has this status.
	StatusPending Status = "pending"
)
