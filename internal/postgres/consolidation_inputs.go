package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/consolidation"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

type inputRow struct {
	TaskID         int64           `db:"task_id"`
	DutyID         int64           `db:"duty_id"`
	AgencyID       int64           `db:"agency_id"`
	AgencyName     string          `db:"agency_name"`
	AgencyLevel    string          `db:"agency_level"`
	RoundID        int64           `db:"round_id"`
	PeriodKey      string          `db:"period_key"`
	State          task.State      `db:"state"`
	Review         plan.ReviewMode `db:"review"`
	DueAt          time.Time       `db:"due_at"`
	FirstAt        sql.NullTime    `db:"first_submitted_at"`
	SubmissionID   sql.NullInt64   `db:"submission_id"`
	Number         sql.NullInt64   `db:"number"`
	Kind           sql.NullString  `db:"kind"`
	Narrative      sql.NullString  `db:"narrative"`
	Figures        []byte          `db:"figures"`
	DocumentNumber sql.NullString  `db:"document_number"`
	Totals         []byte          `db:"totals"`
	RecipientID    int64           `db:"recipient_id"`
	ReviewerID     int64           `db:"reviewer_id"`
	ThroughID      int64           `db:"through_id"`
	IssuerID       int64           `db:"issuer_id"`
	PlanID         int64           `db:"plan_id"`
	Version        int             `db:"version"`
	Held           bool            `db:"held"`
}

// inputColumns need a task t with its round r, duty d, plan p and agency a, and the
// version b that would count; b may be missing. The totals are those that b's
// sender had taken over before sending it.
const inputColumns = `
	t.id AS task_id, t.duty_id, t.agency_id, a.name AS agency_name, a.level AS agency_level, r.id AS round_id, r.period_key, t.state, d.review, t.due_at, t.first_submitted_at,
	b.id AS submission_id, b.number, b.kind, b.figures, b.document_number, COALESCE(t.recipient_id, 0) AS recipient_id, COALESCE(t.reviewer_id, 0) AS reviewer_id,
	COALESCE(t.through_id, 0) AS through_id, p.issuer_id, t.plan_id, t.version, ` + held + ` AS held,
	(SELECT c.totals FROM consolidations c WHERE c.task_id = t.id AND c.taken_at <= COALESCE(b.recorded_at, b.submitted_at)
		ORDER BY c.id DESC LIMIT 1) AS totals`

// countedInputs are the versions that count in a sum, like counted_submission: of
// the inputs of the rounds $1 that the agency $2 receives. $3 says whether what was
// sent counts already; $4, where set, are the only units. Ids of versions rise with
// their numbers, so that the newest is found in one pass over eleven thousand inputs.
const countedInputs = `
	SELECT t.id AS task_id, max(b.id) AS submission_id
	FROM tasks t JOIN duties d ON d.id = t.duty_id JOIN submissions b ON b.task_id = t.id LEFT JOIN corrections k ON k.submission_id = b.id
	WHERE t.round_id = ANY ($1) AND t.recipient_id = $2 AND ($4::bigint[] IS NULL OR t.agency_id = ANY ($4))
		AND (t.state = 'accepted' OR t.state = 'submitted' AND ($3 OR d.review = 'none') AND NOT ` + held + `)
		AND b.withdrawn_at IS NULL AND NOT b.invalid AND (k.id IS NULL OR k.outcome = 'accepted')
	GROUP BY t.id`

// inputScope bounds what is read of the inputs.
type inputScope struct {
	// actor is who asks what they may do about each input.
	actor   policy.Actor
	windows []consolidation.Window
	// units, where set, are the only ones that are read.
	units []int64
	// texts: with narratives and comments, which are most of what there is to read.
	texts bool
	now   time.Time
}

// inputs lists what there is of each unit for each of the rounds, in the order
// of the agency tree and of time.
func (c *consolidator) inputs(ctx context.Context, tx *sqlx.Tx, scope inputScope) ([]consolidation.Input, error) {
	if len(scope.windows) == 0 {
		return nil, nil
	}
	asks, err := asksOf(ctx, tx, c.InputDuties)
	if err != nil {
		return nil, err
	}
	inputs, err := c.readInputs(ctx, tx, scope, asks)
	if err != nil {
		return nil, fmt.Errorf("list inputs: %w", err)
	}
	if !scope.texts {
		return inputs, nil
	}
	return inputs, c.addComments(ctx, tx, inputs)
}

// readInputs takes one row after another, so that eleven thousand never lie
// beside what becomes of them.
func (c *consolidator) readInputs(ctx context.Context, tx *sqlx.Tx, scope inputScope, asks map[int64]map[string]bool) (inputs []consolidation.Input, err error) {
	columns := inputColumns
	if scope.texts {
		columns += ", b.narrative"
	}
	rows, err := tx.QueryxContext(ctx, `
		SELECT `+columns+`
		FROM tasks t JOIN rounds r ON r.id = t.round_id JOIN duties d ON d.id = t.duty_id JOIN plans p ON p.id = t.plan_id JOIN agencies a ON a.id = t.agency_id
		LEFT JOIN (`+countedInputs+`) counted ON counted.task_id = t.id LEFT JOIN submissions b ON b.id = counted.submission_id
		WHERE t.round_id = ANY ($1) AND t.recipient_id = $2 AND t.state <> 'cancelled' AND ($4::bigint[] IS NULL OR t.agency_id = ANY ($4))
		ORDER BY a.position, a.id, r.window_from_on, t.id`, pq.Array(roundsOf(scope.windows)), c.AgencyID, c.Sent, arrayOrNull(scope.units))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	byRound := make(map[int64]consolidation.Window, len(scope.windows))
	for _, w := range scope.windows {
		byRound[w.Round] = w
	}
	for rows.Next() {
		var row inputRow
		if err := rows.StructScan(&row); err != nil {
			return nil, err
		}
		in, err := c.input(row, scope)
		if err != nil {
			return nil, err
		}
		in.Asks, in.Window = asks[row.DutyID], byRound[row.RoundID]
		inputs = append(inputs, in)
	}
	return inputs, rows.Err()
}

