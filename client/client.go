package client

import (
	"fmt"
	"io"
	"net/url"
	"strings"
)

const (
	// DefaultBaseURL is the production service.
	DefaultBaseURL = "https://base.manager.iblai.app"
	// DefaultAuthScheme is the word before the key in the Authorization header.
	DefaultAuthScheme = "Api-Token"
	// Version is the SDK's.
	Version = "0.1.0"

	userAgent = "iblai-go/" + Version
)

// Client calls the API for one key. It is safe for concurrent use, and is meant
// to be made once and kept.
type Client struct {
	// PeriodicAgents are mentors on a schedule.
	PeriodicAgents *PeriodicAgentsService
	// PeriodicAgentLogs are what their runs did.
	PeriodicAgentLogs *PeriodicAgentLogsService
	// PinnedMessages are chat sessions that a user has pinned.
	PinnedMessages *PinnedMessagesService
	// Mentors are what agents run.
	Mentors *MentorsService

	transport *transport
	call      *callSettings
}

// New makes a client. [WithAPIKey], [WithOrg] and [WithUsername] are needed;
// every fault of an option is an [*ArgumentError] that names it.
func New(opts ...Option) (*Client, error) {
	s, err := newSettings(opts)
	if err != nil {
		return nil, err
	}
	return newClient(s, "WithAPIKey", "WithOrg", "WithUsername")
}

// newClient makes a client of s. The names are those under which the caller
// knows what may be missing.
func newClient(s *settings, apiKey, org, username string) (*Client, error) {
	var missing []string
	for _, needed := range [][2]string{{apiKey, s.apiKey}, {org, s.call.org}, {username, s.call.userID}} {
		if name, value := needed[0], needed[1]; value == "" {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return nil, &ArgumentError{Argument: strings.Join(missing, ", "), Reason: "missing"}
	}
	c := &Client{transport: newTransport(s), call: &s.call}
	c.PeriodicAgents = &PeriodicAgentsService{c}
	c.PeriodicAgentLogs = &PeriodicAgentLogsService{c}
	c.PinnedMessages = &PinnedMessagesService{c}
	c.Mentors = &MentorsService{c}
	return c, nil
}

// Format prints where the service is and nothing else, whatever the verb: options
// may hold what must not be seen.
func (c Client) Format(f fmt.State, _ rune) {
	address := "nowhere"
	if c.transport != nil {
		address = c.transport.base.String()
	}
	_, _ = io.WriteString(f, "client of "+address)
}

// BaseURL is where the service is.
func (c *Client) BaseURL() *url.URL {
	u := *c.transport.base
	return &u
}

// settingsFor are the settings of a call with opts.
func (c *Client) settingsFor(opts []CallOption) (*callSettings, error) {
	if len(opts) == 0 {
		return c.call, nil
	}
	s := c.call.clone()
	for _, opt := range opts {
		if err := opt.apply(&s); err != nil {
			return nil, err
		}
	}
	return &s, nil
}
