package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"dondoc/internal/fault"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/score"
	"dondoc/internal/task"
)

// sheetOfTask is the score sheet of a task's duty, as the plan's version in force has it.
func sheetOfTask(ctx context.Context, tx *sqlx.Tx, t lockedTask) (plan.ScoreSheet, error) {
	p, err := readAimedPlan(ctx, tx, t.PlanID)
	if err != nil {
		return plan.ScoreSheet{}, err
	}
	sheet, known := p.sheets[t.ScoreSheet]
	if !known {
		return sheet, fault.New(fault.NotFound, "score.none", "Nhiệm vụ này không chấm điểm.", "This duty has no score sheet.")
	}
	return sheet, nil
}

// SaveScores keeps a unit's score sheet for its next version; what was sent stays
// as it was. Points are from 0 to each criterion's most; criteria may still be
// missing. Faults: NotFound for whoever does not write the report and for a duty
// without a sheet, Conflict where nothing can be written now.
func (s *Store) SaveScores(ctx context.Context, actor policy.Actor, in score.Input) (score.View, error) {
	in, err := clean(ctx, in.Clean)
	if err != nil {
		return score.View{}, err
	}
	return act(ctx, s, actor, func(tx *sqlx.Tx, now time.Time) (score.View, error) {
		t, err := s.lockForAct(ctx, tx, actor, in.TaskID, in.Version)
		if err != nil {
			return score.View{}, err
		}
		if !policy.WriteDraft(actor, t.relation()) {
			return score.View{}, notFound()
		}
		sheet, err := sheetOfTask(ctx, tx, t)
		if err != nil {
			return score.View{}, err
		}
		if err := t.checkWritable(); err != nil {
			return score.View{}, err
		}
		if err := in.Check(sheet, false); err != nil {
			return score.View{}, err
		}
		var id int64
		if err := tx.GetContext(ctx, &id, `
			INSERT INTO scores (task_id, number, sheet, saved_at, saved_by) VALUES ($1, $2, $3, $4, $5) RETURNING id`,
			t.ID, t.Submissions+1, sheet.Code, now, actor.UserID); err != nil {
			return score.View{}, fmt.Errorf("keep score sheet: %w", err)
		}
		codes, points, texts := columnsOf(in)
		if _, err := tx.ExecContext(ctx, `
			INSERT INTO score_points (score_id, task_id, criterion, points, evidence)
			SELECT $1, $2, x.criterion, x.points::numeric, x.evidence FROM unnest($3::text[], $4::text[], $5::text[]) AS x (criterion, points, evidence)`,
			id, t.ID, pq.Array(codes), pq.Array(points), pq.Array(texts)); err != nil {
			return score.View{}, fmt.Errorf("keep points: %w", err)
		}
		if err := s.record(ctx, tx, actor, now, change{
			Action: "task.scored", Entity: "task", EntityID: t.ID, OnBehalf: t.AgencyID,
			After: map[string]any{"scores": id, "number": t.Submissions + 1, "points": pointsOf(in)},
		}); err != nil {
			return score.View{}, err
		}
		return scoreView(ctx, tx, t, sheet, true)
	})
}

