package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// stopLimit is how long one part may take to stop.
const stopLimit = 40 * time.Second

// parts starts the parts of an installation one after the other, telling how
// long each took, and stops them in the reverse order.
type parts struct {
	out     io.Writer
	began   time.Time
	stops   []part
	failure chan error
}

type part struct {
	name string
	stop func(context.Context) error
}

func newParts(out io.Writer) *parts {
	// Room for every part's failure: nobody waits for the second.
	return &parts{out: out, began: time.Now(), failure: make(chan error, 16)}
}

// step does one thing and prints what came of it with the time since the start.
func (p *parts) step(ctx context.Context, name string, do func(context.Context) (string, error)) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	result, err := do(ctx)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	p.say("%-22s %s", name, result)
	return nil
}

func (p *parts) say(format string, args ...any) {
	fmt.Fprintf(p.out, "%6.1f s  "+format+"\n", append([]any{time.Since(p.began).Seconds()}, args...)...)
}

// stopWith remembers how to stop what was just started.
func (p *parts) stopWith(name string, stop func(context.Context) error) {
	p.stops = append(p.stops, part{name, stop})
}

// background runs a part until it is its turn to stop, not until ctx ends: a
// signal must not stop all parts at once. A part that ends before is a failure.
func (p *parts) background(ctx context.Context, name string, run func(context.Context) error) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan error, 1)
	go func() {
		err := run(ctx)
		if ctx.Err() == nil {
			p.failure <- fmt.Errorf("%s ended: %w", name, errors.Join(err, errUnasked))
		}
		ended <- err
	}()
	p.stopWith(name, func(limit context.Context) error {
		cancel()
		select {
		case err := <-ended:
			if errors.Is(err, context.Canceled) {
				return nil
			}
			return err
		case <-limit.Done():
			return limit.Err()
		}
	})
}

var errUnasked = errors.New("it should run until it is stopped")

// wait returns nil when ctx ends, or the first failure of a part.
func (p *parts) wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case err := <-p.failure:
		return err
	}
}

// stop stops all parts, last started first, each for at most stopLimit.
func (p *parts) stop(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx) // it has usually ended, which is why we stop
	var all error
	for i := len(p.stops) - 1; i >= 0; i-- {
		limit, cancel := context.WithTimeout(ctx, stopLimit)
		if err := p.stops[i].stop(limit); err != nil {
			all = errors.Join(all, fmt.Errorf("stop %s: %w", p.stops[i].name, err))
		}
		cancel()
	}
	return all
}
