package postgres_test

import (
	"context"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dondoc/internal/calendar"
	"dondoc/internal/clock"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/postgres"
	"dondoc/internal/postgrestest"
	"dondoc/internal/task"
)

// What SQL counts, lists behind each figure and ranks is what the rule of task
// says about each row: over random tasks, readers, filters and moments.
func TestRatesFollowTheRuleAndOpenToTheirLists(t *testing.T) {
	db := postgrestest.New(t)
	seeded(t, db)
	ctx := t.Context()
	for _, statement := range []string{
		`DELETE FROM tasks WHERE id % 5 > 0`,
		`UPDATE duties SET mode = 'requested' WHERE code = 'IV.2'`,
		`UPDATE plans SET suspended_at = '2026-06-01 17:00+0' WHERE state = 'suspended'`,
	} {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			t.Fatal(err)
		}
	}
	ids := []int64{}
	if err := db.SelectContext(ctx, &ids, `SELECT id FROM tasks`); err != nil {
		t.Fatal(err)
	}
	parents := parentsOf(t, db)
	counted := map[task.Cell]bool{}
	rankedSeen := false
	rapid.Check(t, func(t *rapid.T) {
		if _, err := db.ExecContext(ctx, putTasks, drawTasks(t, ids)); err != nil {
			t.Fatal(err)
		}
		all, err := ratedTasks(ctx, db)
		if err != nil {
			t.Fatal(err)
		}
		actor := drawActor(t, parents)
		if rapid.Bool().Draw(t, "sees everything") {
			actor = policy.Actor{UserID: 1, Posts: []policy.Post{{AgencyID: 1, Role: policy.Head}}, Below: slices.Collect(maps.Keys(parents))}
		}
		now := time.Date(2026, 6, 1, 17, 0, 0, 0, time.UTC).Add(time.Duration(rapid.IntRange(-20, 20).Draw(t, "now")) * 12 * time.Hour)
		f := task.RateFilter{
			GroupBy: rapid.SampledFrom([]task.Grouping{task.ByAgency, task.ByDuty, task.ByPlan, task.ByPeriod, task.ByLevel}).Draw(t, "group by"),
			At:      now.Add(-time.Duration(rapid.SampledFrom([]int{0, 0, 12, 30, 100}).Draw(t, "past")) * time.Hour),
			Limit:   rapid.IntRange(1, 20).Draw(t, "limit"),
		}
		one := rapid.SampledFrom(all).Draw(t, "one")
		pick := func(name string) bool { return rapid.IntRange(0, 4).Draw(t, name) == 0 }
		if pick("by plan") {
			f.PlanID = one.PlanID
		}
		if pick("by duty") {
			f.DutyID = one.DutyID
		}
		if pick("by level") {
			f.Level = one.Level
		}
		if pick("by period") {
			f.Period = one.Period
		}
		if pick("by mode") {
			f.Mode = one.Mode
		}
		if pick("from") {
			f.DueFrom = calendar.DueDay(one.Due, hanoi)
		}
		if pick("to") {
			f.DueTo = calendar.DueDay(one.Original, hanoi)
			if !f.DueFrom.IsZero() && f.DueTo.Before(f.DueFrom) {
				f.DueFrom = f.DueTo
			}
		}
		below := []int64{}
		if pick("under") {
			f.UnderAgency = max(parents[one.AgencyID], 1)
			for id := range parents {
				for up := id; up != 0; up = parents[up] {
					if up == f.UnderAgency {
						below = append(below, id)
					}
				}
			}
		}
		store := postgres.New(db, clock.Fixed(now), clock.SystemWall, nil)

		// By key, due times and figure: the numbers of the tasks.
		want := map[string]map[task.Against]map[task.Cell][]int64{}
		for _, r := range all {
			if !policy.SeeTask(actor, r.relation()) {
				continue
			}
			for _, against := range []task.Against{task.AgainstPresent, task.AgainstOriginal} {
				if !wants(f, below, r, against) {
					continue
				}
				for _, cell := range task.Cells {
					if !r.rate().In(cell, against, f.At) {
						continue
					}
					key := keyOf(r, f.GroupBy)
					if want[key] == nil {
						want[key] = map[task.Against]map[task.Cell][]int64{task.AgainstPresent: {}, task.AgainstOriginal: {}}
					}
					want[key][against][cell] = append(want[key][against][cell], r.ID)
					counted[cell] = true
				}
			}
		}
		got := map[string]task.Rate{}
		paged := f
		for page := (task.RatePage{Next: "-"}); page.Next != ""; paged.Cursor = page.Next {
			if page, err = store.Rates(ctx, actor, paged); err != nil {
				t.Fatal(err)
			}
			for _, line := range page.Rates {
				key := line.Key
				if line.ID != 0 {
					key = fmt.Sprint(line.ID)
				}
				if _, twice := got[key]; twice {
					t.Fatalf("%s stands on two pages", key)
				}
				got[key] = line
			}
		}
		if len(got) != len(want) {
			t.Fatalf("%d lines, want %d: %v, %v", len(got), len(want), got, want)
		}
		for key, sides := range want {
			line := got[key]
			for against, cells := range sides {
				tally := line.Present
				if against == task.AgainstOriginal {
					tally = line.Original
				}
				for _, cell := range task.Cells {
					if tally.Of(cell) != len(cells[cell]) {
						t.Fatalf("%s %s %s: %d, want %v", key, against, cell, tally.Of(cell), cells[cell])
					}
				}
				if sum := tally.DoneOnTime + tally.DoneLate + tally.NotDoneInTime + tally.NotDoneOverdue + tally.Waiting + tally.WaitingLate; sum != tally.Owed {
					t.Fatalf("%s %s: the official figures add up to %d of %d", key, against, sum, tally.Owed)
				}
			}
		}
		if len(want) > 0 {
			keys := slices.Sorted(maps.Keys(want))
			key := rapid.SampledFrom(keys).Draw(t, "opened line")
			against := rapid.SampledFrom([]task.Against{task.AgainstPresent, task.AgainstOriginal}).Draw(t, "against")
			for _, cell := range task.Cells {
				list := openFigure(ctx, t, store, actor, f, got[key], cell, against)
				if !slices.Equal(list, want[key][against][cell]) {
					t.Fatalf("%s %s %s opens to %v, counts %v", key, against, cell, list, want[key][against][cell])
				}
			}
		}
		level := rapid.SampledFrom([]string{"department", "district", "commune"}).Draw(t, "ranked level")
		against := rapid.SampledFrom([]task.Against{task.AgainstPresent, task.AgainstOriginal}).Draw(t, "ranked against")
		if checkRanking(ctx, t, store, actor, all, f, below, level, against) {
			rankedSeen = true
		}
	})
	for _, cell := range task.Cells {
		if !counted[cell] {
			t.Errorf("no draw had a task that is %s", cell)
		}
	}
	if !rankedSeen {
		t.Error("no draw ranked anybody")
	}
}

