package postgres

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// listRates counts one page of groups and only then looks up their names.
var listRates = func() map[task.Grouping]string {
	queries := map[task.Grouping]string{}
	for grouping, key := range rateKeys {
		id, names, tables := "c.key", "''", ""
		var text string
		level, planCode := "''", "''"
		switch grouping {
		case task.ByAgency:
			text, names, level, tables = "a.code", "a.name", "a.level", "JOIN agencies a ON a.id = c.key"
		case task.ByDuty:
			text, names, planCode, tables = "d.code", "d.title", "p.code", "JOIN duties d ON d.id = c.key JOIN plans p ON p.id = d.plan_id"
		case task.ByPlan:
			text, names, tables = "p.code", "p.title", "JOIN plans p ON p.id = c.key"
		default:
			id, text = "0", "c.key"
		}
		queries[grouping] = `
			WITH counted AS MATERIALIZED (
				SELECT key, ` + rateTally("present") + `, ` + rateTally("original") + `
				FROM ` + rateRows(key[0], ` AND ($13::text = '' OR `+key[0]+` > NULLIF($13::text, '')::`+key[1]+`)`) + `
				GROUP BY key ORDER BY key LIMIT $14
			)
			SELECT ` + id + ` AS id, ` + text + ` AS code, ` + names + ` AS name, ` + level + ` AS level, ` + planCode + ` AS plan_code, c.*
			FROM counted c ` + tables + ` ORDER BY c.key`
	}
	return queries
}()

type tallyRow struct {
	Key      string `db:"key"`
	ID       int64  `db:"id"`
	Code     string `db:"code"`
	Name     string `db:"name"`
	Level    string `db:"level"`
	PlanCode string `db:"plan_code"`

	OwedP           int `db:"owed_present"`
	ExpectedP       int `db:"expected_present"`
	SubmittedP      int `db:"submitted_present"`
	OnTimeP         int `db:"on_time_present"`
	DoneOnTimeP     int `db:"done_on_time_present"`
	DoneLateP       int `db:"done_late_present"`
	NotDoneInTimeP  int `db:"not_done_in_time_present"`
	NotDoneOverdueP int `db:"not_done_overdue_present"`
	WaitingP        int `db:"waiting_present"`
	WaitingLateP    int `db:"waiting_late_present"`
	OwedO           int `db:"owed_original"`
	ExpectedO       int `db:"expected_original"`
	SubmittedO      int `db:"submitted_original"`
	OnTimeO         int `db:"on_time_original"`
	DoneOnTimeO     int `db:"done_on_time_original"`
	DoneLateO       int `db:"done_late_original"`
	NotDoneInTimeO  int `db:"not_done_in_time_original"`
	NotDoneOverdueO int `db:"not_done_overdue_original"`
	WaitingO        int `db:"waiting_original"`
	WaitingLateO    int `db:"waiting_late_original"`
}

func (r tallyRow) rate() task.Rate {
	return task.Rate{
		ID: r.ID, Key: r.Code, Name: r.Name, Level: r.Level, PlanCode: r.PlanCode,
		Present: task.Tally{
			Owed: r.OwedP, Expected: r.ExpectedP, Submitted: r.SubmittedP, OnTime: r.OnTimeP, DoneOnTime: r.DoneOnTimeP, DoneLate: r.DoneLateP,
			NotDoneInTime: r.NotDoneInTimeP, NotDoneOverdue: r.NotDoneOverdueP, Waiting: r.WaitingP, WaitingLate: r.WaitingLateP,
		},
		Original: task.Tally{
			Owed: r.OwedO, Expected: r.ExpectedO, Submitted: r.SubmittedO, OnTime: r.OnTimeO, DoneOnTime: r.DoneOnTimeO, DoneLate: r.DoneLateO,
			NotDoneInTime: r.NotDoneInTimeO, NotDoneOverdue: r.NotDoneOverdueO, Waiting: r.WaitingO, WaitingLate: r.WaitingLateO,
		},
	}
}

// Rates gives reporting and on-time rates and the official 2 × 2, line by line,
// over exactly the tasks that the actor may see. A figure of a past moment is
// made of the facts known today that bear an instant up to then.
func (s *Store) Rates(ctx context.Context, actor policy.Actor, f task.RateFilter) (task.RatePage, error) {
	return s.rates(ctx, actor, f, limitOf(f.Limit))
}

