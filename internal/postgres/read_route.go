package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/fault"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// addRoute adds to a task's detail which version is in force, and what the actor
// may do with a result on its way and with corrections.
func addRoute(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, row taskRow, d *task.Detail, now time.Time) error {
	if len(d.Submissions) == 0 {
		return nil
	}
	if err := tx.GetContext(ctx, &d.InForce, `SELECT `+inForce+` FROM tasks t JOIN duties d ON d.id = t.duty_id WHERE t.id = $1`, row.ID); err != nil {
		return fmt.Errorf("read version in force: %w", err)
	}
	if row.PlanState != plan.Active {
		return nil
	}
	if row.held() {
		d.MayForward, d.MaySendBack = policy.ForwardTask(actor, row.relation()), policy.SendBackTask(actor, row.relation())
	}
	waiting := d.WaitingCorrection()
	d.MayDecideCorrection = waiting != nil && policy.DecideCorrection(actor, row.relation())
	if !policy.SubmitTask(actor, row.relation()) {
		return nil
	}
	var t lockedTask
	if err := tx.GetContext(ctx, &t, lockedTasks+` WHERE t.id = $1`, row.ID); err != nil {
		return fmt.Errorf("read task: %w", err)
	}
	may := policy.CorrectTask(actor, row.relation(), t.TwoSignatures)
	d.MayTakeBackCorrection = waiting != nil && may
	if !may {
		return nil
	}
	_, err := correctable(ctx, tx, t, now)
	if err != nil && fault.Of(err) == nil {
		return err
	}
	d.MayCorrect = err == nil
	return nil
}
