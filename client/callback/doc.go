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
//		return err
//	}
//	handler, err := callback.NewHandler(verifier, func(ctx context.Context, event *callback.Event) error {
//		fmt.Println(event.LogID, event.Status)
//		return nil
//	})
//	if err != nil {
//		return err
//	}
//	mux := http.NewServeMux()
//	mux.Handle("/callbacks", handler)
//	server := &http.Server{
//		Addr:              ":8080",
//		Handler:           mux,
//		ReadHeaderTimeout: 5 * time.Second,
//		ReadTimeout:       30 * time.Second,
//		WriteTimeout:      time.Minute,
//		IdleTimeout:       2 * time.Minute,
//	}
//	ctx, cancel := context.WithCancelCause(ctx) // ctx ends when the program is to stop
//	go func() { cancel(server.ListenAndServe()) }()
//	<-ctx.Done()
//	shutdown, done := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
//	defer done()
//	return errors.Join(context.Cause(ctx), server.Shutdown(shutdown))
//
// Without [net/http], as in a function behind a gateway, call [Verifier.Verify]
// and then [ParseEvent].
//
// # Replays and duplicates
//
// A signature doesn't expire, so that a recorded callback can be sent again.
// [WithMaxAge] refuses old replays, and [WithDeduplication] recognizes
// recent ones. Use both if handling an event twice does harm.
//
// # Limits
//
// By default a body may have 10 MiB and take 30 seconds to arrive, and all bodies
// together may take up 64 MiB until their signatures are verified. [WithMaxBody],
// [WithReadTimeout] and [WithMaxUnverified] change that. Before the body come the
// headers, which only the server can limit: set [http.Server.ReadHeaderTimeout].
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
// An invalid argument or option is an [*api.ArgumentError]. These are the other
// errors, with the status of the handler's response when it reports them:
//
//	ErrNoSecret            500       a secret is missing or empty, or the Handler is zero
//	ErrShortSecret         –         a secret is too short to be safe
//	ErrNoSignature         401       the signature header is missing or empty
//	ErrMalformedSignature  401       the header has another form, or is repeated
//	ErrSignatureMismatch   401       no secret has signed this body
//	ErrMethodNotAllowed    405       the request isn't a POST
//	ErrBodyTooLarge        413       the body exceeds the limit of WithMaxBody
//	ErrBodyUnreadable      400, 408  the body ended early, or was too slow
//	ErrMalformedPayload    400       the body isn't one JSON object
//	ErrNoTimestamp         400       WithMaxAge: no timestamp that can be parsed
//	ErrTooOld              400       WithMaxAge: the event is too old
//	ErrInFuture            400       WithMaxAge: the event is from the future
//	ErrDuplicate           204       the event has been handled before
//	ErrInProgress          503       another delivery of the event is being handled
//	ErrStoreFull           503       events in progress fill the MemoryStore
//	ErrStoreHangs          204, 503  the store has not returned in time
//	ErrOverloaded          503       bodies exceed the limit of WithMaxUnverified
//	ErrPanicked            500       the function panicked
//
// [NewVerifier], [Sign] and [NewRequest] return the errors about secrets inside an
// ArgumentError. [Verifier.Verify] returns those about signatures, and
// [ParseEvent] returns ErrMalformedPayload.
//
// A handler reports an error or a panic of the function with 500. It reports an
// error or a panic of the [Store] with 503 if the store failed to claim the event, and with 204 if it
// failed to mark the event as done. If the store failed to release the event, the
// error is joined with the function's.
//
// # Testing
//
// [NewRequest] returns a callback as the platform sends it, and [Sign] returns a
// signature.
package callback