func (c *consolidator) input(r inputRow, scope inputScope) (consolidation.Input, error) {
	in := consolidation.Input{
		TaskID: r.TaskID, AgencyID: r.AgencyID, AgencyName: r.AgencyName, AgencyLevel: r.AgencyLevel, PeriodKey: r.PeriodKey, Standing: r.standing(c.Sent),
		Rank: slices.Index(c.InputDuties, r.DutyID), TaskVersion: r.Version,
		Late: r.FirstAt.Valid && r.FirstAt.Time.After(r.DueAt) || !r.FirstAt.Valid && scope.now.After(r.DueAt),
	}
	relation := policy.Task{AgencyID: r.AgencyID, RecipientID: r.RecipientID, ReviewerID: r.ReviewerID, IssuerID: r.IssuerID, PlanID: r.PlanID, ThroughID: r.ThroughID}
	waits := r.State == task.StateSubmitted && reviewRequired(string(r.Review)) && !r.Held
	in.MayReturn = waits && policy.ReviewTask(scope.actor, relation)
	in.MayReopen = (r.State == task.StateAccepted || r.State == task.StateSubmitted && !reviewRequired(string(r.Review))) && policy.ReopenTask(scope.actor, relation)
	if in.Standing == consolidation.Waived {
		in.Late = false
	}
	if !in.Standing.Counts() {
		return in, nil
	}
	return in, r.counted(&in)
}

// counted fills in the version that counts.
func (r inputRow) counted(in *consolidation.Input) error {
	in.SubmissionID, in.Number, in.Narrative, in.Document = r.SubmissionID.Int64, int(r.Number.Int64), r.Narrative.String, r.DocumentNumber.String
	if err := errors.Join(unmarshalPresent(r.Figures, &in.Figures), unmarshalPresent(r.Totals, &in.Totals)); err != nil {
		return fmt.Errorf("figures of submission %d: %w", in.SubmissionID, err)
	}
	return nil
}

// standing: what was accepted counts, and what nobody reviews counts when sent;
// where the plan says so, all that was sent.
func (r inputRow) standing(sent bool) consolidation.Standing {
	counts := r.State == task.StateAccepted || r.State == task.StateSubmitted && (sent || !reviewRequired(string(r.Review)))
	switch {
	case r.State == task.StateWaived:
		return consolidation.Waived
	case counts && r.SubmissionID.Valid && task.Kind(r.Kind.String) == task.NilReturn:
		return consolidation.Nil
	case counts && r.SubmissionID.Valid:
		return consolidation.In
	case r.State == task.StateSubmitted:
		return consolidation.Waiting
	case r.State == task.StateReturned:
		return consolidation.Returned
	default:
		return consolidation.Missing
	}
}

// countedThen reads the versions that were counted once, as they were.
func (c *consolidator) countedThen(ctx context.Context, tx *sqlx.Tx, sources []consolidation.Source) ([]consolidation.Input, error) {
	ids := make([]int64, len(sources))
	for i, s := range sources {
		ids[i] = s.Submission
	}
	var rows []struct {
		inputRow
		From time.Time `db:"window_from_on"`
		To   time.Time `db:"window_to_on"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		SELECT `+inputColumns+`, r.window_from_on, r.window_to_on
		FROM submissions b JOIN tasks t ON t.id = b.task_id JOIN rounds r ON r.id = t.round_id
		JOIN duties d ON d.id = t.duty_id JOIN plans p ON p.id = t.plan_id JOIN agencies a ON a.id = t.agency_id
		WHERE b.id = ANY ($1) ORDER BY a.position, a.id, r.window_from_on, t.id`, pq.Array(ids)); err != nil {
		return nil, fmt.Errorf("list what was counted: %w", err)
	}
	duties := []int64{}
	for _, row := range rows {
		if !slices.Contains(duties, row.DutyID) {
			duties = append(duties, row.DutyID)
		}
	}
	asks, err := asksOf(ctx, tx, duties)
	if err != nil {
		return nil, err
	}
	inputs := make([]consolidation.Input, len(rows))
	for i, row := range rows {
		in := consolidation.Input{
			TaskID: row.TaskID, AgencyID: row.AgencyID, AgencyName: row.AgencyName, AgencyLevel: row.AgencyLevel, PeriodKey: row.PeriodKey, Standing: consolidation.In, Asks: asks[row.DutyID],
			Rank:   slices.Index(c.InputDuties, row.DutyID),
			Window: consolidation.Window{Round: row.RoundID, From: civil(row.From), To: civil(row.To)},
		}
		if task.Kind(row.Kind.String) == task.NilReturn {
			in.Standing = consolidation.Nil
		}
		if err := row.counted(&in); err != nil {
			return nil, err
		}
		inputs[i] = in
	}
	return inputs, nil
}
