package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/calendar"
	"dondoc/internal/plan"
)

// Anchors of steps that are counted from a submission; due_version is its number.
const (
	anchorSubmitted  = "submitted"  // of who reviews
	anchorForwarding = "forwarding" // of who passes on
	anchorCorrection = "correction" // of who decides on a correction
)

// What such steps are counted from, in the words of derivations.
const (
	sinceSubmitted = "submitted"
	sinceForwarded = "forwarded"
	sinceCorrected = "corrected"
)

// waitingTimes is the ladder of those for whom a result waits; own is that of the
// plan for its reviewers.
func waitingTimes(anchor, since string, d plan.Duty, own []calendar.StepRule, from time.Time, w calendar.WorkingCalendar, zone *time.Location) ([]calendar.StepTime, error) {
	rules := reviewRules(d.Review.Mode, d.Review.AfterWorkingDays, own)
	switch {
	case anchor == anchorForwarding:
		rules = calendar.ForwardPolicy(max(d.Forwarding.WithinWorkingDays, 1))
	case anchor == anchorCorrection && d.Review.Mode == plan.ReviewRequired:
		rules = calendar.CorrectionPolicy(own)
	}
	times, err := calendar.Steps(rules, calendar.AnchorSubmitted, from, w, zone)
	return calendar.CountedFrom(since, times), err
}

// ladderOf is waitingTimes for a task as it stands, under the calendar of those
// for whom the result waits.
func (s *Store) ladderOf(ctx context.Context, tx *sqlx.Tx, t lockedTask, anchor, since string, from time.Time) ([]stepPlan, error) {
	zone, err := calendar.Zone(t.TimeZone)
	if err != nil {
		return nil, fmt.Errorf("plan zone: %w", err)
	}
	own := calendar.ReviewPolicy()
	if len(t.ReviewSteps) > 0 {
		own = nil
		if err := json.Unmarshal(t.ReviewSteps, &own); err != nil {
			return nil, fmt.Errorf("reviewers' ladder: %w", err)
		}
	}
	duty := plan.Duty{Review: plan.Review{Mode: t.Review, AfterWorkingDays: t.AutoAfter}}
	duty.Forwarding.WithinWorkingDays = t.ForwardWithin
	if anchor != anchorForwarding && t.Review == plan.ReviewNone {
		return nil, nil
	}
	known, err := s.calendarsUpTo(ctx, tx, t.Calendar)
	if err != nil {
		return nil, err
	}
	whose := t.ReviewerID
	if anchor == anchorForwarding {
		whose = t.ThroughID
	}
	times, err := waitingTimes(anchor, since, duty, own, from, known.of(whose), zone)
	if err != nil {
		return nil, err
	}
	steps := stepPlans(times)
	for i := range steps {
		steps[i].Anchor = anchor
	}
	return steps, nil
}

// waitingSteps compiles what those are told for whom a new submission waits:
// whoever passes it on, or else the reviewer.
func (s *Store) waitingSteps(ctx context.Context, tx *sqlx.Tx, t lockedTask, now time.Time) ([]stepPlan, error) {
	if t.ThroughID != 0 {
		return s.ladderOf(ctx, tx, t, anchorForwarding, sinceSubmitted, now)
	}
	return s.reviewSteps(ctx, tx, t, now)
}

// reviewSteps compiles what the reviewer is told while a result waits.
func (s *Store) reviewSteps(ctx context.Context, tx *sqlx.Tx, t lockedTask, now time.Time) ([]stepPlan, error) {
	return s.ladderOf(ctx, tx, t, anchorSubmitted, sinceSubmitted, now)
}

// reviewRules is the reviewer's ladder while a result waits; own is that of the plan.
func reviewRules(mode plan.ReviewMode, acceptedAfter int, own []calendar.StepRule) []calendar.StepRule {
	switch mode {
	case plan.ReviewAutomatic:
		return []calendar.StepRule{{
			Code: "auto_accept", Kind: "auto_accept", Anchor: calendar.AnchorSubmitted,
			Offset: acceptedAfter, Unit: calendar.WorkingDays, TimeOfDay: "17:00",
		}}
	case plan.ReviewRequired:
		return own
	}
	return nil
}
