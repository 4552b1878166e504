package main

import (
	"net/http"

	"github.com/iblai/iblai-go/client/sandbox"
)

// reseed replaces the sandbox by what the body says.
func (c *call) reseed() (any, error) {
	as, err := c.mediaType(map[string]format{"application/json": formatJSON, "application/yaml": formatYAML})
	if err != nil {
		return nil, err
	}
	text, err := c.readBody(maxSeed)
	if err != nil {
		return nil, err
	}
	err = c.replace(func(old *sandbox.Sandbox) (*sandbox.Sandbox, error) {
		r, err := readSeed(bodySource("seed"), text, as)
		if err != nil {
			return nil, refuse(http.StatusBadRequest, "%v", err)
		}
		sb, err := r.build(old.Accounts())
		if err != nil {
			return nil, refuse(http.StatusBadRequest, "%v", err)
		}
		return sb, nil
	})
	if err != nil {
		return nil, err
	}
	return c.statusOf(c.current.Load()), nil
}

// reset replaces the sandbox by what it was at the start of the program.
func (c *call) reset() (any, error) {
	if err := c.body(func(v *value) { v.object(nil) }); err != nil {
		return nil, err
	}
	if err := c.platform.reset(); err != nil {
		return nil, err
	}
	return c.statusOf(c.current.Load()), nil
}
