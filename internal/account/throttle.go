package account

import (
	"context"
	"math"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"

	"dondoc/internal/clock"
	"dondoc/internal/fault"
)

// rate is a token bucket's: so many at once, then one each interval.
type rate struct {
	burst int
	every time.Duration
}

// An office shares one address, so addresses get more than accounts; the pair
// gets least, so that a stranger cannot lock a person out.
var (
	pairRate    = rate{10, 30 * time.Second}
	emailRate   = rate{40, 10 * time.Second}
	addressRate = rate{600, time.Second}
	resetRate   = rate{3, 10 * time.Minute}
	// Calendar programs look every few minutes, a whole office behind one address;
	// apart from signing in, which they must not keep anybody from.
	feedRate = rate{20, 15 * time.Second}
	// Six digits are few: whoever knows the password may try 5 codes and then one
	// each two minutes, a chance of one in five hundred a day.
	codeRate = rate{5, 2 * time.Minute}
	// A program works through lists; a made-up token costs a look into the database.
	tokenRate         = rate{600, 50 * time.Millisecond}
	tokensAddressRate = rate{1200, 25 * time.Millisecond}
	feedsAddressRate  = rate{600, 200 * time.Millisecond}
)

// maxBuckets bounds the memory that made-up addresses can take.
const maxBuckets = 50_000

type bucket struct {
	left float64
	at   time.Time
	rate rate
}

type (
	addressKey struct{}
	agentKey   struct{}
)

// maxAgent bounds, in bytes, what is kept of how a browser names itself.
const maxAgent = 200

// WithAgent returns a context that tells how the browser or program names
// itself, so that its owner knows the session again.
func WithAgent(ctx context.Context, agent string) context.Context {
	if len(agent) > maxAgent {
		agent = agent[:maxAgent]
	}
	return context.WithValue(ctx, agentKey{}, printable(agent))
}

// AgentFrom returns what WithAgent was told.
func AgentFrom(ctx context.Context) string {
	agent, _ := ctx.Value(agentKey{}).(string)
	return agent
}

// printable keeps what a database takes and a page can show.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r == unicode.ReplacementChar || unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, s)
}

// WithAddress returns a context that tells from which network address a
// request came, for throttling.
func WithAddress(ctx context.Context, address string) context.Context {
	return context.WithValue(ctx, addressKey{}, address)
}

// AddressFrom returns the network address of a request; empty where it came from none.
func AddressFrom(ctx context.Context) string {
	address, _ := ctx.Value(addressKey{}).(string)
	return address
}

// Throttle limits how often sign-in and password reset may be tried, per
// account and address, and how often calendar feeds are fetched. Its memory is this process's own.
type Throttle struct {
	wall    clock.Wall
	mu      sync.Mutex
	buckets map[string]*bucket
}

// NewThrottle returns a throttle on the wall clock.
func NewThrottle(wall clock.Wall) *Throttle {
	return &Throttle{wall: wall, buckets: map[string]*bucket{}}
}

// SignIn takes one try at signing in; the fault says how long to wait.
func (t *Throttle) SignIn(ctx context.Context, email string) error {
	address := AddressFrom(ctx)
	return t.take(map[string]rate{
		"p:" + email + "|" + address: pairRate, "e:" + email: emailRate, "a:" + address: addressRate,
	})
}

// SignedIn gives back what the right password's tries took.
func (t *Throttle) SignedIn(ctx context.Context, email string) {
	address := AddressFrom(ctx)
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.buckets, "p:"+email+"|"+address)
	delete(t.buckets, "e:"+email)
}

// Reset takes one request for a password reset.
func (t *Throttle) Reset(ctx context.Context, email string) error {
	return t.take(map[string]rate{"r:" + email: resetRate, "a:" + AddressFrom(ctx): addressRate})
}

// Code takes one try at the code of an account's second factor.
func (t *Throttle) Code(ctx context.Context, userID int64) error {
	return t.take(map[string]rate{"2:" + strconv.FormatInt(userID, 10): codeRate, "a:" + AddressFrom(ctx): addressRate})
}

// CodeRight gives back what the right code's tries took.
func (t *Throttle) CodeRight(userID int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.buckets, "2:"+strconv.FormatInt(userID, 10))
}

// Token takes one call with an API token.
func (t *Throttle) Token(ctx context.Context, tokenHash []byte) error {
	return t.take(map[string]rate{"k:" + string(tokenHash): tokenRate, "ka:" + AddressFrom(ctx): tokensAddressRate})
}

// TakeUp takes one try at an account link.
func (t *Throttle) TakeUp(ctx context.Context) error {
	return t.take(map[string]rate{"a:" + AddressFrom(ctx): addressRate})
}

// Feed takes one fetch of the calendar feed that a token would open.
func (t *Throttle) Feed(ctx context.Context, tokenHash []byte) error {
	return t.take(map[string]rate{"f:" + string(tokenHash): feedRate, "c:" + AddressFrom(ctx): feedsAddressRate})
}

func (t *Throttle) take(keys map[string]rate) error {
	now := t.wall()
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.buckets) > maxBuckets {
		t.prune(now)
	}
	var wait time.Duration
	for key, r := range keys {
		b := t.buckets[key]
		if b == nil {
			b = &bucket{left: float64(r.burst), at: now, rate: r}
			t.buckets[key] = b
		}
		b.refill(now)
		if b.left < 1 {
			wait = max(wait, time.Duration((1-b.left)*float64(r.every)))
		}
	}
	if wait > 0 {
		return &TooMany{Wait: wait}
	}
	for key := range keys {
		t.buckets[key].left--
	}
	return nil
}

func (b *bucket) refill(now time.Time) {
	if gone := now.Sub(b.at); gone > 0 {
		b.left = min(float64(b.rate.burst), b.left+float64(gone)/float64(b.rate.every))
	}
	b.at = now
}

// prune forgets full buckets, and if that is not enough, all of them.
func (t *Throttle) prune(now time.Time) {
	for key, b := range t.buckets {
		if b.refill(now); b.left >= float64(b.rate.burst) {
			delete(t.buckets, key)
		}
	}
	if len(t.buckets) > maxBuckets {
		clear(t.buckets)
	}
}

// TooMany is the fault of one who must wait; Wait is how long.
type TooMany struct{ Wait time.Duration }

// Seconds is the wait in whole seconds, at least one.
func (e *TooMany) Seconds() int { return max(1, int(math.Ceil(e.Wait.Seconds()))) }

// Error returns the English sentence.
func (e *TooMany) Error() string { return e.Unwrap().Error() }

// Unwrap gives the fault for the edges.
func (e *TooMany) Unwrap() error {
	return fault.New(fault.TooMany, "account.too_many",
		"Đã thử quá nhiều lần. Hãy đợi %d giây rồi thử lại.", "Too many tries. Wait %d seconds and try again.", e.Seconds())
}
