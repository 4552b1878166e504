package fleet

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"go.yaml.in/yaml/v3"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

// Export describes existing agents in a file: those with these ids, or, without
// ids, those of the fleet with this name and all that belong to no fleet. With
// [Fleet.Adopt], the agents become those of the fleet.
//
// Secrets are not exported: the file names an environment variable for each. An
// agent that a fleet can't describe is left out, with a note.
func Export(ctx context.Context, c *client.Client, name string, ids ...int64) (*Exported, error) {
	if !nameExpression.MatchString(name) {
		return nil, &api.ArgumentError{Argument: "name", Reason: nameRule}
	}
	e := &exporter{fleet: name, keys: map[int64]string{}, used: map[string]bool{}, result: &Exported{IDs: map[string]int64{}}}
	if err := e.read(ctx, c, ids); err != nil {
		return nil, err
	}
	e.describe()
	var err error
	e.result.File, err = yaml.Marshal(e.file())
	if err != nil {
		return nil, fmt.Errorf("fleet: %w", err)
	}
	return e.result, nil
}

type exporter struct {
	fleet  string
	agents []*client.PeriodicAgent
	keys   map[int64]string // by id
	used   map[string]bool  // keys
	kept   []exported
	result *Exported
}

type exported struct {
	agent *client.PeriodicAgent
	Agent
}

func (e *exporter) note(format string, args ...any) {
	e.result.Notes = append(e.result.Notes, fmt.Sprintf(format, args...))
}

// read reads the agents that are to be exported, and gives each a key.
func (e *exporter) read(ctx context.Context, c *client.Client, ids []int64) error {
	if len(ids) > maxAgents {
		return &api.ArgumentError{Argument: "ids", Reason: fmt.Sprintf("has more than %d ids", maxAgents)}
	}
	for _, id := range ids {
		agent, err := c.PeriodicAgents.Get(ctx, id)
		if err != nil {
			return err
		}
		e.agents = append(e.agents, agent)
	}
	if len(ids) == 0 {
		for agent, err := range c.PeriodicAgents.All(ctx, nil) {
			if err != nil {
				return err
			}
			if markers := markersOf(agent); len(markers) > 0 && markers[0].fleet != e.fleet {
				continue
			}
			if e.agents = append(e.agents, agent); len(e.agents) > maxAgents {
				return &api.ArgumentError{Argument: "ids", Reason: fmt.Sprintf("is empty, but there are more than %d agents: choose some", maxAgents)}
			}
		}
	}
	slices.SortFunc(e.agents, func(a, b *client.PeriodicAgent) int { return cmp.Compare(a.ID, b.ID) })
	e.agents = slices.CompactFunc(e.agents, func(a, b *client.PeriodicAgent) bool { return a.ID == b.ID })
	for _, agent := range e.agents { // those with a marker first: their keys are taken
		markers := markersOf(agent)
		if len(markers) == 1 && markers[0].fleet == e.fleet && !e.used[markers[0].key] {
			e.setKey(agent.ID, markers[0].key)
		}
	}
	for _, agent := range e.agents {
		switch {
		case e.keys[agent.ID] != "":
		case len(markersOf(agent)) > 0:
			e.note("Agent %d is left out: its markers belong to another fleet, or to another agent as well.", agent.ID)
		default:
			key := keyOf(agent.Title)
			if e.used[key] {
				key = keyOf(agent.Title + " " + strconv.FormatInt(agent.ID, 10))
			}
			if e.used[key] {
				key = "agent-" + strconv.FormatInt(agent.ID, 10)
			}
			e.setKey(agent.ID, key)
			e.result.IDs[key] = agent.ID
		}
	}
	return nil
}

func (e *exporter) setKey(id int64, key string) {
	e.keys[id] = key
	e.used[key] = true
}

// keyOf makes a key from a title. A long title loses its beginning.
func keyOf(title string) string {
	key := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return unicode.ToLower(r)
		}
		return '-'
	}, title)
	for strings.Contains(key, "--") {
		key = strings.ReplaceAll(key, "--", "-")
	}
	key = strings.Trim(key[max(0, len(key)-40):], "-")
	if key == "" {
		return "agent"
	}
	return key
}

// describe describes the agents, leaving out those that a fleet can't describe and
// those that run after them.
func (e *exporter) describe() {
	left := map[string]bool{}
	leaveOut := func(agent *client.PeriodicAgent, reason string) {
		key := e.keys[agent.ID]
		left[key] = true
		delete(e.result.IDs, key)
		e.note("Agent %d is left out: %s.", agent.ID, reason)
	}
	for _, agent := range e.agents {
		key, ok := e.keys[agent.ID]
		if !ok {
			continue
		}
		described, err := e.agent(agent)
		if err != nil {
			leaveOut(agent, err.Error())
			continue
		}
		described.Key = key
		e.kept = append(e.kept, exported{agent, *described})
	}
	for again := true; again; {
		again = false
		e.kept = slices.DeleteFunc(e.kept, func(x exported) bool {
			if x.After == nil || !left[x.After.Key] {
				return false
			}
			leaveOut(x.agent, "it runs after "+x.After.Key+", which is left out")
			again = true
			return true
		})
	}
	f := &Fleet{Name: e.fleet}
	for _, x := range e.kept {
		f.Agents = append(f.Agents, x.Agent)
		if x.Callback != nil && x.Callback.Env != "" {
			e.note("Agent %d has a callback_secret: set the environment variable %s.", x.agent.ID, x.Callback.Env)
		}
		if x.agent.Mentor.ID == 0 {
			e.note("Agent %d needs mentor_id, the numeric id of its mentor, which this release of the service does not return.", x.agent.ID)
		}
	}
	if err := f.Validate(); err != nil { // a cycle
		e.note("The fleet has to be edited: %v.", err)
	}
}

