package postgres

import (
	"context"
	"fmt"
	"slices"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/form"
	"dondoc/internal/task"
)

// generalSection takes what an agency says in general where its duty's form has
// no text of its own.
const generalSection = "Tình hình, kết quả chung"

// standingSections are what an agency owes in a plan without rounds of its own,
// one section of its periodic report each, in the order of the plan.
func standingSections(ctx context.Context, q sqlx.QueryerContext, planID, agencyID int64) ([]task.Section, error) {
	var headings []string
	if err := sqlx.SelectContext(ctx, q, &headings, `
		SELECT d.code || '. ' || d.title FROM duties d JOIN assignments s ON s.duty_id = d.id
		WHERE d.plan_id = $1 AND s.agency_id = $2 AND s.role IN ('lead', 'implementing') AND d.retired_version IS NULL
			AND d.definition #> '{Schedule,Cadences}' = '["standing"]' AND COALESCE(d.definition ->> 'CoveredBy', '') = ''
			AND NOT COALESCE((d.definition ->> 'Secret')::boolean, false)
		GROUP BY d.id ORDER BY d.position`, planID, agencyID); err != nil {
		return nil, fmt.Errorf("list standing duties: %w", err)
	}
	sections := make([]task.Section, len(headings))
	for i, heading := range headings {
		sections[i] = task.Section{Heading: heading}
	}
	return sections, nil
}

// withStanding adds the sections of standing duties to those of a form.
func withStanding(sections, standing []task.Section) []task.Section {
	if len(standing) == 0 {
		return sections
	}
	if len(sections) == 0 {
		sections = []task.Section{{Heading: generalSection}}
	}
	return slices.Concat(sections, standing)
}

// layStanding puts the sections that a form does not have itself behind it.
func layStanding(f *form.Form, sections []task.Section) {
	own := 0
	for _, s := range f.Sections {
		if s.Narrative {
			own++
		}
	}
	for _, s := range sections[min(own, len(sections)):] {
		f.Sections = append(f.Sections, form.Section{Heading: s.Heading, Narrative: true, LastReported: s.LastReported})
	}
}

// taskRules are what a task's report is asked for: by its duty and, where the
// duty gathers them, by the standing duties of its agency.
func taskRules(ctx context.Context, tx *sqlx.Tx, t task.Task) (task.Rules, error) {
	rules, err := dutyRules(ctx, tx, t.DutyID)
	if err != nil || !rules.StandingSections {
		return rules, err
	}
	rules.Sections, err = sectionsOfTask(ctx, tx, t, rules.Sections)
	return rules, err
}

// sectionsOfTask adds the standing duties of a task's agency to the sections of
// its form, each with when it was last reported on.
func sectionsOfTask(ctx context.Context, tx *sqlx.Tx, t task.Task, own []task.Section) ([]task.Section, error) {
	standing, err := standingSections(ctx, tx, t.PlanID, t.AgencyID)
	if err != nil || len(standing) == 0 {
		return own, err
	}
	all := withStanding(own, standing)
	var reports []struct {
		PeriodKey string `db:"period_key"`
		Narrative string `db:"narrative"`
	}
	if err := tx.SelectContext(ctx, &reports, `
		SELECT r.period_key, b.narrative
		FROM tasks t JOIN rounds r ON r.id = t.round_id JOIN duties d ON d.id = t.duty_id
		CROSS JOIN LATERAL (SELECT `+inForce+` AS number) counts JOIN submissions b ON b.task_id = t.id AND b.number = counts.number
		WHERE t.duty_id = $1 AND t.agency_id = $2 AND t.id <> $3 AND r.window_to_on <= $4::date
		ORDER BY r.window_to_on DESC, r.id DESC LIMIT $5`, t.DutyID, t.AgencyID, t.ID, t.WindowTo.String(), reportsLookedAt); err != nil {
		return nil, fmt.Errorf("list earlier reports: %w", err)
	}
	for _, r := range reports {
		texts := task.SplitSections(r.Narrative, all)
		for i := len(all) - len(standing); i < len(all); i++ {
			if all[i].LastReported == "" && texts[i] != "" {
				all[i].LastReported = r.PeriodKey
			}
		}
	}
	return all, nil
}

// reportsLookedAt is how many earlier reports are searched for a standing duty:
// five years of quarters and half-years.
const reportsLookedAt = 40
