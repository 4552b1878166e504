package api_test

import (
	"fmt"

	"github.com/iblai/iblai-go/client/api"
)

// A secret is masked wherever it is printed, and revealed where it is needed.
func ExampleSecret() {
	secret := api.NewSecret("correct horse")
	fmt.Printf("%v %q\n", secret, struct{ Key api.Secret }{secret})
	fmt.Println(len(secret.Reveal()))
	// Output:
	// *** {***}
	// 13
}
