package sandbox

import (
	"strings"

	"github.com/iblai/iblai-go/client/sandbox/internal/django"
	"github.com/iblai/iblai-go/client/sandbox/internal/listing"
)

// mentorListing says how mentors can be filtered. The values of department_id and
// return_session_information are validated, but mentors have no such fields.
var mentorListing = listing.Listing[*mentor]{
	Filters: []listing.Filter[*mentor]{
		{Name: "department_id", Parse: func(value string) (func(*mentor) bool, string) {
			_, message := django.IntegerValue(value)
			return nil, message
		}},
		{Name: "is_featured", Parse: func(value string) (func(*mentor) bool, string) {
			featured, ok := django.BooleanValue(value)
			if !ok {
				return nil, "Must be a valid boolean."
			}
			return func(m *mentor) bool { return m.IsFeatured == featured }, ""
		}},
		{Name: "return_session_information", Parse: func(value string) (func(*mentor) bool, string) {
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
	mentors := []*mentor(c.org.mentors)
	if key := c.query.Get("metadata_key"); key != "" {
		value := c.query.Get("metadata_value")
		mentors = listing.Select(mentors, func(m *mentor) bool {
			found, ok := m.metadata(key)
			return ok && (value == "" || strings.EqualFold(django.Str(found), value))
		})
	}
	return mentorListing.List(mentors, c.listRequest(), func(m *mentor) any { return m.json })
}

// metadata returns a field of the mentor's metadata.
func (m *mentor) metadata(key string) (any, bool) {
	all, err := django.DecodeJSON(m.Metadata)
	if err != nil {
		return nil, false
	}
	fields, _ := all.(django.Dict)
	value, ok := fields[key]
	return value, ok
}
