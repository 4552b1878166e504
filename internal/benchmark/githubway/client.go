// Package githubway is a client of the service in go-github's style: structs of
// pointers, encoding/json, and go-github's own client below.
package githubway

import (
	"context"
	"net/http"

	"github.com/google/go-github/v89/github"
)

// Client is go-github's client with the service's base URL.
type Client struct{ github *github.Client }

// NewClient creates a client that uses httpClient, as in go-github's
// documentation.
func NewClient(baseURL, token string, httpClient *http.Client) (*Client, error) {
	c, err := github.NewClient(github.WithHTTPClient(httpClient), github.WithAuthToken(token), github.WithURLs(&baseURL, nil))
	if err != nil {
		return nil, err
	}
	return &Client{c}, nil
}

// Get decodes the resource at path into a T, like the methods of go-github's
// services.
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
