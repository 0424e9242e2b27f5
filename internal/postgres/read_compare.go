package postgres

import (
	"context"
	"slices"

	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// CompareSubmissions puts two versions of a result side by side, for whoever
// may see the task.
func (s *Store) CompareSubmissions(ctx context.Context, actor policy.Actor, taskID int64, from, to int) (task.Comparison, error) {
	detail, err := s.TaskDetail(ctx, actor, taskID)
	if err != nil {
		return task.Comparison{}, err
	}
	find := func(field string, number int) (task.Submission, error) {
		i := slices.IndexFunc(detail.Submissions, func(b task.Submission) bool { return b.Number == number })
		if i < 0 {
			return task.Submission{}, fault.New(fault.Invalid, "submission.no_version",
				"Không có báo cáo lần %d.", "There is no submission %d.", number).At(field)
		}
		return detail.Submissions[i], nil
	}
	older, err := find("from", from)
	if err != nil {
		return task.Comparison{}, err
	}
	newer, err := find("to", to)
	if err != nil {
		return task.Comparison{}, err
	}
	return task.Compare(older, newer, detail.Fields), nil
}
