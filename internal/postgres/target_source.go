package postgres

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/calendar"
	"dondoc/internal/form"
	"dondoc/internal/indicator"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/target"
	"dondoc/internal/task"
)

// aimedPlan is a plan with what its version in force aims at.
type aimedPlan struct {
	ID       int64     `db:"id"`
	Code     string    `db:"code"`
	Title    string    `db:"title"`
	IssuerID int64     `db:"issuer_id"`
	TimeZone string    `db:"time_zone"`
	From     time.Time `db:"valid_from_on"`
	To       time.Time `db:"valid_to_on"`
	Number   int       `db:"number"`
	Targets  []byte    `db:"targets"`
	Groups   []byte    `db:"groups"`
	Sheets   []byte    `db:"sheets"`

	targets []plan.Target
	groups  []plan.Group
	sheets  map[string]plan.ScoreSheet
}

func readAimedPlan(ctx context.Context, q sqlx.QueryerContext, id int64) (aimedPlan, error) {
	var p aimedPlan
	err := sqlx.GetContext(ctx, q, &p, `
		SELECT p.id, p.code, p.title, p.issuer_id, p.time_zone, p.valid_from_on, p.valid_to_on, v.number,
			v.document -> 'Targets' AS targets, v.document -> 'Groups' AS groups, v.document -> 'ScoreSheets' AS sheets
		FROM plans p JOIN LATERAL (
			SELECT number, document FROM plan_versions v WHERE v.plan_id = p.id AND v.number = COALESCE(p.current_version, v.number) ORDER BY number DESC LIMIT 1
		) v ON true WHERE p.id = $1`, id)
	if errors.Is(err, sql.ErrNoRows) {
		return p, notFound()
	}
	if err != nil {
		return p, fmt.Errorf("read targets: %w", err)
	}
	var sheets []plan.ScoreSheet
	if err := errors.Join(unmarshalPresent(p.Targets, &p.targets), unmarshalPresent(p.Groups, &p.groups), unmarshalPresent(p.Sheets, &sheets)); err != nil {
		return p, fmt.Errorf("targets of plan %d: %w", id, err)
	}
	p.sheets = make(map[string]plan.ScoreSheet, len(sheets))
	for _, s := range sheets {
		p.sheets[s.Code] = s
	}
	return p, nil
}

// figureSource is what a plan's figures come from, with who is in whose chain.
type figureSource struct {
	target.Source
	// relations tell, by unit and duty, who has to do with its results.
	relations map[target.Node]policy.Task
	byCode    map[string]int64 // duties
}

// figureSource gathers the reports of a plan that count. Where sheets are asked
// for, each comes with its class.
func (s *Store) figureSource(ctx context.Context, tx *sqlx.Tx, p aimedPlan) (*figureSource, error) {
	parts, err := s.planParts(ctx, tx, planVersion{p.ID, p.Number})
	if err != nil {
		return nil, err
	}
	f := &figureSource{relations: map[target.Node]policy.Task{}, byCode: map[string]int64{}}
	f.Definitions = make(map[string]indicator.Definition, len(parts.Indicators))
	for code, i := range parts.Indicators {
		f.Definitions[code] = form.Definition(i)
	}
	if err := f.readDuties(ctx, tx, p, parts); err != nil {
		return nil, err
	}
	if err := f.readRelations(ctx, tx, p); err != nil {
		return nil, err
	}
	if err := f.readReports(ctx, tx, p); err != nil {
		return nil, err
	}
	f.Prepare()
	return f, nil
}

func (f *figureSource) readDuties(ctx context.Context, tx *sqlx.Tx, p aimedPlan, parts planParts) error {
	var rows []struct {
		ID         int64         `db:"id"`
		Code       string        `db:"code"`
		Title      string        `db:"title"`
		Definition []byte        `db:"definition"`
		Owners     pq.Int64Array `db:"owners"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		SELECT d.id, d.code, d.title, d.definition, ARRAY(
			SELECT s.agency_id FROM assignments s JOIN agencies a ON a.id = s.agency_id
			WHERE s.duty_id = d.id AND s.role IN ('lead', 'implementing') AND d.retired_version IS NULL ORDER BY a.position, a.id
		) AS owners
		FROM duties d WHERE d.plan_id = $1 ORDER BY d.position, d.id`, p.ID); err != nil {
		return fmt.Errorf("list duties: %w", err)
	}
	definitions := make([]plan.Duty, len(rows))
	for i, r := range rows {
		if err := json.Unmarshal(r.Definition, &definitions[i]); err != nil {
			return fmt.Errorf("definition of duty %d: %w", r.ID, err)
		}
		f.byCode[r.Code] = r.ID
	}
	for i, r := range rows {
		definition := definitions[i]
		d := target.Duty{
			ID: r.ID, Code: r.Code, Title: r.Title, Sheet: definition.ScoreSheet, Owners: r.Owners,
			Asks: askedFor(parts.rules(task.Rules{}, definition.Indicators, definition.Form).Fields),
		}
		for _, code := range definition.Consolidates {
			if id := f.byCode[code]; id != 0 {
				d.Consolidates = append(d.Consolidates, id)
			}
		}
		f.Duties = append(f.Duties, d)
	}
	return nil
}

