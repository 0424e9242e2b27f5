package api

import (
	"context"

	"dondoc/internal/form"
	"dondoc/internal/policy"
)

// FormService fills report forms with what is known.
type FormService interface {
	FilledForm(ctx context.Context, actor policy.Actor, taskID int64) (form.Filled, error)
}
