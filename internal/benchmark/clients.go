package main

import (
	"context"
	"net/http"

	"github.com/iblai/iblai-go/client"

	"github.com/iblai/iblai-go/internal/benchmark/githubway"
	"github.com/iblai/iblai-go/internal/benchmark/memory"
	"github.com/iblai/iblai-go/internal/benchmark/oapi"
	"github.com/iblai/iblai-go/internal/benchmark/ogen"
)

const (
	baseURL = "https://base.manager.iblai.app"
	org     = "acme"
	user    = "ada"
	apiKey  = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
)

// clients are the clients that are compared. Each receives the same response to
// every request, without a network.
type clients struct {
	http   *http.Client
	ours   *client.Client
	oapi   *oapi.ClientWithResponses
	ogen   *ogen.Client
	github *githubway.Client
}

func newClients(answer []byte) (*clients, error) {
	c := &clients{http: memory.Client(answer)}
	var err error
	c.ours, err = client.New(client.WithHTTPClient(c.http), client.WithAPIKey(apiKey), client.WithOrg(org), client.WithUsername(user))
	if err != nil {
		return nil, err
	}
	if c.oapi, err = oapi.NewClientWithResponses(baseURL, oapi.WithHTTPClient(c.http), oapi.WithRequestEditorFn(authorize)); err != nil {
		return nil, err
	}
	if c.ogen, err = ogen.NewClient(baseURL, security{}, ogen.WithClient(c.http)); err != nil {
		return nil, err
	}
	c.github, err = githubway.NewClient(baseURL+"/", apiKey, c.http)
	return c, err
}

// authorize sets the API key of a request.
func authorize(_ context.Context, r *http.Request) error {
	r.Header.Set("Authorization", "Api-Token "+apiKey)
	return nil
}

// security provides the API key to ogen's client.
type security struct{}

// PlatformApiKeyAuthentication returns the key.
func (security) PlatformApiKeyAuthentication(context.Context, ogen.OperationName) (ogen.PlatformApiKeyAuthentication, error) { //nolint:staticcheck // ogen requires the name
	return ogen.PlatformApiKeyAuthentication{APIKey: "Api-Token " + apiKey}, nil
}
