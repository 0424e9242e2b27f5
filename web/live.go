package web

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"dondoc/internal/policy"
)

// Changes tells whether anything that boards show has changed: the mark is another
// one after any committed change, whichever process made it.
type Changes interface {
	ChangeMark(ctx context.Context) (string, error)
}

const (
	// changesEvery is how often the mark is looked at while anybody watches; people
	// are to see a change within two seconds.
	changesEvery = 500 * time.Millisecond
	// heartbeat keeps proxies from ending a quiet stream and finds ended sessions.
	heartbeat = 15 * time.Second
	// sendPatience is how long a reader's line may take for one event.
	sendPatience = 10 * time.Second
	// streamsPerPerson are more than anybody has windows.
	streamsPerPerson = 12
)

// watch looks at the mark once for all streams of the process, as long as there are any.
type watch struct {
	changes Changes
	fail    func(error)

	mu       sync.Mutex
	streams  map[chan struct{}]int64 // whose
	stopping context.CancelFunc
}

// join begins a stream of a person; the channel gets a value after each change.
// It answers nil where the person has too many.
func (w *watch) join(user int64) chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	has := 0
	for _, whose := range w.streams {
		if whose == user {
			has++
		}
	}
	if has >= streamsPerPerson {
		return nil
	}
	stream := make(chan struct{}, 1)
	w.streams[stream] = user
	if w.stopping == nil {
		ctx, stop := context.WithCancel(context.Background())
		w.stopping = stop
		go w.look(ctx)
	}
	return stream
}

func (w *watch) leave(stream chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.streams, stream)
	if len(w.streams) == 0 && w.stopping != nil {
		w.stopping()
		w.stopping = nil
	}
}

func (w *watch) look(ctx context.Context) {
	tick := time.NewTicker(changesEvery)
	defer tick.Stop()
	last := ""
	for {
		mark, err := w.changes.ChangeMark(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			w.fail(err)
		case last != "" && mark != last:
			w.tell()
			fallthrough
		default:
			last = mark
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// tell wakes every stream; one that was not served yet is awake already.
func (w *watch) tell() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for stream := range w.streams {
		select {
		case stream <- struct{}{}:
		default:
		}
	}
}

// events is the stream of changes for the board. It says that something changed,
// not what: the board asks for what its reader may see.
func (p *pages) events(c *gin.Context) {
	actor, err := p.actor(c)
	if err != nil || !policy.SeeBoard(actor) {
		c.Status(http.StatusNoContent) // tells the browser not to try again
		return
	}
	stream := p.watch.join(actor.UserID)
	if stream == nil {
		c.Status(http.StatusNoContent)
		return
	}
	defer p.watch.leave(stream)
	c.Header("Content-Type", "text/event-stream")
	c.Header("Cache-Control", "no-store")
	c.Header("X-Accel-Buffering", "no")
	out := http.NewResponseController(c.Writer)
	send := func(event string) bool {
		// The server's own limit is for answers that end.
		if err := out.SetWriteDeadline(p.wall().Add(sendPatience)); err != nil {
			p.log.Error("event stream", "error", err)
			return false
		}
		if _, err := fmt.Fprintf(c.Writer, "event: %s\ndata:\n\n", event); err != nil {
			return false
		}
		return out.Flush() == nil
	}
	if !send("here") {
		return
	}
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		select {
		case <-c.Request.Context().Done():
			return
		case <-p.stopping:
			return
		case <-stream:
			if !send("changed") {
				return
			}
		case <-beat.C:
			if !p.stillIn(c) || !send("beat") {
				return
			}
		}
	}
}

// stillIn reports whether the session of the request has not ended since.
func (p *pages) stillIn(c *gin.Context) bool {
	now := &gin.Context{Request: c.Request}
	_, err := p.actor(now)
	return err == nil
}
