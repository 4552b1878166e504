package sandbox

import (
	"cmp"
	"slices"
	"sync"

	"github.com/iblai/iblai-go/client/sandbox/internal/listing"
)

// A store is all that a sandbox keeps. Its lock guards everything below it, but
// for the orgs themselves, which are made with it.
type store struct {
	sync.RWMutex

	orgs   map[string]*org
	lastID map[string]int64 // by kind of object
}

// nextID is the next id of a kind of objects, which all orgs share.
func (s *store) nextID(kind string) int64 {
	s.lastID[kind]++
	return s.lastID[kind]
}

// takeID is id, or the next one if it is 0. Those after it are higher than both.
func (s *store) takeID(kind string, id int64) int64 {
	if id == 0 {
		return s.nextID(kind)
	}
	s.lastID[kind] = max(s.lastID[kind], id)
	return id
}

// agent returns the agent with this id, whatever its org; nil if there is none.
func (s *store) agent(id int64) *agent {
	for _, o := range s.orgs {
		if a := o.agents.byID(id); a != nil {
			return a
		}
	}
	return nil
}

// An org is what one platform keeps. Its users and mentors never change.
type org struct {
	key          string
	usernames    map[string]bool
	mentors      table[*mentor]
	mentorByUUID map[string]*mentor
	agents       table[*agent]
	waiting      map[*agent]bool // those that are due, but for their previous agents
	logs         table[*log]
	sessions     map[string]*session
	pins         map[pinKey]*pin
}

func newOrg(key string) *org {
	return &org{
		key:          key,
		usernames:    map[string]bool{},
		mentorByUUID: map[string]*mentor{},
		sessions:     map[string]*session{},
		waiting:      map[*agent]bool{},
		pins:         map[pinKey]*pin{},
	}
}

// hasAgent reports whether the org has an agent with this id.
func (o *org) hasAgent(id int64) bool { return o.agents.byID(id) != nil }

// A table holds rows in the order of their ids.
type table[R listing.Row] []R

// add appends a row, whose id must be the highest so far.
func (t *table[R]) add(r R) { *t = append(*t, r) }

// byID returns the row with this id, nil if there is none.
func (t table[R]) byID(id int64) (found R) {
	if i, ok := slices.BinarySearchFunc(t, id, func(r R, id int64) int { return cmp.Compare(r.RowID(), id) }); ok {
		found = t[i]
	}
	return found
}

// remove takes away the rows that match.
func (t *table[R]) remove(match func(R) bool) { *t = slices.DeleteFunc(*t, match) }
