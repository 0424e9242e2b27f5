package web

import "dondoc/internal/task"

// glyph is a state drawn: its form says the state, colour only repeats it.
type glyph struct {
	// Form is one of: circle, diamond (filled: done), ring, lozenge (hollow: not
	// done), half-circle, half-diamond (waiting), return-ring, return-lozenge
	// (to be mended), dash (not expected), dot (not open); of an outlook
	// light-green, light-amber, light-red, light-unclear.
	Form  string
	Label string
	// Silent leaves the label out for screen readers where words beside it say the same.
	Silent bool
}

// beside is the glyph next to words that say the same.
func (g glyph) beside() glyph {
	g.Silent = true
	return g
}

var statusForms = map[task.Status]string{
	task.DoneOnTime: "circle", task.DoneLate: "diamond",
	task.NotDoneInTime: "ring", task.NotDoneOverdue: "lozenge",
	task.Waiting: "half-circle", task.WaitingLate: "half-diamond",
	task.NotExpected: "dash", task.NotOpen: "dot",
}

// glyphOf draws where a task stands.
func (l lexicon) glyphOf(t task.Task) glyph {
	if t.State == task.StateReturned {
		if t.Status == task.NotDoneOverdue {
			return glyph{Form: "return-lozenge", Label: l.say("status.returned_overdue")}
		}
		return glyph{Form: "return-ring", Label: l.say("status.returned")}
	}
	return l.glyphOfStatus(t.Status)
}

func (l lexicon) glyphOfStatus(s task.Status) glyph {
	form, ok := statusForms[s]
	if !ok {
		return glyph{Form: "dot", Label: l.say("status.not_open")}
	}
	return glyph{Form: form, Label: l.say("status." + string(s))}
}
