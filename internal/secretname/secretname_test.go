package secretname_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/iblai/iblai-go/internal/secretname"
)

func TestIs(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"callback_secret": true, "password": true, "userPassword": true, "access_token": true, "apiKey": true, "API-Key": true, "api_key": true, "credentials": true, "Authorization": true,
		"extra_headers": true, "private_key": true, "auth_type": true, "client-secret": true, "signing_keys": true, "jwt": true, "max_tokens": true, "X-Api-Key": true, "Ocp-Apim-Subscription-Key": true,
		"platform_key": false, "metadata_key": false, "key": false, "secretary": false, "author": false, "tokenizer": false, "authored_by": false, "id": false, "monkey": false,
	} {
		assert.Equal(t, want, secretname.Is(name), name)
	}
}
