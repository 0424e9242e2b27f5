// Package fault carries expected failures from the domain to the edges: a kind
// for the program, a code for machines and a sentence in both languages for the
// person. Anything that is not a Fault is unexpected: it is logged in full at
// the edge and the person reads a reference number.
package fault

import (
	"errors"
	"fmt"
)

// Kind tells the edge how to answer.
type Kind string

const (
	// Invalid: the request itself is wrong and will stay wrong (HTTP 422).
	Invalid Kind = "invalid"
	// Unauthenticated: nobody is signed in, or the credentials are wrong (401).
	Unauthenticated Kind = "unauthenticated"
	// Forbidden: the person may see the thing but not do this to it (403).
	Forbidden Kind = "forbidden"
	// NotFound: the thing does not exist, or not for this person (404).
	NotFound Kind = "not_found"
	// Conflict: the thing has changed or its state forbids the act (409).
	Conflict Kind = "conflict"
	// TooMany: the caller must wait before trying again (429).
	TooMany Kind = "too_many"
	// Unavailable: a part that the act needs is away; trying again helps (503).
	Unavailable Kind = "unavailable"
)

// Fault is an expected failure. Code is stable ("task.closed"); Field is the
// input's name, empty where no single field is to blame.
type Fault struct {
	Kind  Kind
	Code  string
	Field string
	VI    string
	EN    string
	// Line and Column, from 1 in characters, name the place within the field's
	// text; zero where there is none.
	Line, Column int
	// Details lists further faults of the same request, one per field.
	Details []*Fault
}

// Error returns the English sentence.
func (f *Fault) Error() string { return f.Code + ": " + f.EN }

// Message returns the sentence in the language "vi" or "en" (anything else: Vietnamese).
func (f *Fault) Message(language string) string {
	if language == "en" {
		return f.EN
	}
	return f.VI
}

// New makes a fault; vi and en are formats for the same args, in the same order.
func New(kind Kind, code, vi, en string, args ...any) *Fault {
	return &Fault{Kind: kind, Code: code, VI: fmt.Sprintf(vi, args...), EN: fmt.Sprintf(en, args...)}
}

// At returns a copy that names the field to blame.
func (f *Fault) At(field string) *Fault {
	c := *f
	c.Field = field
	return &c
}

// With returns a copy that carries further faults.
func (f *Fault) With(details ...*Fault) *Fault {
	c := *f
	c.Details = append(append([]*Fault(nil), f.Details...), details...)
	return &c
}

// Of returns the fault in err's chain, or nil.
func Of(err error) *Fault {
	var f *Fault
	if errors.As(err, &f) {
		return f
	}
	return nil
}

// Is reports whether err's chain holds a fault of this kind.
func Is(err error, kind Kind) bool {
	f := Of(err)
	return f != nil && f.Kind == kind
}