// openFigure lists what the address of a figure asks for.
func openFigure(ctx context.Context, t *rapid.T, store *postgres.Store, actor policy.Actor, f task.RateFilter, line task.Rate, cell task.Cell, against task.Against) []int64 {
	filter := task.Filter{PlanID: f.PlanID, DutyID: f.DutyID, UnderAgency: f.UnderAgency, Limit: f.Limit, Figure: task.FigureFilter{
		Cell: cell, Against: against, At: f.At, Level: f.Level, Period: f.Period, Mode: f.Mode, DueFrom: f.DueFrom, DueTo: f.DueTo,
	}}
	switch f.GroupBy {
	case task.ByAgency:
		filter.AgencyID = line.ID
	case task.ByDuty:
		filter.DutyID = line.ID
	case task.ByPlan:
		filter.PlanID = line.ID
	case task.ByPeriod:
		filter.Figure.Period = line.Key
	case task.ByLevel:
		filter.Figure.Level = line.Key
	}
	var list []int64
	for page := (task.Page{Next: "-"}); page.Next != ""; filter.Cursor = page.Next {
		var err error
		if page, err = store.ListTasks(ctx, actor, filter); err != nil {
			t.Fatal(err)
		}
		for _, one := range page.Tasks {
			list = append(list, one.ID)
		}
	}
	slices.Sort(list)
	return list
}

