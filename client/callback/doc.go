// Package callback receives the callbacks of periodic agents and verifies their
// signatures.
//
// If an agent has a callback_url, the platform POSTs an event there when a run
// ends. If it also has a callback_secret, the header X-Hub-Signature-256 carries
// the HMAC-SHA256 of the body. The body is signed, not encrypted: use https.
//
// A [Handler] receives callbacks. It accepts POST requests of a limited size,
// verifies the signature before it parses the body, and calls a function with
// the [Event]:
//
//	verifier, err := callback.NewVerifier(api.NewSecret(os.Getenv("CALLBACK_SECRET")))
//	if err != nil {
//		log.Fatal(err)
//	}
//	handler, err := callback.NewHandler(verifier, func(ctx context.Context, event *callback.Event) error {
//		fmt.Println(event.LogID, event.Status)
//		return nil
//	})
//	if err != nil {
//		log.Fatal(err)
//	}
//	mux := http.NewServeMux()
//	mux.Handle("/callbacks", handler)
//	server := &http.Server{
//		Addr:              ":8080",
//		Handler:           mux,
//		ReadHeaderTimeout: 10 * time.Second,
//		ReadTimeout:       time.Minute,
//	}
//	log.Fatal(server.ListenAndServe())
//
// Without [net/http], as in a function behind a gateway, call [Verifier.Verify]
// and then [ParseEvent].
//
// # Replays and duplicates
//
// A signature doesn't expire: whoever has recorded a callback can send it
// again. [WithMaxAge] refuses old replays, and [WithDeduplication] recognizes
// recent ones. Use both if handling an event twice does harm.
//
// # Lost callbacks
//
// The platform doesn't promise to redeliver a callback that failed, and it
// sends nothing that a receiver missed while it was down. A program that must
// not miss a run must also read the logs of the periodic agents; package runs
// does both.
//
// # Logs and metrics
//
// A handler reports the [Outcome] of every request. By default it logs refused
// callbacks and failures to [slog.Default]. [WithLogger] replaces that logger,
// and [WithObserver] passes outcomes to a function.
//
// # Errors
//
// An invalid argument of a constructor, an option, [Sign] or [NewRequest] is
// reported as an [*api.ArgumentError]. It wraps
//
//	ErrNoSecret            a secret is missing or empty
//	ErrShortSecret         a secret is too short to be safe
//
// [Verifier.Verify] returns, and a handler reports with the status 401,
//
//	ErrNoSignature         the header is missing or empty
//	ErrMalformedSignature  the header has another form, or is repeated
//	ErrSignatureMismatch   no secret has signed this body
//
// [ParseEvent] returns, and a handler reports with the status 400,
//
//	ErrMalformedPayload    the body isn't one JSON object
//
// A handler also reports these errors, with the status of its response:
//
//	ErrMethodNotAllowed    405  the request isn't a POST
//	ErrBodyTooLarge        413  the body exceeds the limit of WithMaxBody
//	ErrBodyUnreadable      400  the body ended early
//	                       408  the body was slower than the read timeout
//	ErrNoTimestamp         400  WithMaxAge: the timestamp is missing or invalid
//	ErrTooOld              400  WithMaxAge: the event is too old
//	ErrInFuture            400  WithMaxAge: the event is from the future
//	ErrDuplicate           204  the event has been handled before
//	ErrInProgress          503  another delivery of the event is being handled
//	ErrStoreFull           503  the capacity of the MemoryStore is used up
//	ErrPanicked              –  the function panicked
//
// An error of the function is reported with 500. An error of the [Store] is
// reported with 503 if it failed to claim the event, with 204 if it failed to
// mark it as done, and beside the function's error if it failed to release it.
//
// # Testing
//
// [NewRequest] returns a callback as the platform sends it, and [Sign] returns a
// signature.
package callback
