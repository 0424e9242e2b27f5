package web

import (
	"net/url"
	"slices"
	"strconv"

	"dondoc/internal/task"
)

// export is where the board's overdue tasks are had as a workbook.
func (q boardQuery) export() string {
	v := url.Values{}
	for name, n := range map[string]int64{"plan": q.Plan, "duty": q.Duty, "under": q.Agency} {
		if n != 0 {
			v.Set(name, strconv.FormatInt(n, 10))
		}
	}
	for name, s := range map[string]string{"level": q.Level, "way": string(q.Way)} {
		if s != "" {
			v.Set(name, s)
		}
	}
	return "/api/v1/exports/overdue.xlsx?" + v.Encode()
}

// roundsOf are the rounds of overdue tasks, each once.
func roundsOf(overdue []task.Overdue, l lexicon) []option {
	var rounds []option
	for _, o := range overdue {
		address := "/ky/" + strconv.FormatInt(o.Task.RoundID, 10)
		if !slices.ContainsFunc(rounds, func(r option) bool { return r.Value == address }) {
			rounds = append(rounds, option{Value: address, Title: l.taskTitle(o.Task)})
		}
	}
	return rounds
}
