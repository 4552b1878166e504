package client

import (
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/iblai/iblai-go/client/api"
)

const (
	// DefaultBaseURL is the address of the production service.
	DefaultBaseURL = "https://base.manager.iblai.app"
	// DefaultAuthScheme is the authentication scheme of the production service.
	DefaultAuthScheme = "Api-Token"
	// Version is the SDK's version.
	Version = "0.1.0"

	userAgent = "iblai-go/" + Version
)

// Client calls the API with one API key. It is safe for concurrent use. A
// program should create it once and keep it, since it keeps connections open.
type Client struct {
	// PeriodicAgents calls the operations on periodic agents.
	PeriodicAgents *PeriodicAgentsService
	// PeriodicAgentLogs calls the operations on the logs of their runs.
	PeriodicAgentLogs *PeriodicAgentLogsService
	// PinnedMessages calls the operations on pinned chat sessions.
	PinnedMessages *PinnedMessagesService
	// Mentors calls the operations on mentors.
	Mentors *MentorsService

	transport *transport
	call      *callSettings
}

// New returns a client. [WithAPIKey], [WithOrg] and [WithUsername] are required.
// An invalid or missing option is an [*api.ArgumentError] that names it. New
// sends nothing: a wrong key shows at the first call.
func New(opts ...Option) (*Client, error) {
	s, err := newSettings(opts)
	if err != nil {
		return nil, err
	}
	return newClient(s, "WithAPIKey", "WithOrg", "WithUsername")
}

// newClient returns a client with these settings. The names are for the error
// that says what is missing.
func newClient(s *clientSettings, apiKey, org, username string) (*Client, error) {
	var missing []string
	for _, needed := range [][2]string{{apiKey, s.apiKey}, {org, s.call.org}, {username, s.call.userID}} {
		if name, value := needed[0], needed[1]; value == "" {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return nil, &api.ArgumentError{Argument: strings.Join(missing, ", "), Reason: "missing"}
	}
	c := &Client{transport: newTransport(s), call: &s.call}
	c.PeriodicAgents = &PeriodicAgentsService{c}
	c.PeriodicAgentLogs = &PeriodicAgentLogsService{c}
	c.PinnedMessages = &PinnedMessagesService{c}
	c.Mentors = &MentorsService{c}
	return c, nil
}

// Format writes the base URL, whatever the verb: options may hold secrets.
func (c Client) Format(f fmt.State, _ rune) {
	address := "no address"
	if c.transport != nil {
		address = c.transport.base.String()
	}
	_, _ = io.WriteString(f, "client for "+address)
}

// BaseURL returns the service's address.
func (c *Client) BaseURL() *url.URL {
	if c.transport == nil {
		return new(url.URL)
	}
	u := *c.transport.base
	return &u
}

// Org returns the org of calls that no option directs to another one.
func (c *Client) Org() string {
	if c.call == nil {
		return ""
	}
	return c.call.org
}

// settingsFor returns the settings of a call with opts, which apply applies.
func settingsFor[O comparable](c *Client, opts []O, apply func(O, *callSettings) error) (*callSettings, error) {
	if c == nil || c.transport == nil {
		return nil, &api.ArgumentError{Argument: "client", Reason: "is not made by New or FromEnv"}
	}
	if len(opts) == 0 {
		return c.call, nil
	}
	s := c.call.clone()
	err := applyOptions(&s, opts, apply)
	if s.response != nil {
		*s.response = Response{}
	}
	if err != nil {
		return nil, err
	}
	return &s, nil
}
