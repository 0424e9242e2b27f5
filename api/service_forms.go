package api

import (
	"context"

	"dondoc/internal/form"
	"dondoc/internal/policy"
)

// FormService fills report forms with what is known, and keeps figures of
// periods that no report covers.
type FormService interface {
	FilledForm(ctx context.Context, actor policy.Actor, taskID int64) (form.Filled, error)
	PastFigures(ctx context.Context, actor policy.Actor, agencyID int64, all bool) ([]form.Past, error)
	EnterPastFigures(ctx context.Context, actor policy.Actor, in form.PastInput) ([]form.Past, error)
}
