package api

import (
	"context"

	"dondoc/internal/agency"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// SubmissionService is what people do around a submission besides sending it in.
type SubmissionService interface {
	Withdraw(ctx context.Context, actor policy.Actor, in task.WithdrawInput) (task.Receipt, error)
	FindDraft(ctx context.Context, actor policy.Actor, taskID int64) (task.Draft, error)
	SaveDraft(ctx context.Context, actor policy.Actor, in task.DraftInput) (task.Draft, error)
	FindPreparation(ctx context.Context, actor policy.Actor, taskID int64) (task.Preparation, error)
	DecidePreparation(ctx context.Context, actor policy.Actor, in task.PreparationInput) (task.Receipt, error)
	RecordSubmission(ctx context.Context, actor policy.Actor, in task.RecordInput) (task.Receipt, error)
	CompareSubmissions(ctx context.Context, actor policy.Actor, taskID int64, from, to int) (task.Comparison, error)
	SetTwoSignatures(ctx context.Context, actor policy.Actor, agencyID int64, version int, required bool) (agency.Agency, error)
}