func checkRanking(ctx context.Context, t *rapid.T, store *postgres.Store, actor policy.Actor, all []ratedTask, f task.RateFilter, below []int64, level string, against task.Against) bool {
	f.Level, f.Mode, f.Period = level, "assigned", ""
	expected, onTime := map[int64]int64{}, map[int64]int64{}
	for _, r := range all {
		if !policy.SeeTask(actor, r.relation()) || !wants(f, below, r, against) {
			continue
		}
		if r.rate().In(task.CellExpected, against, f.At) {
			expected[r.AgencyID]++
		}
		if r.rate().In(task.CellOnTime, against, f.At) {
			onTime[r.AgencyID]++
		}
	}
	maps.DeleteFunc(expected, func(_, n int64) bool { return n < task.MinRanked })
	var got []task.Ranked
	filter := task.RankingFilter{
		Level: level, PlanID: f.PlanID, DutyID: f.DutyID, UnderAgency: f.UnderAgency, DueFrom: f.DueFrom, DueTo: f.DueTo, At: f.At, Against: against, Limit: 2,
	}
	for page := (task.Ranking{Next: "-"}); page.Next != ""; filter.Cursor = page.Next {
		var err error
		if page, err = store.Rankings(ctx, actor, filter); err != nil {
			t.Fatal(err)
		}
		got = append(got, page.Ranked...)
	}
	if len(got) != len(expected) {
		t.Fatalf("ranked %+v, want %v", got, expected)
	}
	for i, r := range got {
		if int64(r.Expected) != expected[r.AgencyID] || int64(r.OnTime) != onTime[r.AgencyID] {
			t.Fatalf("%+v, want %d of %d", r, onTime[r.AgencyID], expected[r.AgencyID])
		}
		better := 0
		for id := range expected {
			if big.NewRat(onTime[id], expected[id]).Cmp(big.NewRat(int64(r.OnTime), int64(r.Expected))) < 0 {
				better++
			}
		}
		if r.Place != better+1 || i > 0 && got[i-1].Place > r.Place {
			t.Fatalf("line %d: %+v, want place %d", i, r, better+1)
		}
	}
	return len(got) > 0
}

func TestFiguresEndWithThePresent(t *testing.T) {
	db := postgrestest.New(t)
	seeded(t, db)
	now := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	store := postgres.New(db, clock.Fixed(now), clock.SystemWall, nil)
	actor := policy.Actor{UserID: 1, Posts: []policy.Post{{AgencyID: 1, Role: policy.PlanAuthority}}, Below: []int64{1, 2, 3, 4, 5, 6, 7, 8}}
	codes := func(filter task.RateFilter) string {
		_, err := store.Rates(t.Context(), actor, filter)
		if f := fault.Of(err); f != nil {
			return f.Code
		}
		return fmt.Sprint(err)
	}
	for name, c := range map[string]struct {
		filter task.RateFilter
		code   string
	}{
		"a moment to come":  {task.RateFilter{At: now.Add(time.Second)}, "rates.at_future"},
		"days back to back": {task.RateFilter{DueFrom: calendar.NewDate(2026, 6, 2), DueTo: calendar.NewDate(2026, 6, 1)}, "rates.range"},
		"no such grouping":  {task.RateFilter{GroupBy: "colour"}, "rates.group_by"},
		"nonsense":          {task.RateFilter{Cursor: "!!"}, "cursor.invalid"},
		"a zero byte":       {task.RateFilter{GroupBy: task.ByLevel, Cursor: "cmF0ZXMtbGV2ZWx8QUF8MA"}, "cursor.invalid"},
	} {
		if got := codes(c.filter); got != c.code {
			t.Errorf("%s: %s, want %s", name, got, c.code)
		}
	}
	page, err := store.Rates(t.Context(), actor, task.RateFilter{Limit: 1})
	if err != nil || page.Next == "" {
		t.Fatalf("no next page: %+v, %v", page, err)
	}
	if got := codes(task.RateFilter{GroupBy: task.ByDuty, Cursor: page.Next}); got != "cursor.invalid" {
		t.Errorf("the cursor of agencies served duties: %s", got)
	}
	if _, err := store.Rankings(t.Context(), actor, task.RankingFilter{}); fault.Of(err) == nil || fault.Of(err).Code != "rankings.level" {
		t.Errorf("agencies of all levels were compared: %v", err)
	}
	if page, err := store.Rates(t.Context(), policy.Actor{UserID: 1, Posts: []policy.Post{{AgencyID: 1, Role: policy.Administrator}}}, task.RateFilter{}); err != nil || len(page.Rates) > 0 {
		t.Errorf("an administrator reads rates: %+v, %v", page, err)
	}
}
