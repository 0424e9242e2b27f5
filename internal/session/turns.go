package session

import (
	"context"
	"net/http"

	"dondoc/internal/fault"
)

// InTurn makes a call of whoever is signed in. Reading takes all of their posts.
// An act is tried in their own right first, and where that is refused, for each
// person whom they stand in for: so the trail names both exactly where the
// substitution was needed. A refused try has changed nothing.
func InTurn[T any](ctx context.Context, method string, call func(ctx context.Context) (T, error)) (T, error) {
	actor, signedIn := From(ctx)
	if !signedIn || method == http.MethodGet || method == http.MethodHead {
		return call(ctx)
	}
	turns := actor.Turns()
	answer, err := call(With(ctx, turns[0]))
	for _, turn := range turns[1:] {
		if !Refused(err) {
			return answer, err
		}
		again, next := call(With(ctx, turn))
		// What was not even visible before tells more about why it cannot be done.
		if !fault.Is(next, fault.NotFound) {
			answer, err = again, next
		}
	}
	return answer, err
}

// Refused reports whether an act failed for want of a right.
func Refused(err error) bool { return fault.Is(err, fault.Forbidden) || fault.Is(err, fault.NotFound) }
