package api_test

import (
	"encoding/json"
	"fmt"

	"github.com/iblai/iblai-go/client/api"
)

// The Unknown field of a model holds the fields that this release of the SDK
// doesn't know. A program can read a field of a later release before the SDK has
// it. Printing the fields prints their names only.
func ExampleFields() {
	unknown := new(api.Fields)
	unknown.Set("priority", json.RawMessage(`3`))
	unknown.Set("tags", json.RawMessage(`["exam"]`))
	fmt.Println(unknown.Len(), unknown.Names(), unknown)

	if value, ok := unknown.Get("priority"); ok {
		var priority int
		if err := json.Unmarshal(value, &priority); err != nil {
			fmt.Println("priority has another type:", err)
			return
		}
		fmt.Println("priority", priority)
	}
	unknown.Delete("priority")
	for name, value := range unknown.All() {
		fmt.Println(name, string(value))
	}
	// Output:
	// 2 [priority tags] [priority tags]
	// priority 3
	// tags ["exam"]
}

// A configuration file may have the mask of a secret in place of the secret, if it
// was copied from a program's output.
func ExampleNewSecret() {
	for _, text := range []string{"4be1c0e0d2fa4e6c9d6b5b0a7a1f3c55", "***", ""} {
		secret := api.NewSecret(text)
		switch {
		case secret.IsZero():
			fmt.Println("no secret")
		case secret.IsMasked():
			fmt.Println("the mask of a secret")
		default:
			fmt.Println("a secret of", len(secret.Reveal()), "bytes")
		}
	}
	// Output:
	// a secret of 32 bytes
	// the mask of a secret
	// no secret
}

func ExampleStatus_IsFinal() {
	for _, status := range []api.Status{api.StatusSuccess, api.StatusError, api.StatusRunning} {
		fmt.Println(status, status.IsFinal())
	}
	// Output:
	// success true
	// error true
	// running false
}
