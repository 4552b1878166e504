package client_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

func TestCheckCallbackURL(t *testing.T) {
	t.Parallel()
	const host = "https://hooks.example.edu/"
	for callbackURL, want := range map[string]string{
		host:                                   "",
		" http://127.0.0.1:8080/runs?a=b@c#d ": "",
		"https://[::1]/@":                      "",
		host + strings.Repeat("ä", 200-len(host)): "",
		host + strings.Repeat("x", 201-len(host)): "has more than 200 characters",
		"":                              "is empty",
		" \n":                           "is empty",
		"hooks.example.edu/runs":        "must be an http or https URL",
		"ftp://hooks.example.edu":       "must be an http or https URL",
		"https:///runs":                 "must be an http or https URL",
		"https:hooks.example.edu":       "must be an http or https URL",
		"https://hooks.example.edu:x/":  "must be an http or https URL",
		"https://ada:hush%zz@hooks.edu": "must be an http or https URL",
		"https://ada:hush@hooks.edu/":   "must not have a user or password in it; have the callbacks signed with a secret",
		"https://hush@hooks.edu":        "must not have a user or password in it; have the callbacks signed with a secret",
		"https://@hooks.edu":            "must not have a user or password in it; have the callbacks signed with a secret",
	} {
		err := client.CheckCallbackURL(callbackURL)
		if want == "" {
			assert.NoError(t, err, callbackURL)
			continue
		}
		require.EqualError(t, err, "ibl.ai: callback_url "+want, callbackURL)
		assert.ErrorAs(t, err, new(*api.ArgumentError))
	}
}
