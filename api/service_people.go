package api

import (
	"context"

	"dondoc/internal/account"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// PeopleService is what people arrange about themselves and among colleagues:
// the post in which they act, substitutes, tasks in somebody's hands, and what
// they want by mail.
type PeopleService interface {
	ChoosePost(ctx context.Context, actor policy.Actor, token string, postID int64) (policy.Actor, error)
	Preferences(ctx context.Context, actor policy.Actor) (account.Preferences, error)
	SetPreferences(ctx context.Context, actor policy.Actor, in account.Preferences) (account.Preferences, error)
	NameSubstitute(ctx context.Context, actor policy.Actor, in account.SubstituteInput) (account.Substitution, error)
	ListSubstitutions(ctx context.Context, actor policy.Actor, limit int, cursor string) (account.SubstitutionPage, error)
	RevokeSubstitution(ctx context.Context, actor policy.Actor, id int64) (account.Substitution, error)
	ListColleagues(ctx context.Context, actor policy.Actor, agencyID int64) ([]account.Colleague, error)
	TaskHands(ctx context.Context, actor policy.Actor, taskID int64) (task.Hands, error)
	HandOver(ctx context.Context, actor policy.Actor, in task.HandoverInput) (task.Handover, error)
	TakeBack(ctx context.Context, actor policy.Actor, in task.HandoverEnd) (task.Handover, error)
}

// ManagedPeople is what administrators do with the accounts and posts of others.
type ManagedPeople interface {
	EditPerson(ctx context.Context, actor policy.Actor, in account.EditInput) (account.Person, error)
	GrantPost(ctx context.Context, actor policy.Actor, in account.GrantInput) (account.Person, error)
	EndPost(ctx context.Context, actor policy.Actor, in account.EndInput) (account.Person, error)
	OpenWork(ctx context.Context, actor policy.Actor, userID int64) (account.OpenWork, error)
	Deactivate(ctx context.Context, actor policy.Actor, in account.LeaveInput) (account.Left, error)
	Reactivate(ctx context.Context, actor policy.Actor, userID int64, version int) (account.Person, error)
}
