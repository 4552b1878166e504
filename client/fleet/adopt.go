package fleet

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

// Adopt takes agents that exist into the fleet: it adds the markers of their keys to
// their descriptions, and changes nothing else. The next plan has all that differs.
//
// It checks all agents before it changes the first one. An agent that already has
// that marker is left as it is, so that Adopt can be repeated.
func (f *Fleet) Adopt(ctx context.Context, c *client.Client, ids map[string]int64) error {
	if err := f.validate(time.Now()); err != nil {
		return err
	}
	agents, err := readAgents(ctx, c, f.Name)
	if err != nil {
		return err
	}
	updates := map[int64]*client.PeriodicAgentUpdateRequest{}
	var errs []error
	for _, key := range slices.Sorted(maps.Keys(ids)) {
		id := ids[key]
		fail := func(format string, args ...any) {
			errs = append(errs, &api.ArgumentError{Argument: "ids[" + key + "]", Reason: fmt.Sprintf(format, args...)})
		}
		if !slices.ContainsFunc(f.Agents, func(a Agent) bool { return a.Key == key }) {
			fail("is not a key of the fleet")
			continue
		}
		if _, ok := updates[id]; ok {
			fail("is agent %d, which another key has as well", id)
			continue
		}
		for _, other := range agents.owned[key] {
			if other.ID != id {
				fail("is agent %d, but agent %d has the marker of the key", id, other.ID)
			}
		}
		update, err := adoption(ctx, c, marker{f.Name, key}, id)
		if failed, ok := errors.AsType[*api.ArgumentError](err); ok {
			fail("%s", failed.Reason)
		} else if err != nil {
			return err
		}
		updates[id] = update
	}
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	for _, key := range slices.Sorted(maps.Keys(ids)) {
		update := updates[ids[key]]
		if update == nil {
			continue
		}
		if _, err := c.PeriodicAgents.Update(ctx, ids[key], update); err != nil {
			errs = append(errs, fmt.Errorf("adopt %s: %w", key, err))
		}
	}
	return errors.Join(errs...)
}

// adoption returns the update that adds a marker to an agent, or nil if the agent
// has it.
func adoption(ctx context.Context, c *client.Client, m marker, id int64) (*client.PeriodicAgentUpdateRequest, error) {
	fail := func(format string, args ...any) (*client.PeriodicAgentUpdateRequest, error) {
		return nil, &api.ArgumentError{Argument: "ids", Reason: fmt.Sprintf(format, args...)}
	}
	agent, err := c.PeriodicAgents.Get(ctx, id)
	if errors.Is(err, client.ErrNotFound) {
		return fail("is agent %d, which does not exist", id)
	} else if err != nil {
		return nil, err
	}
	switch markers := markersOf(agent); {
	case len(markers) > 0 && (len(markers) > 1 || markers[0] != m):
		return fail("is agent %d, which has other markers: %s", id, joined(markers))
	case len(markers) > 0:
		return nil, nil
	case !lacksDescription(agent):
		return &client.PeriodicAgentUpdateRequest{Description: new(m.inDescription(agent.Description))}, nil
	}
	title := m.inTitle(agent.Title)
	if utf8.RuneCountInString(title) > maxTitle {
		return fail("is agent %d, whose title is too long for a marker", id)
	}
	return &client.PeriodicAgentUpdateRequest{Title: &title}, nil
}
