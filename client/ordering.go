package client

import (
	"fmt"
	"net/url"
	"strings"
)

// Ordering sorts a list by a field of its items, lowest first. Other fields than
// those of the constants can be given as text; a leading minus reverses the order.
//
// The service's documentation names no field. The constants are fields by which
// Django REST Framework sorts by default; the vendor's own application sorts logs
// by -created_at. The service silently ignores a field that it can't sort by. The
// client notices that for ids and times, and returns [ErrOrderingIgnored]. It does
// not check an ordering that is set with [WithQuery].
type Ordering string

// The fields of agents and of logs.
const (
	OrderByID         Ordering = "id"
	OrderByCreatedAt  Ordering = "created_at"
	OrderByModifiedAt Ordering = "modified_at"
)

// The fields of agents only.
const (
	OrderByTitle    Ordering = "title"
	OrderByUsername Ordering = "username"
)

// The fields of logs only.
const (
	OrderByStartTime     Ordering = "start_time"
	OrderByEndTime       Ordering = "end_time"
	OrderByStatus        Ordering = "status"
	OrderByPeriodicAgent Ordering = "periodic_agent"
)

// Descending returns o with its last field in descending order.
func (o Ordering) Descending() Ordering {
	i := strings.LastIndexByte(string(o), ',') + 1
	if strings.HasPrefix(string(o[i:]), "-") {
		return o
	}
	return o[:i] + "-" + o[i:]
}

// Then returns an ordering by o and, for items that are equal in o, by next.
func (o Ordering) Then(next Ordering) Ordering { return o + "," + next }

// sortable is an item whose position in a sorted list can be checked.
type sortable interface {
	// sortKey returns the number that the service sorts by if it sorts by this
	// field, unless it has none.
	sortKey(field string) (key int64, ok bool)
}

func (a *PeriodicAgent) sortKey(field string) (int64, bool) {
	switch field {
	case string(OrderByID):
		return a.ID, true
	case string(OrderByCreatedAt):
		return a.CreatedAt.sortKey()
	case string(OrderByModifiedAt):
		return a.ModifiedAt.sortKey()
	}
	return 0, false
}

func (l *PeriodicAgentLog) sortKey(field string) (int64, bool) {
	switch field {
	case string(OrderByID):
		return l.ID, true
	case string(OrderByCreatedAt):
		return l.CreatedAt.sortKey()
	case string(OrderByModifiedAt):
		return l.ModifiedAt.sortKey()
	case string(OrderByStartTime):
		return l.StartTime.sortKey()
	case string(OrderByEndTime):
		if l.EndTime != nil {
			return l.EndTime.sortKey()
		}
	case string(OrderByPeriodicAgent):
		return l.PeriodicAgent, true
	}
	return 0, false
}

func (t Time) sortKey() (int64, bool) { return t.UnixMicro(), !t.IsZero() }

// ordering returns the first field that the call's params sort by.
func (c *call) ordering() (field string, descending bool) {
	if c.settings.query.Has("ordering") || !strings.Contains(c.url.RawQuery, "ordering") {
		return "", false
	}
	query, err := url.ParseQuery(c.url.RawQuery)
	if err != nil {
		return "", false
	}
	field, _, _ = strings.Cut(query.Get("ordering"), ",")
	return strings.CutPrefix(strings.TrimSpace(field), "-")
}

// checkOrder returns an error if the items are not in the order of the call's
// params. Items without a key are skipped.
func checkOrder[T any](c *call, items ...*T) error {
	field, descending := c.ordering()
	if field == "" {
		return nil
	}
	var previous int64
	compared := false
	for i, item := range items {
		sorted, ok := any(item).(sortable)
		if !ok {
			return nil
		}
		key, ok := sorted.sortKey(field)
		if !ok {
			continue
		}
		if compared && key != previous && key < previous != descending {
			return c.decodeError(fmt.Errorf("%w: item %d has the wrong place in an order by %s", ErrOrderingIgnored, i, field))
		}
		previous, compared = key, true
	}
	return nil
}
