package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/amendment"
	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/plan"
	"dondoc/internal/timetable"
)

// dutyPair is a duty before and after an amendment.
type dutyPair struct {
	id   int64 // 0: it is new
	code string
	// formerCode differs from code where the duty was renamed.
	formerCode, title string
	before            dutyContext // zero: it was no duty before
	after             dutyContext // zero: it is retired
	retired           bool
	// owed and owes are the agencies that owe the result before and after, by
	// their codes, and where it goes.
	owed, owes map[string]route
	// restarts: its periods are others than before; what was due earlier is not followed.
	restarts bool
	// told: it says something else to whoever works on it.
	told bool
}

// route is where an agency's result goes, and who passes it on; codes, empty: nobody.
type route struct{ recipient, reviewer, through string }

// toldFields are what a duty says to whoever works on it, beside its text and its dates.
var toldFields = []string{"product", "mode", "result", "indicators", "form", "nil_return", "recipient", "through", "forwarding", "review", "secret"}

// pairs finds the difference, and of every duty that it touches how it stands before and after.
func (a *amending) pairs(ctx context.Context, tx *sqlx.Tx) error {
	rows, err := a.keptDuties(ctx, tx)
	if err != nil {
		return err
	}
	owed, err := a.keptOwners(ctx, tx)
	if err != nil {
		return err
	}
	a.difference = amendment.Compare(a.old, a.next)
	changes := map[string]amendment.DutyChange{}
	for _, c := range a.difference.Changed {
		changes[c.Code] = c
	}
	// What all duties share touches all of them.
	everywhere := a.old.ValidFrom != a.next.ValidFrom || a.old.ValidTo != a.next.ValidTo || !sameText(a.old.Policies, a.next.Policies)
	pairing := amendment.Pairing(a.old, a.next)
	for _, d := range a.next.Duties {
		former, stays := pairing[d.Code]
		change, changed := changes[d.Code]
		switch {
		case stays && former != d.Code && rows[d.Code].ID != 0:
			return fault.New(fault.Invalid, "amendment.code",
				"Mã %s từng là của một nhiệm vụ đã thôi; chọn mã khác.", "The code %s was that of a duty that was retired; choose another.", d.Code).At("duties")
		// A reorganisation may have sent results elsewhere than the file does.
		case stays && !changed && !everywhere && maps.Equal(owed[former], a.owners(d)):
			continue
		case !stays:
			former = d.Code // perhaps one that was retired before
		}
		pair := dutyPair{id: rows[former].ID, code: d.Code, formerCode: former, title: d.Title, owed: owed[former], owes: a.owners(d)}
		if pair.id != 0 {
			if pair.before, err = readDutyUnder(ctx, tx, pair.id, a.calendars); err != nil {
				return err
			}
		}
		pair.told = len(change.Text) > 0 || slices.ContainsFunc(change.Fields, func(f amendment.Fact) bool {
			name, _, _ := strings.Cut(f.Field, ".")
			return slices.Contains(toldFields, name)
		})
		a.lay(&pair, d, stays)
		a.duties = append(a.duties, pair)
	}
	for _, line := range a.difference.Retired {
		pair := dutyPair{id: rows[line.Code].ID, code: line.Code, formerCode: line.Code, title: line.Title, owed: owed[line.Code], retired: true}
		if pair.before, err = readDutyUnder(ctx, tx, pair.id, a.calendars); err != nil {
			return err
		}
		a.duties = append(a.duties, pair)
	}
	return nil
}

// lay computes how the duty stands after the amendment.
func (a *amending) lay(pair *dutyPair, d plan.Duty, stays bool) {
	definition := d
	definition.Assignments = nil
	after := dutyContext{ID: pair.id, PlanID: a.plan.ID, PlanState: a.plan.State, calendars: a.calendars}
	after.Duty = timetable.Duty{
		Definition: definition, Policies: timetable.Policies(a.next.Policies),
		Validity: calendar.Range{From: a.next.ValidFrom, To: a.next.ValidTo}, Zone: a.plan.zone,
		Calendars: a.calendars.Calendars, Outages: a.calendars.outages,
	}
	for code := range pair.owes {
		after.Kinds = append(after.Kinds, a.kind(code))
	}
	after.Kinds = timetable.SortKinds(after.Kinds)
	before := pair.before.Definition
	pair.restarts = !stays || !sameText(before.Schedule, d.Schedule) || before.CoveredBy != "" && d.CoveredBy == "" ||
		len(pair.owed) == 0 && len(pair.owes) > 0
	after.FollowedFrom = pair.before.FollowedFrom
	if pair.restarts {
		after.FollowedFrom = a.today
	}
	pair.after = after
}

