package postgres

import (
	"encoding/json"
	"fmt"

	"dondoc/internal/calendar"
	"dondoc/internal/timetable"
)

// dates finds how the due time of a task that is owed moves, and whether its
// notices are laid anew. What is over stays, and nothing moves into the past; a
// day that a person set for this task alone stays too.
func (a *amending) dates(w *roundWork, pair dutyPair, t amendedTask) error {
	move := dueMove{tasks: []int64{t.ID}, resubmission: t.ResubmitDueAt != nil}
	old := calendar.DueTime{At: t.DueAt.UTC()}
	derivation := t.Derivation
	if move.resubmission {
		old.At, derivation = t.ResubmitDueAt.UTC(), t.ResubmitDerivation
	}
	if err := json.Unmarshal(derivation, &old.Derivation); err != nil {
		return fmt.Errorf("read derivation: %w", err)
	}
	due := old
	if !move.resubmission {
		var err error
		if due, err = a.due(w, pair, t, old); err != nil {
			return err
		}
	}
	before, after := pair.before.Policy(w.row.period()), pair.after.Policy(w.period)
	if due.At.Equal(old.At) && sameText(before, after) {
		return nil
	}
	calendarOf := a.calendars.of(t.AgencyID)
	steps, err := calendar.Steps(after, calendar.AnchorDue, due.At, calendarOf, pair.after.Zone)
	if err != nil {
		return err
	}
	for _, step := range stepPlans(steps) {
		if step.At.After(a.now) {
			move.steps = append(move.steps, step)
		}
	}
	move.from, move.to, move.derivation = old.At, due.At.UTC(), due.Derivation
	a.join(w, pair, move, t)
	return nil
}

// due computes the due time under the new version; what happened to it since it
// was first computed (an extension, a suspension) happens to it again.
func (a *amending) due(w *roundWork, pair dutyPair, t amendedTask, old calendar.DueTime) (calendar.DueTime, error) {
	if !w.exists || w.period.Cadence.OpenedByHand() || !old.At.After(a.over) {
		return old, nil
	}
	kind := timetable.Kind{Level: t.Level, Calendar: a.calendars.keyOf[t.AgencyID]}
	was, err := pair.before.Due(w.row.period(), kind)
	if err != nil {
		return old, skipBeforeStart(err)
	}
	tail, known := old.Derivation.Tail(was.Derivation)
	will, err := pair.after.Due(w.period, kind)
	if err != nil || !known || will.At.Equal(was.At) {
		return old, skipBeforeStart(err)
	}
	working := a.calendars.of(t.AgencyID)
	if len(tail) > 0 {
		will = calendar.MoveOutOf(calendar.Replay(will, tail, working, pair.after.Zone), pair.after.Outages, working, pair.after.Zone)
	}
	if will.At.Equal(old.At) || !will.At.After(a.over) {
		return old, nil
	}
	day := calendar.DueDay(old.At, pair.after.Zone)
	note := calendar.Note{Kind: "amended", Date: day}
	if a.in.Basis.Number != "" {
		note.VI = a.in.Basis.Number + " ngày " + a.in.Basis.On.VN()
		note.EN = a.in.Basis.Number + " of " + a.in.Basis.On.VN()
	}
	will.Derivation = will.Derivation.With(note)
	return will, nil
}

// join puts a task beside those of the round that move alike.
func (a *amending) join(w *roundWork, pair dutyPair, move dueMove, t amendedTask) {
	for i, known := range w.moves {
		if known.resubmission == move.resubmission && known.from.Equal(move.from) && known.to.Equal(move.to) &&
			sameText(known.derivation, move.derivation) && sameText(known.steps, move.steps) {
			w.moves[i].tasks = append(w.moves[i].tasks, t.ID)
			shown := &w.effect.Moves[i]
			shown.Tasks, shown.Agencies = append(shown.Tasks, t.ID), append(shown.Agencies, t.AgencyCode)
			return
		}
	}
	w.moves = append(w.moves, move)
	shown := timetable.Move{
		PlanCode: a.next.Code, DutyCode: pair.code, DutyTitle: pair.title, PeriodKey: w.row.Key, TimeZone: a.plan.TimeZone, RoundID: w.row.ID,
		Resubmission: move.resubmission, DueFrom: move.from, DueTo: move.to, Derivation: move.derivation, Steps: len(move.steps),
		Agencies: []string{t.AgencyCode}, Tasks: []int64{t.ID},
	}
	w.effect.Moves = append(w.effect.Moves, shown)
}
