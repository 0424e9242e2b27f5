package postgres

import (
	"context"
	"slices"

	"dondoc/internal/fault"
	"dondoc/internal/task"
)

// listFigures are the lists behind the figures: listTasks with one condition more.
var listFigures = func() map[task.Against]map[task.Cell]string {
	queries := map[task.Against]map[task.Cell]string{}
	for _, against := range []task.Against{task.AgainstPresent, task.AgainstOriginal} {
		queries[against] = map[task.Cell]string{}
		for _, cell := range task.Cells {
			queries[against][cell] = listTasksOf(figureCondition(cell, against, firstFigureArg))
		}
	}
	return queries
}()

// figureList is the query of a list of tasks and what it takes besides the
// list's own arguments.
func (s *Store) figureList(ctx context.Context, f task.FigureFilter) (query string, args []any, err error) {
	if f.Cell == "" {
		return listTasks, nil, nil
	}
	if f.Against == "" {
		f.Against = task.AgainstPresent
	}
	if !slices.Contains(task.Cells, f.Cell) || listFigures[f.Against] == nil {
		return "", nil, fault.New(fault.Invalid, "rates.figure",
			"Không có số liệu này trong bảng tỷ lệ.", "The rates have no such figure.").At("figure")
	}
	at, err := s.reportingMoment(ctx, f.At, f.DueFrom, f.DueTo)
	if err != nil {
		return "", nil, err
	}
	return listFigures[f.Against][f.Cell], []any{at, f.Level, f.Period, f.Mode, dayOrNull(f.DueFrom), dayOrNull(f.DueTo)}, nil
}
