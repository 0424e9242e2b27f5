package web

import (
	"slices"
	"strings"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/task"
)

// courseLine is one line of a task's course: what happened and what will.
type courseLine struct {
	// Mark is one of: past, future, skipped, now, due.
	Mark         string
	Title, Facts string
	// Why explains when a notice will come.
	Why string
	at  time.Time
	// rank orders lines of one instant: what happened, the due time, now, what will.
	rank int
}

// timeline joins the history, the reminders sent and to come, the due time and
// the present moment.
func (p *pages) timeline(l lexicon, d task.Detail, now time.Time, zone *time.Location) []courseLine {
	var lines []courseLine
	for _, e := range d.History {
		if strings.HasPrefix(e.Action, "step.") {
			continue // told by the steps themselves
		}
		line := courseLine{Mark: "past", Title: l.sayOr("event."+e.Action, "event.other"), Facts: moment(e.At, zone), at: e.At}
		if e.Actor != "" {
			line.Facts += " · " + l.byWhom(e.Actor, e.For)
		}
		if e.Note != "" && !strings.Contains(e.Actor, e.Note) {
			line.Facts += " · " + e.Note
		}
		lines = append(lines, line)
	}
	for _, s := range d.Steps {
		if line, told := p.stepLine(l, d, s, zone); told {
			lines = append(lines, line)
		}
	}
	t := d.Task
	if to := t.WindowTo; !to.IsZero() && t.PeriodKey != "once" && !calendar.IsByHandKey(t.PeriodKey) {
		closing := to.AddDays(1).In(zone)
		mark := "past"
		if closing.After(now) {
			mark = "future"
		}
		lines = append(lines, courseLine{Mark: mark, Title: l.say("event.window_end"), Facts: l.sentence("due.end", to.VN()), at: closing})
	}
	if t.State.Owed() || t.State == task.StateScheduled {
		lines = append(lines,
			courseLine{Mark: "due", Title: l.say("event.due"), Facts: capital(l.until(t.EffectiveDueAt, zone)), at: t.EffectiveDueAt, rank: 1},
			courseLine{Mark: "now", Title: l.say("event.now"), at: now, rank: 2})
	}
	slices.SortStableFunc(lines, func(a, b courseLine) int {
		if c := a.at.Compare(b.at); c != 0 {
			return c
		}
		return a.rank - b.rank
	})
	return lines
}

// nextStep says what the system does next about a task that is owed, and when;
// empty: nothing more by itself.
func (p *pages) nextStep(l lexicon, d task.Detail, zone *time.Location) string {
	if !d.Task.State.Owed() {
		return ""
	}
	for _, s := range d.Steps {
		if line, told := p.stepLine(l, d, s, zone); told && line.Mark == "future" {
			return l.say("task.next_step", line.Title, line.Facts)
		}
	}
	return ""
}

// byWhom names who acted and, for a substitute, whom they stood in for.
func (l lexicon) byWhom(name, standsInFor string) string {
	if standsInFor == "" {
		return name
	}
	return l.say("event.stood_in", name, standsInFor)
}

func (l lexicon) sentence(key string, args ...any) string { return capital(l.say(key, args...)) }

// stepLine tells one rung of the ladder; a pending step that the state no
// longer calls for will not be sent, so it is not announced.
func (p *pages) stepLine(l lexicon, d task.Detail, s task.Step, zone *time.Location) (courseLine, bool) {
	t := d.Task
	line := courseLine{Title: p.stepTitle(l, t, s, zone), at: s.At}
	switch s.State {
	case "done":
		line.Mark = "past"
		ran := s.At
		if s.RunAt != nil {
			ran = *s.RunAt
		}
		line.at = ran
		line.Facts = moment(ran, zone)
		if s.Recipients > 0 {
			line.Facts += " · " + l.count("step.recipients", s.Recipients)
		}
	case "skipped":
		line.Mark, line.Facts = "skipped", l.say("step.skipped", moment(s.At, zone))
	default:
		if !calledFor(d, s) {
			return line, false
		}
		line.Mark, line.Facts, line.rank = "future", l.say("step.will", moment(s.At, zone)), 3
		// The last note is the time itself, which stands in the line already.
		if n := len(s.Derivation.Notes); n > 1 {
			line.Why = calendar.Derivation{Notes: s.Derivation.Notes[:n-1]}.Sentence(l.code)
		}
	}
	return line, true
}

// calledFor reports whether a pending step will be sent as things stand.
func calledFor(d task.Detail, s task.Step) bool {
	t := d.Task
	switch {
	case strings.HasPrefix(s.Kind, "correction_"):
		return d.WaitingCorrection() != nil
	case strings.HasPrefix(s.Kind, "forward_"):
		return t.Held
	case s.Kind == "auto_accept" && d.WaitingCorrection() != nil:
		return true
	}
	waiting := strings.HasPrefix(s.Kind, "review_") || s.Kind == "auto_accept"
	return waiting == (t.State == task.StateSubmitted) && t.ClosedAt == nil && !t.State.Settled(t.Review != "none")
}

func (p *pages) stepTitle(l lexicon, t task.Task, s task.Step, zone *time.Location) string {
	switch s.Kind {
	case "reminder":
		left := p.workingDaysLeft(t.EffectiveDueAt, s.At, zone)
		if calendar.DueDay(t.EffectiveDueAt, zone).Before(calendar.DateOf(s.At, zone)) {
			return l.say("step.reminder")
		}
		if left == 0 {
			return l.say("step.reminder") + ": " + l.say("left.today")
		}
		return l.say("step.reminder") + ": " + l.count("left.days", left)
	case "overdue":
		var to []string
		for _, audience := range s.Audience {
			to = append(to, l.sayOr("audience."+audience, "audience.other"))
		}
		return l.say("step.overdue", strings.Join(to, ", "))
	}
	return l.sayOr("step."+s.Kind, "step.other")
}

// capital begins a line with a capital letter.
func capital(s string) string {
	for i, r := range s {
		return strings.ToUpper(string(r)) + s[i+len(string(r)):]
	}
	return s
}

// paragraphs parts a text of the document at its line ends.
func paragraphs(text string) []string {
	var parts []string
	for part := range strings.SplitSeq(text, "\n") {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
	}
	return parts
}
