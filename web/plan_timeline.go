package web

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// yearView is a plan's rounds over a year, one line for duties with the same rounds.
type yearView struct {
	Year           string
	Earlier, Later string // addresses of the years beside it; empty: the plan is not valid then
	Months         []string
	Today          string // where today is; empty: in another year
	Lines          []yearLine
}

type yearLine struct {
	Address, Names, Title string
	Said                  string // what is drawn, in words
	Bars                  []yearBar
}

// yearBar goes from where a round opens to where it falls due, in the units of a
// line: two a day.
type yearBar struct{ State, X, Width, Due string }

// yearWidth is the width of a line in its own units; a leap year fills it.
const yearWidth = 732

// namedDuties is how many codes stand at a line.
const namedDuties = 3

// planYear draws the year asked for, or that of today; nil: it has no rounds and was
// not asked for.
func (p *pages) planYear(ctx context.Context, l lexicon, actor policy.Actor, record plan.Record, asked string, now time.Time) (*yearView, error) {
	zone := p.zoneOf(record.TimeZone)
	today := calendar.DateOf(now, zone)
	year := today.Year
	if n, err := strconv.Atoi(asked); err == nil && n >= record.ValidFrom.Year && n <= record.ValidTo.Year {
		year = n
	}
	first, last := calendar.NewDate(year, time.January, 1), calendar.NewDate(year, time.December, 31)
	rounds, err := p.service.RoundsBetween(ctx, actor, record.ID, first, last)
	if err != nil || len(rounds) == 0 && asked == "" {
		return nil, err
	}
	view := &yearView{Year: strconv.Itoa(year)}
	address := planAddress(record.ID) + "/ky?nam="
	if year > record.ValidFrom.Year {
		view.Earlier = address + strconv.Itoa(year-1)
	}
	if year < record.ValidTo.Year {
		view.Later = address + strconv.Itoa(year+1)
	}
	for m := range 12 {
		view.Months = append(view.Months, l.say("ky.month", strconv.Itoa(m+1)))
	}
	if today.Year == year {
		view.Today = yearPlace(first, today)
	}
	view.Lines = l.yearLines(record.ID, first, zone, rounds)
	return view, nil
}

func yearPlace(first, d calendar.Date) string {
	return strconv.Itoa(min(max(2*d.Sub(first), 0), yearWidth))
}

// yearLines give the rounds of each duty; duties with the very same ones share a line.
func (l lexicon) yearLines(planID int64, first calendar.Date, zone *time.Location, rounds []task.Round) []yearLine {
	type drawn struct {
		code, title string
		bars        []yearBar
		said        []string
	}
	var order []int64
	duties := map[int64]*drawn{}
	for _, r := range rounds {
		d := duties[r.DutyID]
		if d == nil {
			d = &drawn{code: r.DutyCode, title: r.DutyTitle}
			duties[r.DutyID] = d
			order = append(order, r.DutyID)
		}
		opens, due := calendar.DateOf(r.OpensAt, zone), calendar.DueDay(r.DueAt, zone)
		from, to := min(max(2*opens.Sub(first), 0), yearWidth), min(max(2*due.Sub(first)+2, 0), yearWidth)
		bar := yearBar{State: r.State, X: strconv.Itoa(from), Width: strconv.Itoa(max(to-from, 2))}
		if due.Year == first.Year {
			bar.Due = strconv.Itoa(to - 2)
		}
		d.bars = append(d.bars, bar)
		d.said = append(d.said, l.say("ky.bar", l.period(r.PeriodKey), opens.VN(), due.VN(), l.say("plan.round."+r.State)))
	}
	var lines []yearLine
	alike := map[string]int{}
	codes := map[int][]string{}
	for _, id := range order {
		d := duties[id]
		key := fmt.Sprint(d.bars)
		i, known := alike[key]
		if !known {
			i = len(lines)
			alike[key] = i
			lines = append(lines, yearLine{Address: dutyAddress(planID, d.code), Title: d.title, Bars: d.bars, Said: strings.Join(d.said, "; ")})
		}
		codes[i] = append(codes[i], d.code)
	}
	for i := range lines {
		all := codes[i]
		lines[i].Names = strings.Join(all[:min(len(all), namedDuties)], ", ")
		if n := len(all) - namedDuties; n > 0 {
			lines[i].Names += " " + l.count("ky.more", n)
		}
		if len(all) > 1 {
			lines[i].Title = ""
		}
	}
	return lines
}