// kind is what an agency's due times depend on.
func (a *amending) kind(code string) timetable.Kind {
	return timetable.Kind{Level: a.agencies[code].Level, Calendar: a.calendarOf(code)}
}

// owners are who owes a duty of the next version, and where their results go: as
// replaceAssignments will write it.
func (a *amending) owners(d plan.Duty) map[string]route {
	owes := map[string]route{}
	for _, assigned := range d.Assignments {
		if !assigned.Role.Owes() {
			continue
		}
		to := route{recipient: d.Recipient.Agency, reviewer: d.Recipient.Reviewer}
		if d.Recipient.Parent {
			to.recipient = a.agencies[assigned.Agency].Parent
		}
		if to.reviewer == "" {
			to.reviewer = to.recipient
		}
		if by := d.PassedOnBy(); by != assigned.Agency && by != to.reviewer {
			to.through = by
		}
		owes[assigned.Agency] = to
	}
	return owes
}

type keptDuty struct {
	ID   int64  `db:"id"`
	Code string `db:"code"`
}

// keptDuties are all duties that the plan ever had, by their codes.
func (a *amending) keptDuties(ctx context.Context, tx *sqlx.Tx) (map[string]keptDuty, error) {
	var rows []keptDuty
	if err := tx.SelectContext(ctx, &rows, `SELECT id, code FROM duties WHERE plan_id = $1`, a.plan.ID); err != nil {
		return nil, fmt.Errorf("list duties: %w", err)
	}
	byCode := make(map[string]keptDuty, len(rows))
	for _, row := range rows {
		byCode[row.Code] = row
	}
	return byCode, nil
}

// keptOwners reads who owes what, and puts it in the place of what the file of
// the version in force says.
func (a *amending) keptOwners(ctx context.Context, tx *sqlx.Tx) (map[string]map[string]route, error) {
	var rows []struct {
		Duty      string    `db:"duty"`
		Agency    string    `db:"agency"`
		Role      plan.Role `db:"role"`
		Recipient string    `db:"recipient"`
		Reviewer  string    `db:"reviewer"`
		Through   string    `db:"through"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		SELECT d.code AS duty, a.code AS agency, s.role, COALESCE(r.code, '') AS recipient, COALESCE(v.code, '') AS reviewer, COALESCE(h.code, '') AS through
		FROM assignments s JOIN duties d ON d.id = s.duty_id AND d.plan_id = $1 AND d.retired_version IS NULL
		JOIN agencies a ON a.id = s.agency_id LEFT JOIN agencies r ON r.id = s.recipient_id LEFT JOIN agencies v ON v.id = s.reviewer_id
		LEFT JOIN agencies h ON h.id = s.through_id ORDER BY d.id, a.id`, a.plan.ID); err != nil {
		return nil, fmt.Errorf("list assignments: %w", err)
	}
	owed, parts := map[string]map[string]route{}, map[string][]plan.Assignment{}
	for _, row := range rows {
		parts[row.Duty] = append(parts[row.Duty], plan.Assignment{Agency: row.Agency, Role: row.Role})
		if !row.Role.Owes() {
			continue
		}
		if owed[row.Duty] == nil {
			owed[row.Duty] = map[string]route{}
		}
		owed[row.Duty][row.Agency] = route{row.Recipient, row.Reviewer, row.Through}
	}
	for i := range a.old.Duties {
		a.old.Duties[i].Assignments = parts[a.old.Duties[i].Code]
	}
	return owed, nil
}

// sameText reports whether two values are kept as the same text: what was read
// from there has lost the difference between nothing and an empty list.
func sameText(x, y any) bool {
	a, errA := json.Marshal(x)
	b, errB := json.Marshal(y)
	return errA == nil && errB == nil && string(a) == string(b)
}
