package web

import (
	"net/url"
	"strconv"
	"time"

	"dondoc/internal/consolidation"
)

// inputGroup is the inputs that stand alike: those that still want something
// come first, and long lists of what is in order are folded.
type inputGroup struct {
	Title  string
	Folded bool
	Inputs []inputItem
}

type inputItem struct {
	Address, Agency, Period, Standing, Version string
	Glyph                                      glyph
	Counts, Overdue, Late, Stale               bool
	MayReturn, MayReopen                       bool
	Comments                                   []noteView
	Comment                                    *requestForm
}

// Asking reports whether the item's form is at work, so that it must be seen.
func (i inputItem) Asking() bool {
	return i.Comment != nil && (i.Comment.Errors.Any() || i.Comment.Text != "")
}

// shownCounted is how many reports that count are listed unfolded.
const shownCounted = 15

func (l lexicon) inputGroups(id int64, v consolidation.View, zone *time.Location) []inputGroup {
	var open, counted, waived inputGroup
	for _, in := range v.Inputs {
		into := &open
		switch {
		case in.Standing.Counts():
			into = &counted
		case in.Standing == consolidation.Waived:
			into = &waived
		}
		into.Inputs = append(into.Inputs, l.inputOf(id, v.MayComment, in, zone))
	}
	open.Title = l.say("consolidation.group_open", len(open.Inputs))
	counted.Title = l.say("consolidation.group_counted", len(counted.Inputs))
	counted.Folded = len(counted.Inputs) > shownCounted
	waived.Title, waived.Folded = l.say("consolidation.group_waived", len(waived.Inputs)), true
	var groups []inputGroup
	for _, g := range []inputGroup{open, counted, waived} {
		if len(g.Inputs) > 0 {
			groups = append(groups, g)
		}
	}
	return groups
}

func (l lexicon) inputOf(id int64, comments bool, in consolidation.Input, zone *time.Location) inputItem {
	item := inputItem{
		Glyph: l.inputGlyph(in).beside(), Counts: in.Standing.Counts(), Overdue: in.Late && in.Standing == consolidation.Missing,
		Address: taskAddress(in.TaskID), Agency: in.AgencyName, Period: l.period(in.PeriodKey), Standing: l.say("standing." + string(in.Standing)),
		Late: in.Late, Stale: in.Stale, MayReturn: in.MayReturn, MayReopen: in.MayReopen,
	}
	if in.Number > 0 {
		item.Version = l.say("submission.title", in.Number)
	}
	for _, comment := range in.Comments {
		item.Comments = append(item.Comments, noteView{comment.WrittenBy, moment(comment.WrittenAt, zone), comment.Text})
	}
	if comments {
		act := actComment + "-" + strconv.FormatInt(in.TaskID, 10)
		item.Comment = &requestForm{
			Act: act, Action: consolidationAddress(id) + "/" + actComment + "/" + strconv.FormatInt(in.TaskID, 10), Key: randomHex(16),
			Title: l.say("consolidation.comment"), Button: l.say("consolidation.comment_send"), TextLabel: l.say("consolidation.comment_text"), TextHint: l.say("consolidation.comment_hint"),
		}
	}
	return item
}

// inputGlyph draws where an input stands, in the forms of all tasks.
func (l lexicon) inputGlyph(in consolidation.Input) glyph {
	form, late := "ring", "lozenge"
	switch in.Standing {
	case consolidation.In, consolidation.Nil:
		form, late = "circle", "diamond"
	case consolidation.Waiting:
		form, late = "half-circle", "half-diamond"
	case consolidation.Returned:
		form, late = "return-ring", "return-lozenge"
	case consolidation.Waived:
		form, late = "dash", "dash"
	}
	if in.Late {
		form = late
	}
	return glyph{Form: form, Label: l.say("standing." + string(in.Standing))}
}

// urgeOf is the address of urging those that owe their report; empty: nobody does.
func urgeOf(v consolidation.View) string {
	q := url.Values{"cach": {"message"}}
	for _, in := range v.Inputs {
		if in.Standing == consolidation.Missing || in.Standing == consolidation.Returned {
			q.Add("viec", strconv.FormatInt(in.TaskID, 10))
		}
	}
	if !q.Has("viec") {
		return ""
	}
	return "/don-doc?" + q.Encode()
}
