package callback

import "errors"

// The errors of this package, to be told apart with [errors.Is]. None of them
// carries a signature, a MAC or a secret, so all may be logged. Their texts
// are for the receiver's own operators: [Handler] never sends one back.
var (
	// ErrNoSecret is a verifier or a signature without a secret, or with an
	// empty one. Anyone can sign with an empty secret, so no way allows it.
	ErrNoSecret = errors.New("callback: no secret: give the callback_secret of the periodic agent, which must not be empty")
	// ErrShortSecret is a secret that can be guessed, or one that FIPS mode
	// doesn't take.
	ErrShortSecret = errors.New("callback: secret too short: choose a callback_secret of 16 bytes or more")

	// ErrNoSignature is a callback without an X-Hub-Signature-256 header. The
	// platform signs only if the agent has a callback_secret.
	ErrNoSignature = errors.New("callback: no X-Hub-Signature-256 header: set a callback_secret on the periodic agent, and let proxies pass the header on")
	// ErrMalformedSignature is a header of another form than the one this
	// platform sends, or more than one of them.
	ErrMalformedSignature = errors.New("callback: malformed X-Hub-Signature-256: it must be there once, as sha256= and 64 hex digits")
	// ErrSignatureMismatch is a body that none of the secrets has signed: it is
	// forged, was changed on its way, or the secrets differ.
	ErrSignatureMismatch = errors.New("callback: signature mismatch: check that the secret equals the agent's callback_secret (no newline at its end) and that the body is verified as received, before anything parses or rewrites it")

	// ErrMethodNotAllowed is a request that isn't a POST.
	ErrMethodNotAllowed = errors.New("callback: method not allowed: callbacks are sent with POST")
	// ErrBodyTooLarge is a body above the limit of [WithMaxBody].
	ErrBodyTooLarge = errors.New("callback: body too large: raise the limit with WithMaxBody if runs write logs of that size")
	// ErrBodyUnreadable is a body that broke off or came too slowly. It wraps
	// the reason; [os.ErrDeadlineExceeded] is among them.
	ErrBodyUnreadable = errors.New("callback: body could not be read to its end: check the connection and the read timeout")
	// ErrMalformedPayload is a body that isn't one JSON object. It wraps the
	// reason.
	ErrMalformedPayload = errors.New("callback: malformed payload: the body must be one JSON object")

	// ErrNoTimestamp is an event whose age can't be told, under [WithMaxAge].
	ErrNoTimestamp = errors.New("callback: no readable timestamp: without one WithMaxAge can't tell an old callback from a new one")
	// ErrTooOld is an event older than [WithMaxAge] allows.
	ErrTooOld = errors.New("callback: too old: it is a replay, or came late; see WithMaxAge")
	// ErrInFuture is an event from more than five minutes ahead, under
	// [WithMaxAge].
	ErrInFuture = errors.New("callback: timestamp in the future: check the clocks of both sides")

	// ErrDuplicate is an event that was handled before. A [Store] returns it.
	ErrDuplicate = errors.New("callback: duplicate: this event has been handled before")
	// ErrInProgress is an event that is being handled at this moment. A
	// [Store] returns it.
	ErrInProgress = errors.New("callback: in progress: another delivery of this event is being handled")
	// ErrStoreFull is a [MemoryStore] of which all places are taken by events
	// being handled.
	ErrStoreFull = errors.New("callback: store full: give NewMemoryStore a capacity above the number of callbacks handled at once")

	// ErrPanicked is the outcome of a callback whose function panicked.
	ErrPanicked = errors.New("callback: the function panicked")
)
