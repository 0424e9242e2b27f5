package web

import (
	"context"
	"strconv"
	"sync/atomic"
)

// changing is a mark of changes that a test moves.
type changing struct{ changes atomic.Int64 }

func (c *changing) ChangeMark(context.Context) (string, error) {
	return strconv.FormatInt(c.changes.Load(), 10), nil
}
