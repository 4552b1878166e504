// Package callback receives the callbacks of periodic agents, and tells the
// genuine ones from forged ones.
//
// An agent with a callback_url has the platform POST an event there when a run
// ends. With a callback_secret it is signed: the header X-Hub-Signature-256
// carries the HMAC-SHA256 of the body. The body is signed, not encrypted, so
// the URL should be https.
//
// [Handler] does all of it: it takes POST requests of a bounded size, checks
// the signature before it looks at anything else, and calls a function with the
// [Event].
//
//	verifier, err := callback.NewVerifier(callback.Secret(os.Getenv("CALLBACK_SECRET")))
//	if err != nil {
//		log.Fatal(err)
//	}
//	http.Handle("/callbacks", callback.Handler(verifier, func(ctx context.Context, event *callback.Event) error {
//		return store(ctx, event)
//	}))
//
// Where there is no [net/http], as in a function that a gateway calls,
// [Verifier.Verify] and [ParseEvent] do the two parts of it.
//
// # Replays and duplicates
//
// A signature doesn't expire: whoever has recorded a callback can send it
// again. [WithMaxAge] refuses it when it is old, [WithDeduplication] while it is
// young; use both where handling an event twice does harm.
//
// # What gets lost
//
// The platform doesn't promise to deliver again what a receiver failed to take,
// and it can't tell a receiver that is down what it has missed. A program that
// may not miss a run must read the periodic agent's logs as well.
//
// # Testing
//
// [NewRequest] makes a callback as the platform sends it, [Sign] its signature.
package callback
