package sandbox

import (
	"strings"

	"github.com/iblai/iblai-go/client/sandbox/internal/django"
)

// mentorListing is how mentors are chosen. What the API's mentors have no field
// for is checked and chooses nothing: department_id, filter_by,
// return_session_information and visibility.
var mentorListing = listing[*mentor]{
	filters: []filter[*mentor]{
		{"department_id", func(_ *org, value string) (func(*mentor) bool, string) {
			_, message := django.IntegerValue(value)
			return nil, message
		}},
		{"is_featured", func(_ *org, value string) (func(*mentor) bool, string) {
			featured, ok := django.BooleanValue(value)
			if !ok {
				return nil, "Must be a valid boolean."
			}
			return func(m *mentor) bool { return m.IsFeatured == featured }, ""
		}},
		{"return_session_information", func(_ *org, value string) (func(*mentor) bool, string) {
			if _, ok := django.BooleanValue(value); !ok {
				return nil, "Must be a valid boolean."
			}
			return nil, ""
		}},
	},
}

func (c *call) listMentors() *django.Response {
	c.sandbox.store.RLock()
	defer c.sandbox.store.RUnlock()
	mentors, refusal := mentorListing.choose(c, c.org.mentors)
	if refusal != nil {
		return refusal
	}
	if key := c.query.Get("metadata_key"); key != "" {
		value := c.query.Get("metadata_value")
		mentors = keep(mentors, []func(*mentor) bool{func(m *mentor) bool {
			found, ok := m.metadata(key)
			return ok && (value == "" || strings.EqualFold(django.Str(found), value))
		}})
	}
	return paginate(c, mentors, order[*mentor]{}, func(m *mentor) any { return m.json })
}

// metadata is what the mentor's metadata has under key.
func (m *mentor) metadata(key string) (any, bool) {
	all, err := django.DecodeJSON(m.Metadata)
	if err != nil {
		return nil, false
	}
	fields, _ := all.(django.Dict)
	value, ok := fields[key]
	return value, ok
}
