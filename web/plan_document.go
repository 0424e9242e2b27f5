package web

import (
	"strings"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/plan"
	"dondoc/internal/task"
)

// issuedText puts a plan's paragraphs together in the order of the issued text.
type issuedText struct {
	l        lexicon
	zone     *time.Location
	planID   int64
	progress task.Progress
	chosen   string
	outline  []outlineItem
	sections []planSection
}

// content are the purposes and contents that no agency is named for.
func (d *issuedText) content(items []plan.ContentRecord) {
	for _, purpose := range []bool{true, false} {
		number, key := "plan.content", "content"
		if purpose {
			number, key = "plan.purposes", "purposes"
		}
		section := planSection{Anchor: "n-" + key, Title: d.l.say(number)}
		for _, item := range items {
			if item.Purpose != purpose {
				continue
			}
			paragraph := paragraph{Anchor: anchorOf("c-" + item.Code), Code: item.Reference, Text: item.Text}
			if paragraph.Code == "" {
				paragraph.Code = item.Code
			}
			if names := dutyCodes(item.Duties); names != "" {
				paragraph.State.Note = d.l.say("plan.realised_by", names)
			} else if !purpose {
				paragraph.State.Note = d.l.say("plan.nobody")
			}
			section.Paragraphs = append(section.Paragraphs, paragraph)
		}
		if len(section.Paragraphs) > 0 {
			d.add(section, 0)
		}
	}
}

func dutyCodes(duties []plan.DutyName) string {
	codes := make([]string, len(duties))
	for i, duty := range duties {
		codes[i] = duty.Code
	}
	return strings.Join(codes, ", ")
}

// duties come under the heading that their codes share: IV.15.h stands in IV.15.
func (d *issuedText) duties(duties []plan.DutyRecord) {
	var section planSection
	late, named := 0, false
	for _, duty := range duties {
		number := headingOf(duty.Code)
		if number != section.Number {
			if len(section.Paragraphs) > 0 {
				d.add(section, late)
			}
			section, late, named = planSection{Anchor: anchorOf("muc-" + number), Number: number}, 0, false
		}
		// A section is called after whoever owes its first duty that is owed; one of
		// coordinating parts alone after whoever has those.
		if names := d.l.whoOwes(duty, plan.Role.Owes); names != "" && !named {
			section.Title, named = names, true
		} else if section.Title == "" {
			section.Title = d.l.whoOwes(duty, func(plan.Role) bool { return true })
		}
		if d.progress.Duties[duty.ID].Overdue > 0 {
			late++
		}
		section.Paragraphs = append(section.Paragraphs, paragraph{
			Anchor: anchorOf(duty.Code), Code: duty.Code, Text: textOf(duty), Address: dutyAddress(d.planID, duty.Code),
			Chosen: duty.Code == d.chosen, State: d.state(duty),
		})
	}
	if len(section.Paragraphs) > 0 {
		d.add(section, late)
	}
}

func (d *issuedText) add(section planSection, late int) {
	current := false
	for _, paragraph := range section.Paragraphs {
		current = current || paragraph.Chosen
	}
	d.sections = append(d.sections, section)
	d.outline = append(d.outline, outlineItem{section.Anchor, section.Number, section.Title, late, current})
}

// headingOf is where a duty's code stands: two parts, "IV.15" of "IV.15.i.3".
func headingOf(code string) string {
	parts := strings.SplitN(code, ".", 3)
	if len(parts) < 3 {
		return code
	}
	return parts[0] + "." + parts[1]
}

func textOf(duty plan.DutyRecord) string {
	if duty.Text != "" {
		return duty.Text
	}
	return duty.Title
}

// whoOwes names who has a part in a duty, or how many they are.
func (l lexicon) whoOwes(duty plan.DutyRecord, counts func(plan.Role) bool) string {
	var names []string
	for _, o := range duty.Owners {
		if counts(o.Role) {
			names = append(names, o.AgencyName)
		}
	}
	if len(names) > namedOwners {
		return l.count("plan.agencies", len(names))
	}
	return strings.Join(names, ", ")
}

// namedOwners is up to how many agencies a heading names.
const namedOwners = 3

// state is what stands beside a duty's paragraph.
func (d *issuedText) state(duty plan.DutyRecord) dutyState {
	now, there := d.progress.Duties[duty.ID]
	if !there {
		switch {
		case duty.CoveredBy != "":
			return dutyState{Note: d.l.say("plan.covered", duty.CoveredBy)}
		case duty.Scheduled:
			return dutyState{Note: d.l.say("plan.not_open")}
		}
		return dutyState{Note: d.l.say("plan.standing")}
	}
	var state dutyState
	if now.RoundID != 0 {
		state.Round = d.l.say("plan.round", d.l.period(now.PeriodKey), calendar.DueDay(now.DueAt, d.zone).VN())
		for _, m := range now.Members {
			drawn := d.l.glyphOfStatus(m.Status)
			drawn.Label = m.Agency + ": " + drawn.Label
			state.Members = append(state.Members, memberMark{taskAddress(m.TaskID), drawn})
		}
		state.Counts = d.l.marks(now.Counts)
	}
	if now.Overdue > 0 {
		state.Late = d.l.count("plan.overdue", now.Overdue)
		if days := daysSince(*now.OverdueSince, d.progress.At, d.zone); days > 0 {
			state.Late += ", " + d.l.count("plan.longest", days)
		}
	}
	return state
}

// daysSince counts the days after the one that ended at due.
func daysSince(due, now time.Time, zone *time.Location) int {
	return calendar.DateOf(now, zone).Sub(calendar.DueDay(due, zone))
}

// marks are the counts that are not zero, in the order of the board.
func (l lexicon) marks(n task.Counts) []markCount {
	var marks []markCount
	for _, cell := range []struct {
		status task.Status
		count  int
	}{
		{task.DoneOnTime, n.DoneOnTime}, {task.DoneLate, n.DoneLate}, {task.NotDoneInTime, n.NotDoneInTime},
		{task.NotDoneOverdue, n.NotDoneOverdue}, {task.Waiting, n.Waiting}, {task.WaitingLate, n.WaitingLate},
	} {
		if cell.count > 0 {
			marks = append(marks, markCount{l.glyphOfStatus(cell.status), l.integer(cell.count)})
		}
	}
	return marks
}