// agent describes an agent. The error says why it can't.
func (e *exporter) agent(agent *client.PeriodicAgent) (*Agent, error) {
	schedule, err := agent.Task.Crontab.Fields().Parse()
	if err != nil {
		return nil, err
	}
	a := &Agent{
		Key:         "key",
		Title:       withoutMarkers(agent.Title),
		Mentor:      agent.Mentor.UniqueID,
		Description: withoutMarkers(agent.Description),
		Prompt:      trim(agent.Prompt),
		Schedule:    schedule.Fields(),
		Disabled:    !agent.Task.Enabled,
		OneOff:      agent.Task.OneOff,
	}
	if a.Mentor == "" && agent.Mentor.ID != 0 {
		a.Mentor = strconv.FormatInt(agent.Mentor.ID, 10)
	}
	if agent.CallbackURL != "" {
		a.Callback = &Callback{URL: agent.CallbackURL}
		if !agent.CallbackSecret.IsZero() {
			a.Callback.Env = "CALLBACK_SECRET_" + strings.ToUpper(strings.NewReplacer("-", "_", ".", "_").Replace(e.keys[agent.ID]))
		}
	} else if !agent.CallbackSecret.IsZero() {
		e.note("Agent %d has a callback_secret, but no callback_url: the fleet removes the secret.", agent.ID)
	}
	if agent.PreviousAgent != nil {
		key, ok := e.keys[*agent.PreviousAgent]
		if !ok {
			return nil, fmt.Errorf("it runs after agent %d, which is not exported", *agent.PreviousAgent)
		}
		a.After = &After{Key: key, Status: agent.PreviousAgentStatus}
	}
	var errs []error
	a.check(time.Now(), func(field, text string) { errs = append(errs, fmt.Errorf("%s: %s", field, text)) })
	return a, errors.Join(errs...)
}

// file returns the exported agents as they are written.
func (e *exporter) file() any {
	type afterEntry struct {
		Key    string `yaml:"key"`
		Status string `yaml:"status"`
	}
	type callbackEntry struct {
		URL       textNode `yaml:"url"`
		SecretEnv string   `yaml:"secret_env,omitempty"`
	}
	type agentEntry struct {
		Key         string         `yaml:"key"`
		Title       textNode       `yaml:"title"`
		Mentor      textNode       `yaml:"mentor"`
		Description textNode       `yaml:"description,omitempty"`
		Prompt      textNode       `yaml:"prompt,omitempty"`
		Schedule    textNode       `yaml:"schedule"`
		After       *afterEntry    `yaml:"after,omitempty"`
		Callback    *callbackEntry `yaml:"callback,omitempty"`
		Enabled     *bool          `yaml:"enabled,omitempty"`
		OneOff      bool           `yaml:"one_off,omitempty"`
	}
	file := struct {
		Fleet  string       `yaml:"fleet"`
		Agents []agentEntry `yaml:"agents"`
	}{Fleet: e.fleet, Agents: []agentEntry{}}
	for _, x := range e.kept {
		schedule, _ := x.Schedule.Parse() // it was parsed before
		entry := agentEntry{
			Key: x.Key, Title: textNode(x.Title), Mentor: textNode(x.Mentor), Description: textNode(x.Description),
			Prompt: textNode(x.Prompt), Schedule: textNode(schedule.String()), OneOff: x.OneOff,
		}
		if x.After != nil {
			entry.After = &afterEntry{x.After.Key, string(x.After.Status)}
		}
		if x.Callback != nil {
			entry.Callback = &callbackEntry{textNode(x.Callback.URL), x.Callback.Env}
		}
		if x.Disabled {
			entry.Enabled = new(false)
		}
		file.Agents = append(file.Agents, entry)
	}
	return file
}

// A textNode is a string that is written so that it is read back unchanged: a text
// of several lines as a block, and one with unusual characters in quotes.
type textNode string

// MarshalYAML chooses the style.
func (t textNode) MarshalYAML() (any, error) {
	text := string(t)
	node := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text, Style: yaml.DoubleQuotedStyle}
	plain := true
	for _, r := range text {
		plain = plain && (r == '\n' || unicode.IsPrint(r))
	}
	blank := strings.HasPrefix(text, " ") || strings.Contains(text, " \n") || strings.Contains(text, "\n ") || strings.Contains(text, "\n\n\n")
	switch {
	case !plain || blank:
	case strings.Contains(text, "\n"):
		node.Style = yaml.LiteralStyle
	default:
		node.Style = 0
	}
	return node, nil
}
