package control

import (
	"context"
	"net/http"

	"github.com/iblai/iblai-go/client/sandbox"
	"github.com/iblai/iblai-go/internal/document"
	"github.com/iblai/iblai-go/internal/sandboxd/seed"
)

// seedTypes are the media types of a seed.
var seedTypes = map[string]document.Format{"application/json": document.JSON, "application/yaml": document.YAML}

// loadSeed replaces the sandbox with one in the state of the seed in the body.
func (c *call) loadSeed() (any, error) {
	format, err := c.format(seedTypes)
	if err != nil {
		return nil, err
	}
	text, err := c.readBody(seed.MaxSize)
	if err != nil {
		return nil, err
	}
	return c.runJob("seed", 0, nil, func(ctx context.Context) (any, error) {
		err := c.replace(ctx, func(old *sandbox.Sandbox) (*seed.Sandbox, error) {
			read, err := seed.Read(document.Body("seed"), text, format)
			if err != nil {
				return nil, errorf(http.StatusBadRequest, "%v", err)
			}
			read.InboxURL = c.inboxURL()
			sb, err := read.NewSandbox(old.Accounts())
			if err != nil {
				return nil, errorf(http.StatusBadRequest, "%v", err)
			}
			return sb, nil
		})
		if err != nil {
			return nil, err
		}
		return c.newStatusBody(c.Sandbox()), nil
	})
}

// resetSandbox replaces the sandbox with one in the state of the initial seed.
func (c *call) resetSandbox() (any, error) {
	if err := c.emptyBody(); err != nil {
		return nil, err
	}
	return c.runJob("reset", 0, nil, func(ctx context.Context) (any, error) {
		if err := c.reset(ctx); err != nil {
			return nil, err
		}
		return c.newStatusBody(c.Sandbox()), nil
	})
}