func (s *Store) rates(ctx context.Context, actor policy.Actor, f task.RateFilter, limit int) (task.RatePage, error) {
	if f.GroupBy == "" {
		f.GroupBy = task.ByAgency
	}
	query, ok := listRates[f.GroupBy]
	if !ok {
		return task.RatePage{}, fault.New(fault.Invalid, "rates.group_by",
			"Không có cách nhóm này.", "There is no such grouping.").At("group_by")
	}
	after, err := rateCursor(f.GroupBy, f.Cursor)
	if err != nil {
		return task.RatePage{}, err
	}
	page := task.RatePage{Rates: []task.Rate{}}
	if page.At, err = s.reportingMoment(ctx, f.At, f.DueFrom, f.DueTo); err != nil {
		return page, err
	}
	rows := []tallyRow{}
	err = s.snapshot(ctx, func(tx *sqlx.Tx) error {
		args, err := rateArguments(ctx, tx, actor, page.At, f, after, limit+1)
		if err != nil {
			return err
		}
		if err := tx.SelectContext(ctx, &rows, query, args...); err != nil {
			return fmt.Errorf("count rates: %w", err)
		}
		return nil
	})
	if err != nil {
		return page, err
	}
	for i, row := range rows {
		if i == limit {
			page.Next = rateCursorAt(f.GroupBy, rows[limit-1].Key)
			break
		}
		page.Rates = append(page.Rates, row.rate())
	}
	return page, nil
}

// rateArguments are those of rateRows, then the query's own.
func rateArguments(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, at time.Time, f task.RateFilter, more ...any) ([]any, error) {
	below, err := under(ctx, tx, f.UnderAgency)
	if err != nil {
		return nil, err
	}
	args := []any{at, f.Level, f.Period, f.Mode, dayOrNull(f.DueFrom), dayOrNull(f.DueTo), f.PlanID, f.DutyID, arrayOrNull(below)}
	return scopedWide(ctx, tx, actor, append(args, more...)...)
}

func dayOrNull(d calendar.Date) any {
	if d.IsZero() {
		return nil
	}
	return d.String()
}

// reportingMoment is the one asked for, or now. Of the future nothing is known.
func (s *Store) reportingMoment(ctx context.Context, at time.Time, from, to calendar.Date) (time.Time, error) {
	now, err := s.business.Now(ctx)
	if err != nil {
		return at, fmt.Errorf("business clock: %w", err)
	}
	if !from.IsZero() && !to.IsZero() && to.Before(from) {
		return at, fault.New(fault.Invalid, "rates.range",
			"Ngày cuối đứng trước ngày đầu.", "The last day lies before the first.").At("to")
	}
	if at.IsZero() {
		return now.UTC().Truncate(time.Microsecond), nil // as Postgres keeps it
	}
	if at.After(now) {
		return at, fault.New(fault.Invalid, "rates.at_future",
			"Thời điểm báo cáo chưa đến; chỉ tính được đến hiện tại.", "The reporting moment lies in the future; figures end with the present.").At("at")
	}
	return at.UTC(), nil
}

// The cursor of the rates is the last line's key; its list bears the grouping's name.
func rateCursorAt(g task.Grouping, key string) string {
	return encodeCursor("rates-"+string(g), base64.RawURLEncoding.EncodeToString([]byte(key)), 0)
}

func rateCursor(g task.Grouping, cursor string) (string, error) {
	if cursor == "" {
		return "", nil
	}
	encoded, _, err := decodeCursor("rates-"+string(g), cursor)
	if err != nil {
		return "", err
	}
	key, err := base64.RawURLEncoding.DecodeString(encoded)
	if err != nil || len(key) == 0 {
		return "", refusedCursor()
	}
	if rateKeys[g][1] == "bigint" {
		if _, err := strconv.ParseInt(string(key), 10, 64); err != nil {
			return "", refusedCursor()
		}
	} else if slices.Contains(key, 0) {
		return "", refusedCursor() // text in Postgres bears no zero byte
	}
	return string(key), nil
}

