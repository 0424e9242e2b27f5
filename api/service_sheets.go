package api

import (
	"context"

	"dondoc/internal/policy"
	"dondoc/internal/task"
	"dondoc/internal/workbook"
)

// SheetService gives report forms as workbooks and takes them in filled.
type SheetService interface {
	FormSheet(ctx context.Context, actor policy.Actor, taskID int64) (workbook.Form, error)
	TakeFormSheet(ctx context.Context, actor policy.Actor, sent workbook.Sent) (workbook.Taken, error)
	RoundSheet(ctx context.Context, actor policy.Actor, roundID int64) (workbook.Round, error)
	TakeRoundSheet(ctx context.Context, actor policy.Actor, sent workbook.SentRound) ([]task.Receipt, error)
}
