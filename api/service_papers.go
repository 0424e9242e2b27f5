package api

import (
	"context"

	"dondoc/internal/document"
	"dondoc/internal/paper"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// PaperService gathers what documents are drafted from.
type PaperService interface {
	Letterhead(ctx context.Context, actor policy.Actor, agencyID int64) (paper.Letterhead, error)
	SetLetterhead(ctx context.Context, actor policy.Actor, in paper.Letterhead) (paper.Letterhead, error)
	ReportPaper(ctx context.Context, actor policy.Actor, taskID int64) (document.Report, error)
	UrgingLetter(ctx context.Context, actor policy.Actor, in document.LetterInput) (document.UrgingLetter, error)
	SummaryAnnex(ctx context.Context, actor policy.Actor, f task.RateFilter, against task.Against) (document.Summary, error)
	OverdueAnnex(ctx context.Context, actor policy.Actor, planID, under int64) (document.OverdueAnnex, error)
	ContactList(ctx context.Context, actor policy.Actor, planID int64) (document.Contacts, error)
}
