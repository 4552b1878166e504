// Package githubway reads the service as go-github reads GitHub: structs that are all pointers, encoding/json, and
// go-github's own client underneath.
package githubway

import (
	"context"
	"net/http"

	"github.com/google/go-github/v89/github"
)

// Client is go-github's, pointed at the service.
type Client struct{ github *github.Client }

// NewClient makes a client that sends by httpClient, as go-github's documentation sets one up.
func NewClient(baseURL, token string, httpClient *http.Client) (*Client, error) {
	c, err := github.NewClient(github.WithHTTPClient(httpClient), github.WithAuthToken(token), github.WithURLs(&baseURL, nil))
	if err != nil {
		return nil, err
	}
	return &Client{c}, nil
}

// Get reads what is at path into a T, as the methods of go-github's services do.
func Get[T any](ctx context.Context, c *Client, path string) (*T, error) {
	request, err := c.github.NewRequest(ctx, http.MethodGet, path, nil)
	if err != nil {
		return nil, err
	}
	out := new(T)
	if _, err := c.github.Do(request, out); err != nil {
		return nil, err
	}
	return out, nil
}
