package fleet

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

// mentors are the mentors to which a fleet may refer.
type mentors struct {
	byID, bySlug, byName map[string][]mentor // byID has unique ids in lower case, and numeric ids
	numeric              bool                // the release expects numeric ids
	unlisted             error               // why the list is absent, so that only unique ids can be used
}

var uniqueID = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

type mentor struct {
	reference string // by which agents refer to it
	name      string
}

// readMentors reads all mentors of the org.
func readMentors(ctx context.Context, c *client.Client) (*mentors, error) {
	all := &mentors{byID: map[string][]mentor{}, bySlug: map[string][]mentor{}, byName: map[string][]mentor{}}
	count := 0
	for m, err := range c.Mentors.All(ctx, nil) {
		if err != nil {
			return nil, err
		}
		numeric := m.ID == 0
		if count > 0 && numeric != all.numeric {
			return nil, ErrMixedReleases
		}
		all.numeric = numeric
		count++
		known := mentor{m.UniqueID, m.Name}
		if m.ID != 0 {
			id := strconv.FormatInt(m.ID, 10)
			if known.reference == "" {
				known.reference = id
			}
			all.byID[id] = append(all.byID[id], known)
		}
		if m.UniqueID != "" {
			all.byID[strings.ToLower(m.UniqueID)] = append(all.byID[strings.ToLower(m.UniqueID)], known)
		}
		all.bySlug[m.Slug] = append(all.bySlug[m.Slug], known)
		all.byName[trim(m.Name)] = append(all.byName[trim(m.Name)], known)
	}
	return all, nil
}

// find returns the mentor to which an agent refers, by which requests refer to it.
func (all *mentors) find(a *Agent, argument string) (mentor, error) {
	reference := trim(a.Mentor)
	matches := all.byID[strings.ToLower(reference)]
	if id := strings.ToLower(reference); all.unlisted != nil && uniqueID.MatchString(id) {
		matches = []mentor{{reference: id}}
	}
	if len(matches) == 0 {
		seen := map[string]bool{}
		for _, match := range append(append([]mentor{}, all.bySlug[reference]...), all.byName[reference]...) {
			if !seen[match.reference] {
				seen[match.reference] = true
				matches = append(matches, match)
			}
		}
	}
	fail := func(reason string) (mentor, error) {
		return mentor{}, &api.ArgumentError{Argument: argument, Reason: reason}
	}
	switch {
	case len(matches) == 0 && all.unlisted != nil:
		return mentor{}, &api.ArgumentError{Argument: argument, Reason: fmt.Sprintf("refers to %q, which is no unique id, but the list of mentors is absent", reference), Err: all.unlisted}
	case len(matches) == 0:
		return fail(fmt.Sprintf("refers to %q, but no mentor has that id, slug or name", reference))
	case len(matches) > 1:
		var ids []string
		for _, match := range matches[:min(len(matches), 5)] {
			ids = append(ids, match.reference)
		}
		return fail(fmt.Sprintf("refers to %q, but %d mentors have that slug or name: use the unique id of one (%s)", reference, len(matches), strings.Join(ids, ", ")))
	case matches[0].reference == "":
		return fail(fmt.Sprintf("refers to %q, which has no unique id", reference))
	case all.numeric && a.MentorID == 0:
		return fail("needs mentor_id as well: this release of the service expects the numeric id of the mentor")
	}
	return matches[0], nil
}
