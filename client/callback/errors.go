package callback

import "errors"

// The errors of this package, for use with [errors.Is]. The package
// documentation lists them with the statuses of a [Handler]'s responses. None of
// them holds a signature, a MAC or a secret, so all may be logged. A Handler
// never sends their texts.
var (
	// ErrNoSecret is returned when there is no secret or an empty one, since
	// anyone can sign with an empty secret. [NewVerifier],
	// [NewVerifierAllowShort], [Sign] and [NewRequest] return it inside an
	// [*api.ArgumentError]; the zero [Verifier] and the zero [Handler] report it
	// for every callback.
	ErrNoSecret = errors.New("callback: no secret: use the agent's callback_secret, which must not be empty")
	// ErrShortSecret is returned by [NewVerifier], inside an
	// [*api.ArgumentError], when a secret has fewer than 16 bytes. In FIPS
	// 140-only mode, [NewVerifierAllowShort], [Sign] and [NewRequest] return it
	// when a secret has fewer than 14 bytes.
	ErrShortSecret = errors.New("callback: secret too short: choose a callback_secret of 16 bytes or more")

	// ErrNoSignature is reported when a callback has no X-Hub-Signature-256
	// header. The platform signs only if the agent has a callback_secret.
	ErrNoSignature = errors.New("callback: no X-Hub-Signature-256 header: set the agent's callback_secret, and let proxies pass the header on")
	// ErrMalformedSignature is reported when the header has another form than
	// the platform's, or is there more than once.
	ErrMalformedSignature = errors.New("callback: malformed X-Hub-Signature-256 header: it must be sha256= and 64 hex digits, once")
	// ErrSignatureMismatch is reported when no secret has signed the body: the
	// callback is forged, was changed on its way, or the secrets differ.
	ErrSignatureMismatch = errors.New("callback: signature mismatch: if this isn't a forgery, compare the secret with the agent's callback_secret, and verify the body exactly as received")

	// ErrMethodNotAllowed is reported when a request isn't a POST.
	ErrMethodNotAllowed = errors.New("callback: method not allowed: callbacks are sent with POST")
	// ErrBodyTooLarge is reported when a body exceeds the limit of
	// [WithMaxBody].
	ErrBodyTooLarge = errors.New("callback: body too large: raise the limit with WithMaxBody")
	// ErrBodyUnreadable is reported when a body ends early or arrives too
	// slowly. The error wraps the reason, such as [os.ErrDeadlineExceeded].
	ErrBodyUnreadable = errors.New("callback: incomplete body: check the connection and the read timeout")
	// ErrMalformedPayload is reported by a [Handler], and returned by
	// [ParseEvent], when a body isn't one JSON object. The error wraps the reason.
	ErrMalformedPayload = errors.New("callback: malformed payload: the body must be one JSON object")

	// ErrNoTimestamp is reported under [WithMaxAge] when an event has no
	// timestamp that can be parsed.
	ErrNoTimestamp = errors.New("callback: no valid timestamp: WithMaxAge needs one")
	// ErrTooOld is reported when an event is older than [WithMaxAge] allows.
	ErrTooOld = errors.New("callback: too old: a replay or a late delivery; see WithMaxAge")
	// ErrInFuture is reported under [WithMaxAge] when the timestamp of an event is
	// more than five minutes ahead of the clock.
	ErrInFuture = errors.New("callback: timestamp in the future: check the clocks of both sides")

	// ErrDuplicate is returned by a [Store], and reported, when an event has been
	// handled before.
	ErrDuplicate = errors.New("callback: duplicate: this event has been handled before")
	// ErrInProgress is returned by a [Store], and reported, when another delivery
	// of an event is being handled.
	ErrInProgress = errors.New("callback: in progress: another delivery of this event is being handled")
	// ErrStoreFull is returned by a [MemoryStore], and reported, when events
	// in progress take up its whole capacity.
	ErrStoreFull = errors.New("callback: store full: give NewMemoryStore a capacity above the number of events handled at once")
	// ErrStoreHangs is reported when a [Store] has not returned after the context
	// of the call ended.
	ErrStoreHangs = errors.New("callback: store hangs: it did not return after its context ended")

	// ErrOverloaded is reported when the bodies of all requests together exceed
	// the limit of [WithMaxUnverified].
	ErrOverloaded = errors.New("callback: overloaded: too many bytes of bodies whose signatures haven't been verified; see WithMaxUnverified")

	// ErrPanicked is reported when the function panics. The error wraps a
	// [*PanicError].
	ErrPanicked = errors.New("callback: the function panicked")
)