// CheckScores keeps what the level above says to the sheet of the newest version
// that was sent: points for every criterion, beside the unit's own. A later check
// takes the place of this one. Faults: NotFound for a duty without a sheet,
// Forbidden for whoever does not review it, Conflict where nothing was sent.
func (s *Store) CheckScores(ctx context.Context, actor policy.Actor, in score.Input) (score.View, error) {
	in, err := clean(ctx, in.Clean)
	if err != nil {
		return score.View{}, err
	}
	return act(ctx, s, actor, func(tx *sqlx.Tx, now time.Time) (score.View, error) {
		t, err := s.lockForAct(ctx, tx, actor, in.TaskID, in.Version)
		if err != nil {
			return score.View{}, err
		}
		sheet, err := sheetOfTask(ctx, tx, t)
		if err != nil {
			return score.View{}, err
		}
		if !policy.ReviewTask(actor, t.relation()) {
			return score.View{}, fault.New(fault.Forbidden, "score.not_reviewer",
				"Chỉ người theo dõi của cơ quan nhận báo cáo được thẩm định điểm.", "Only supervisors of the reviewing agency check the points.")
		}
		if t.held() || t.State != task.StateSubmitted && t.State != task.StateAccepted {
			return score.View{}, fault.New(fault.Conflict, "score.not_sent",
				"Đơn vị chưa gửi bảng chấm điểm; chưa thẩm định được.", "The unit has not sent its sheet yet; there is nothing to check.")
		}
		if err := in.Check(sheet, true); err != nil {
			return score.View{}, err
		}
		if err := s.keepCheck(ctx, tx, actor, t, in, now); err != nil {
			return score.View{}, err
		}
		return scoreView(ctx, tx, t, sheet, false)
	})
}

func (s *Store) keepCheck(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, t lockedTask, in score.Input, now time.Time) error {
	var id int64
	if err := tx.GetContext(ctx, &id, `
		INSERT INTO score_checks (task_id, submission_id, checked_at, checked_by)
		SELECT b.task_id, b.id, $2, $3 FROM submissions b
		WHERE b.task_id = $1 AND b.withdrawn_at IS NULL AND NOT b.invalid ORDER BY b.number DESC LIMIT 1 RETURNING id`,
		t.ID, now, actor.UserID); err != nil {
		return fmt.Errorf("keep check: %w", err)
	}
	codes, points, texts := columnsOf(in)
	if _, err := tx.ExecContext(ctx, `
		INSERT INTO score_check_points (check_id, task_id, criterion, points, remark)
		SELECT $1, $2, x.criterion, x.points::numeric, x.remark FROM unnest($3::text[], $4::text[], $5::text[]) AS x (criterion, points, remark)`,
		id, t.ID, pq.Array(codes), pq.Array(points), pq.Array(texts)); err != nil {
		return fmt.Errorf("keep checked points: %w", err)
	}
	return s.record(ctx, tx, actor, now, change{
		Action: "task.score_checked", Entity: "task", EntityID: t.ID, OnBehalf: t.ReviewerID,
		After: map[string]any{"check": id, "points": pointsOf(in)},
	})
}

func columnsOf(in score.Input) (codes, points, texts []string) {
	for _, p := range in.Points {
		if p.Points == "" {
			continue // not scored yet
		}
		codes, points, texts = append(codes, p.Criterion), append(points, p.Points), append(texts, p.Evidence)
	}
	return codes, points, texts
}

// pointsOf is what the trail keeps: points as they are, words as their hash.
func pointsOf(in score.Input) map[string]any {
	kept := make(map[string]any, len(in.Points))
	for _, p := range in.Points {
		line := map[string]string{"points": p.Points}
		if p.Evidence != "" {
			line["evidence_sha256"] = digest(p.Evidence)
		}
		kept[p.Criterion] = line
	}
	return kept
}

// checkScored refuses a report whose score sheet is not complete. What came on
// paper has its sheet there.
func (s *Store) checkScored(ctx context.Context, tx *sqlx.Tx, t lockedTask, in task.SubmitInput, from sender) error {
	if t.ScoreSheet == "" || from.fromReviewer || in.Kind != task.Report {
		return nil
	}
	sheet, err := sheetOfTask(ctx, tx, t)
	if err != nil {
		return err
	}
	lines, err := draftLines(ctx, tx, sheet, t.ID)
	if err != nil {
		return err
	}
	missing := 0
	for _, l := range lines {
		if l.Own == nil {
			missing++
		}
	}
	if missing == 0 {
		return nil
	}
	return fault.New(fault.Invalid, "score.incomplete", "Bảng chấm điểm còn %d tiêu chí chưa có điểm.", "%d criteria of the score sheet have no points.", missing).At("scores")
}