// rankAgencies compares rates as fractions, so that equal ones share a place.
var rankAgencies = func() map[task.Against]string {
	queries := map[task.Against]string{}
	for _, against := range []task.Against{task.AgainstPresent, task.AgainstOriginal} {
		of := string(against)
		queries[against] = `
			WITH counted AS (
				SELECT key, count(*) FILTER (WHERE e_` + of + `) AS expected, count(*) FILTER (WHERE s_` + of + ` > 0 AND submitted) AS submitted,
					count(*) FILTER (WHERE n_` + of + `) AS on_time, count(*) FILTER (WHERE s_` + of + ` = 4) AS overdue
				FROM ` + rateRows("t.agency_id", "") + ` GROUP BY key
			), placed AS (
				SELECT c.*, a.code, a.name, rank() OVER (ORDER BY share) AS place, row_number() OVER (ORDER BY share, expected DESC, a.code COLLATE "C") AS line
				FROM counted c JOIN agencies a ON a.id = c.key
				CROSS JOIN LATERAL (SELECT CASE WHEN $13::boolean THEN -1 ELSE 1 END * on_time::numeric / NULLIF(expected, 0) AS share) AS of_expected
				WHERE expected >= $14::bigint
			)
			SELECT key AS agency_id, code, name, place, expected, submitted, on_time, overdue, line FROM placed
			WHERE line > $15::bigint ORDER BY line LIMIT $16`
	}
	return queries
}()

// Rankings orders the agencies of one level that the actor may see by their
// on-time rate. What is only requested of an agency ("đề nghị") never ranks it,
// nor do rates over fewer than task.MinRanked expected tasks.
func (s *Store) Rankings(ctx context.Context, actor policy.Actor, f task.RankingFilter) (task.Ranking, error) {
	if f.Level == "" {
		return task.Ranking{}, fault.New(fault.Invalid, "rankings.level",
			"Hãy chọn một cấp: chỉ so sánh các đơn vị cùng cấp.", "Choose a level: only agencies of one level are compared.").At("level")
	}
	if f.Against == "" {
		f.Against = task.AgainstPresent
	}
	var after int64
	if f.Cursor != "" {
		var err error
		if _, after, err = decodeCursor("rankings", f.Cursor); err != nil {
			return task.Ranking{}, err
		}
	}
	ranking := task.Ranking{Ranked: []task.Ranked{}}
	var err error
	if ranking.At, err = s.reportingMoment(ctx, f.At, f.DueFrom, f.DueTo); err != nil {
		return ranking, err
	}
	limit := limitOf(f.Limit)
	var rows []struct {
		AgencyID  int64  `db:"agency_id"`
		Code      string `db:"code"`
		Name      string `db:"name"`
		Place     int    `db:"place"`
		Expected  int    `db:"expected"`
		Submitted int    `db:"submitted"`
		OnTime    int    `db:"on_time"`
		Overdue   int    `db:"overdue"`
		Line      int64  `db:"line"`
	}
	err = s.snapshot(ctx, func(tx *sqlx.Tx) error {
		args, err := rateArguments(ctx, tx, actor, ranking.At, task.RateFilter{
			PlanID: f.PlanID, DutyID: f.DutyID, UnderAgency: f.UnderAgency, Level: f.Level, Mode: "assigned", DueFrom: f.DueFrom, DueTo: f.DueTo,
		}, f.OnTimeFirst, task.MinRanked, after, limit+1)
		if err != nil {
			return err
		}
		if err := tx.SelectContext(ctx, &rows, rankAgencies[f.Against], args...); err != nil {
			return fmt.Errorf("rank agencies: %w", err)
		}
		return nil
	})
	if err != nil {
		return ranking, err
	}
	for i, r := range rows {
		if i == limit {
			ranking.Next = encodeCursor("rankings", "", rows[limit-1].Line)
			break
		}
		ranking.Ranked = append(ranking.Ranked, task.Ranked{
			Place: r.Place, AgencyID: r.AgencyID, AgencyCode: r.Code, AgencyName: r.Name,
			Expected: r.Expected, Submitted: r.Submitted, OnTime: r.OnTime, Overdue: r.Overdue,
		})
	}
	return ranking, nil
}
