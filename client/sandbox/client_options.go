package sandbox

import (
	"net/http"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/sandbox/internal/memory"
)

// memoryURL is the base URL of clients whose requests stay in memory.
const memoryURL = "http://127.0.0.1"

// ClientOptions returns the options for a client of the first account, for
// [client.New]. The client's requests are served in memory until the sandbox is
// closed: there is no port, and they work inside testing/synctest, where latency,
// retries and timeouts take no real time.
func (s *Sandbox) ClientOptions() []client.Option {
	return clientOptions(s.service.accounts.first(), s.inMemory()...)
}

// ClientOptionsFor returns the same options for a client of another account. If
// there is no such account, it returns an [*api.ArgumentError].
func (s *Sandbox) ClientOptionsFor(org, username string) ([]client.Option, error) {
	a, err := s.service.accounts.find(org, username)
	if err != nil {
		return nil, err
	}
	return clientOptions(a, s.inMemory()...), nil
}

// HTTPClient returns an HTTP client whose requests the sandbox serves in memory until
// it is closed, whatever their host is.
func (s *Sandbox) HTTPClient() *http.Client {
	s.memory.Lock()
	defer s.memory.Unlock()
	if s.memory.server == nil {
		s.memory.server = memory.Serve(s)
	}
	return &http.Client{Transport: s.memory.server.Transport()}
}

func (s *Sandbox) inMemory() []client.Option {
	return []client.Option{client.WithBaseURL(memoryURL), client.WithHTTPClient(s.HTTPClient())}
}

// closeMemory stops the in-memory server, if there is one.
func (s *Sandbox) closeMemory() {
	s.memory.Lock()
	defer s.memory.Unlock()
	if s.memory.server != nil {
		s.memory.server.Stop()
	}
}

func clientOptions(a Account, opts ...client.Option) []client.Option {
	return append(opts, client.WithAPIKey(a.APIKey.Reveal()), client.WithOrg(a.Org), client.WithUsername(a.Username))
}
