package sandbox

import (
	"github.com/iblai/iblai-go/client/sandbox/internal/django"
	"github.com/iblai/iblai-go/client/sandbox/internal/timeline"
)

// A platform executes the operations of the API on the orgs of a store. It
// validates data, but knows nothing of HTTP requests.
type platform struct {
	store    *store
	timeline *timeline.Timeline
	runs     *runner
	events   *events
}

// now returns the time on the sandbox's clock.
func (p *platform) now() django.DateTime { return django.NewDateTime(p.timeline.Now()) }

// orgFor returns the org that an option names.
func (p *platform) orgFor(option, key string) (*org, error) {
	if o := p.store.orgs[key]; o != nil {
		return o, nil
	}
	return nil, invalid(option, "has org %q, which has no account", key)
}
