package fleet

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/iblai/iblai-go/client"
)

// ErrMixedReleases is returned when the service's responses are of different
// releases, as while it is updated, so that markers can't be read reliably. Try
// again later.
var ErrMixedReleases = errors.New("fleet: the service responds as different releases, as while it is updated; try again later")

// stored has the agents of an org, as one fleet sees them.
type stored struct {
	count        int
	titleMarkers bool                               // the release has no descriptions
	owned        map[string][]*client.PeriodicAgent // the agents of the fleet, by key
	unclear      []Problem                          // agents with markers of this fleet and of others
	dependents   map[int64][]int64                  // ids of agents outside the fleet, by their previous agent
	titles       map[string]int64                   // ids of agents without a marker, by title
}

// readAgents reads all agents of the org. It keeps those of the fleet only.
func readAgents(ctx context.Context, c *client.Client, fleet string) (*stored, error) {
	s := &stored{owned: map[string][]*client.PeriodicAgent{}, dependents: map[int64][]int64{}, titles: map[string]int64{}}
	for a, err := range c.PeriodicAgents.All(ctx, nil) {
		if err != nil {
			return nil, err
		}
		if s.count > 0 && s.titleMarkers != lacksDescription(a) {
			return nil, ErrMixedReleases
		}
		s.titleMarkers = lacksDescription(a)
		s.count++
		s.add(a, fleet)
	}
	for _, agents := range s.owned {
		slices.SortFunc(agents, func(a, b *client.PeriodicAgent) int { return cmp.Compare(a.ID, b.ID) })
	}
	return s, nil
}

func (s *stored) add(a *client.PeriodicAgent, fleet string) {
	markers := markersOf(a)
	ours := slices.ContainsFunc(markers, func(m marker) bool { return m.fleet == fleet })
	if ours && len(markers) == 1 {
		s.owned[markers[0].key] = append(s.owned[markers[0].key], a)
		return
	}
	if a.PreviousAgent != nil {
		s.dependents[*a.PreviousAgent] = append(s.dependents[*a.PreviousAgent], a.ID)
	}
	if len(markers) == 0 {
		s.titles[trim(a.Title)] = a.ID
	}
	if ours {
		s.unclear = append(s.unclear, Problem{
			Key:  markers[slices.IndexFunc(markers, func(m marker) bool { return m.fleet == fleet })].key,
			IDs:  []int64{a.ID},
			Text: fmt.Sprintf("agent %d has several markers: %s; remove all but one", a.ID, joined(markers)),
		})
	}
}

func joined(markers []marker) string {
	var texts []string
	for _, m := range markers {
		texts = append(texts, m.String())
	}
	return strings.Join(texts, ", ")
}

type ownedAgent struct {
	key   string
	agent *client.PeriodicAgent
}

// removed returns the agents whose keys the fleet no longer has: each before the one
// that it runs after, since deleting that one changes it.
func (s *stored) removed(f *Fleet) []ownedAgent {
	owned := maps.Clone(s.owned)
	for i := range f.Agents {
		delete(owned, f.Agents[i].Key)
	}
	var removed []ownedAgent
	previous := map[int64]int64{}
	for _, key := range slices.Sorted(maps.Keys(owned)) {
		for _, a := range owned[key] {
			removed = append(removed, ownedAgent{key, a})
			if a.PreviousAgent != nil {
				previous[a.ID] = *a.PreviousAgent
			}
		}
	}
	depth := func(id int64) (n int) {
		for ok := true; ok && n <= len(previous); n++ { // at most, if it is a cycle
			id, ok = previous[id]
		}
		return n
	}
	slices.SortStableFunc(removed, func(a, b ownedAgent) int { return cmp.Compare(depth(b.agent.ID), depth(a.agent.ID)) })
	return removed
}

// lacksDescription reports whether the agent comes from a release without
// descriptions: fields that were added together with it are absent too.
func lacksDescription(a *client.PeriodicAgent) bool {
	return a.Description == "" && a.CreatedAt.Text() == "" && a.PlatformKey == ""
}

// version identifies the state of an agent. It contains nothing of secrets, since
// it is saved in plans: package json masks them.
func version(a *client.PeriodicAgent) (string, error) {
	text, err := json.Marshal(struct {
		ModifiedAt string
		Agent      *client.PeriodicAgentUpdateRequest
	}{a.ModifiedAt.Text(), a.UpdateRequest()})
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16]), nil
}

// hasRun reports whether an agent has a log.
func hasRun(ctx context.Context, c *client.Client, id int64) (bool, error) {
	page, err := c.PeriodicAgentLogs.List(ctx, &client.PeriodicAgentLogListParams{PeriodicAgent: id, PageSize: 1})
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(page.Results, func(l *client.PeriodicAgentLog) bool { return l.PeriodicAgent == id }), nil
}
