// Package idempotency carries a request's idempotency key to the transaction
// that performs it: the key's row is committed together with the act, so a
// repeated request gets the first one's answer and acts no second time.
package idempotency

import "context"

// Key identifies one request of one person.
type Key struct {
	Value string
	// RequestHash is a SHA-256 over method, path and body: the same key with
	// another request is a mistake of the caller.
	RequestHash []byte
}

type contextKey struct{}

// With returns a context that carries the key.
func With(ctx context.Context, key Key) context.Context {
	return context.WithValue(ctx, contextKey{}, key)
}

// From returns the key that the context carries, if any.
func From(ctx context.Context) (Key, bool) {
	k, ok := ctx.Value(contextKey{}).(Key)
	return k, ok
}