// readRelations reads who receives and reviews what, as it was agreed last.
func (f *figureSource) readRelations(ctx context.Context, tx *sqlx.Tx, p aimedPlan) error {
	var rows []struct {
		DutyID      int64        `db:"duty_id"`
		AgencyID    int64        `db:"agency_id"`
		RecipientID int64        `db:"recipient_id"`
		ReviewerID  int64        `db:"reviewer_id"`
		ThroughID   int64        `db:"through_id"`
		ValidTo     sql.NullTime `db:"valid_to_on"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		SELECT DISTINCT ON (x.duty_id, x.agency_id) x.duty_id, x.agency_id, COALESCE(x.recipient_id, 0) AS recipient_id,
			COALESCE(x.reviewer_id, 0) AS reviewer_id, COALESCE(x.through_id, 0) AS through_id, NULLIF(a.valid_to_on, '9999-12-31') AS valid_to_on
		FROM (
			SELECT s.duty_id, s.agency_id, s.recipient_id, s.reviewer_id, s.through_id, NULL::bigint AS task_id
			FROM assignments s JOIN duties d ON d.id = s.duty_id WHERE d.plan_id = $1 AND s.role IN ('lead', 'implementing')
			UNION ALL SELECT t.duty_id, t.agency_id, t.recipient_id, t.reviewer_id, t.through_id, t.id FROM tasks t WHERE t.plan_id = $1
		) x JOIN agencies a ON a.id = x.agency_id
		ORDER BY x.duty_id, x.agency_id, x.task_id DESC NULLS FIRST`, p.ID); err != nil {
		return fmt.Errorf("list who reports to whom: %w", err)
	}
	f.Recipients, f.Ended = make(map[target.Node]int64, len(rows)), map[int64]calendar.Date{}
	for _, r := range rows {
		n := target.Node{Duty: r.DutyID, Agency: r.AgencyID}
		f.Recipients[n] = r.RecipientID
		f.relations[n] = policy.Task{
			AgencyID: r.AgencyID, RecipientID: r.RecipientID, ReviewerID: r.ReviewerID, ThroughID: r.ThroughID, IssuerID: p.IssuerID, PlanID: p.ID,
		}
		if r.ValidTo.Valid {
			f.Ended[r.AgencyID] = civil(r.ValidTo.Time)
		}
	}
	return nil
}

// readReports reads the versions that count: what was accepted, or sent where
// nobody reviews. What was asked for by hand is no part of a period.
func (f *figureSource) readReports(ctx context.Context, tx *sqlx.Tx, p aimedPlan) error {
	telling := []int64{}
	sheets := map[int64]string{}
	for _, d := range f.Duties {
		if len(d.Asks) > 0 || d.Sheet != "" {
			telling = append(telling, d.ID)
		}
		sheets[d.ID] = d.Sheet
	}
	var rows []struct {
		TaskID       int64     `db:"task_id"`
		DutyID       int64     `db:"duty_id"`
		AgencyID     int64     `db:"agency_id"`
		SubmissionID int64     `db:"submission_id"`
		Kind         task.Kind `db:"kind"`
		Figures      []byte    `db:"figures"`
		Totals       []byte    `db:"totals"`
		From         time.Time `db:"window_from_on"`
		To           time.Time `db:"window_to_on"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		SELECT t.id AS task_id, t.duty_id, t.agency_id, b.id AS submission_id, b.kind, b.figures, r.window_from_on, r.window_to_on,
			(SELECT c.totals FROM consolidations c WHERE c.task_id = t.id AND c.taken_at <= COALESCE(b.recorded_at, b.submitted_at)
				ORDER BY c.id DESC LIMIT 1) AS totals
		FROM tasks t JOIN rounds r ON r.id = t.round_id JOIN duties d ON d.id = t.duty_id
		CROSS JOIN LATERAL (SELECT `+inForce+` AS number) counts JOIN submissions b ON b.task_id = t.id AND b.number = counts.number
		WHERE t.plan_id = $1 AND t.duty_id = ANY ($2) AND t.state IN ('accepted', 'submitted')
			AND NOT r.cadences && ARRAY['ad_hoc', 'flash', 'event']
		ORDER BY t.id`, p.ID, pq.Array(telling)); err != nil {
		return fmt.Errorf("list reports that count: %w", err)
	}
	var scored []int64
	f.Reports = make([]target.Report, len(rows))
	for i, r := range rows {
		report := target.Report{
			Node: target.Node{Duty: r.DutyID, Agency: r.AgencyID}, TaskID: r.TaskID, SubmissionID: r.SubmissionID,
			From: civil(r.From), To: civil(r.To), Nil: r.Kind == task.NilReturn,
		}
		if err := errors.Join(unmarshalPresent(r.Figures, &report.Figures), unmarshalPresent(r.Totals, &report.Totals)); err != nil {
			return fmt.Errorf("figures of submission %d: %w", r.SubmissionID, err)
		}
		f.Reports[i] = report
		if sheets[r.DutyID] != "" {
			scored = append(scored, r.SubmissionID)
		}
	}
	results, err := scoreResults(ctx, tx, p.sheets, scored)
	if err != nil {
		return err
	}
	for i, r := range f.Reports {
		f.Reports[i].Class = results[r.SubmissionID].Class.Code
	}
	return nil
}

// reader tells what a person may see of the units' figures: those in whose
// reporting chain they are, and as an auditor those of a plan that a decision opens.
func (f *figureSource) reader(actor policy.Actor, planID int64) target.Reader {
	inChain := func(n target.Node) bool {
		return policy.InChain(actor, f.relations[n]) || slices.ContainsFunc(f.Above(n), func(up target.Node) bool {
			return policy.InChain(actor, f.relations[up])
		})
	}
	return target.Reader{
		InChain: inChain,
		Sees:    func(n target.Node) bool { return inChain(n) || policy.AuditsPlan(actor, planID) },
	}
}
