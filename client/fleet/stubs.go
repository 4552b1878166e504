package fleet

import (
	"context"
	"errors"

	"github.com/iblai/iblai-go/client"
)

// Plan compares the fleet with the agents of the client's org, and returns the
// changes that are needed. It changes nothing.
func (f *Fleet) Plan(ctx context.Context, c *client.Client) (*Plan, error) {
	return nil, errors.ErrUnsupported
}

// Apply makes the changes of the plan.
func (p *Plan) Apply(ctx context.Context, c *client.Client) (*Result, error) {
	return nil, errors.ErrUnsupported
}

// Adopt adds the fleet's markers to agents that exist, by key.
func (f *Fleet) Adopt(ctx context.Context, c *client.Client, ids map[string]int64) error {
	return errors.ErrUnsupported
}

// Export returns a file for agents that exist.
func Export(ctx context.Context, c *client.Client, name string, ids ...int64) (*Exported, error) {
	return nil, errors.ErrUnsupported
}

// String returns the plan as text for people.
func (p *Plan) String() string { return "" }

// String returns the result as text for people.
func (r *Result) String() string { return "" }
