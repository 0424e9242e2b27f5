package postgres

import (
	"context"
	"slices"

	"dondoc/internal/fault"
	"dondoc/internal/task"
)

// filterFigure leaves of a list what a figure of the rates counts, if one is asked for.
func (s *Store) filterFigure(ctx context.Context, q *taskQuery, filter task.Filter) error {
	f := filter.Figure
	if f.Cell == "" {
		return nil
	}
	if f.Against == "" {
		f.Against = task.AgainstPresent
	}
	if !slices.Contains(task.Cells, f.Cell) || f.Against != task.AgainstPresent && f.Against != task.AgainstOriginal {
		return fault.New(fault.Invalid, "rates.figure",
			"Không có số liệu này trong bảng tỷ lệ.", "The rates have no such figure.").At("figure")
	}
	at, err := s.reportingMoment(ctx, f.At, f.DueFrom, f.DueTo)
	if err != nil {
		return err
	}
	if filter.ToForward {
		return fault.New(fault.Invalid, "tasks.forward_figure",
			"Không lọc cùng lúc số liệu tỷ lệ và việc chờ chuyển.", "A figure of the rates and what waits to be passed on are two lists.").At("to_forward")
	}
	var condition string
	q.withPlan = true
	first := len(q.args) + 1
	q.tables, condition = figureCondition(f.Cell, f.Against, first)
	q.args = append(q.args, at, f.Level, f.Period, f.Mode, dayOrNull(f.DueFrom), dayOrNull(f.DueTo))
	q.and(condition)
	if f.Opened {
		q.and(rateParameters(first, rateOpened))
	}
	if f.Late != nil {
		q.and(rateParameters(first, rateLateness(dueColumn(f.Against))) + ` BETWEEN ` + q.arg(f.Late.From) + `::integer AND ` + q.arg(f.Late.To) + `::integer`)
	}
	return nil
}
