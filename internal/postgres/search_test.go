package postgres_test

import (
	"strings"
	"testing"
	"time"

	"dondoc/internal/clock"
	"dondoc/internal/policy"
	"dondoc/internal/postgres"
	"dondoc/internal/postgrestest"
)

func TestSearchKnowsNoAccents(t *testing.T) {
	db := postgrestest.New(t)
	seeded(t, db)
	ctx := t.Context()
	for _, statement := range []string{
		`UPDATE duties SET title = 'Đào tạo nghề', text = 'Hỗ trợ học nghề cho người hoàn lương' WHERE plan_id = 1 AND code = 'IV.2'`,
		`UPDATE duties SET code = 'IV.15.đ', title = 'Kiểm tra cơ sở' WHERE plan_id = 1 AND code = 'IV.3'`,
		`INSERT INTO assignments (duty_id, agency_id, role) SELECT d.id, a.id, 'lead' FROM duties d, agencies a WHERE d.plan_id = 1 AND d.code = 'IV.2' AND a.code = 'so1'`,
		`UPDATE plans SET number = '7682/KH-UBND' WHERE id = 1`,
	} {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			t.Fatal(err)
		}
	}
	store := postgres.New(db, clock.Fixed(time.Date(2026, 6, 20, 0, 0, 0, 0, time.UTC)), clock.SystemWall, nil)
	province := policy.Actor{UserID: 1, Posts: []policy.Post{{AgencyID: 1, Role: policy.PlanAuthority}}, Below: []int64{1}}
	stranger := policy.Actor{UserID: 2, Posts: []policy.Post{{AgencyID: 999, Role: policy.FocalPoint}}, Below: []int64{999}}
	// A database of the plainest locale folds as well.
	var folded string
	if err := db.GetContext(ctx, &folded, `SELECT fold('ĐÀO TẠO' COLLATE "C")`); err != nil || folded != "dao tao" {
		t.Errorf("folded to %q, %v", folded, err)
	}
	codes := func(actor policy.Actor, query string) string {
		t.Helper()
		found, err := store.Search(ctx, actor, query)
		if err != nil {
			t.Fatalf("%q: %v", query, err)
		}
		all := []string{}
		for _, d := range found.Duties {
			if d.PlanID == 1 {
				all = append(all, d.Code)
			}
		}
		for _, p := range found.Plans {
			all = append(all, p.Number)
		}
		return strings.Join(all, " ")
	}
	for query, want := range map[string]string{
		"dao tao nghe":            "IV.2",
		"ĐÀO TẠO":                 "IV.2",
		"hoc nghe hoan luong":     "IV.2",
		"a\u0300 đa\u0300o tạo":   "IV.2", // written with combining marks
		"iv.15.d":                 "IV.15.đ",
		"IV.15.đ":                 "IV.15.đ",
		"so 1 nghe":               "IV.2", // with who owes it
		"7682":                    "7682/KH-UBND",
		"đào tạo cơ sở":           "",
		"":                        "",
		"%":                       "",
		"_' OR 1=1 --":            "",
		"\x00dao\x00 \x1ftao":     "IV.2", // what no text holds counts as a blank
		"\xffdao":                 "",
		strings.Repeat("ă", 9999): "",
	} {
		if got := codes(province, query); got != want {
			t.Errorf("%.40q finds %q, want %q", query, got, want)
		}
		if got := codes(stranger, query); got != "" {
			t.Errorf("%.40q shows a stranger %q", query, got)
		}
	}
}

func TestSearchFindsResultsOfVisibleTasks(t *testing.T) {
	db := postgrestest.New(t)
	seeded(t, db)
	ctx := t.Context()
	var tasks []struct {
		ID     int64
		Agency int64 `db:"agency_id"`
	}
	if err := db.SelectContext(ctx, &tasks, `SELECT min(t.id) AS id, t.agency_id FROM tasks t WHERE t.plan_id = 1 AND t.agency_id >= 9 GROUP BY t.agency_id ORDER BY t.agency_id LIMIT 2`); err != nil || len(tasks) != 2 {
		t.Fatal(tasks, err)
	}
	own, other := tasks[0].ID, tasks[1].ID
	for _, b := range []struct {
		task            int64
		number          int
		narrative, said string
	}{
		{own, 1, "Bản thứ nhất: mở lớp dạy nghề cho 12 người.", "invalid = false"},
		{own, 2, "Bản thứ hai: mở lớp DẠY NGHỀ cho 15 người.", "invalid = false"},
		{other, 1, "Dạy nghề: chưa mở lớp.", "invalid = false"},
		{other, 2, "Đã rút: tuyên truyền", "withdrawn_at = submitted_at, withdrawn_by = 1, withdraw_reason = 'x'"},
		{other, 3, "Không hợp lệ: cảm hóa", "invalid = true"},
	} {
		if _, err := db.ExecContext(ctx, `INSERT INTO submissions (task_id, number, kind, narrative, document_number, submitted_at, submitted_by)
			VALUES ($1, $2::int, 'report', $3, $2::int || '/BC-UBND', '2026-06-15 18:00+0', 1)`, b.task, b.number, b.narrative); err != nil {
			t.Fatal(err)
		}
		if _, err := db.ExecContext(ctx, `UPDATE submissions SET `+b.said+` WHERE task_id = $1 AND number = $2`, b.task, b.number); err != nil {
			t.Fatal(err)
		}
	}
	store := postgres.New(db, clock.Fixed(time.Date(2026, 6, 20, 0, 0, 0, 0, time.UTC)), clock.SystemWall, nil)
	province := policy.Actor{UserID: 1, Posts: []policy.Post{{AgencyID: 1, Role: policy.PlanAuthority}}, Below: []int64{1}}
	commune := policy.Actor{UserID: 2, Posts: []policy.Post{{AgencyID: tasks[0].Agency, Role: policy.FocalPoint}}, Below: []int64{tasks[0].Agency}}
	found := func(actor policy.Actor, query string) string {
		t.Helper()
		f, err := store.Search(ctx, actor, query)
		if err != nil || f.MoreResults {
			t.Fatalf("%q: more %v, %v", query, f.MoreResults, err)
		}
		all := []string{}
		for _, r := range f.Results {
			if r.TaskID != own && r.TaskID != other || r.Agency == "" || r.PlanID != 1 || r.PlanTitle == "" || r.DutyTitle == "" || r.PeriodKey == "" || r.TimeZone == "" {
				t.Errorf("%q: %+v", query, r)
			}
			all = append(all, r.Excerpt)
		}
		return strings.Join(all, "|")
	}
	const newest, others = "Bản thứ hai: mở lớp DẠY NGHỀ cho 15 người.", "Dạy nghề: chưa mở lớp."
	for _, c := range []struct{ query, province, commune string }{
		{"day nghe", others + "|" + newest, newest}, // of two versions the newer
		{"Dạy NGHỀ 15", newest, newest},
		{"ngh lop", others + "|" + newest, newest}, // words that are begun
		{"thu nhat", "Bản thứ nhất: mở lớp dạy nghề cho 12 người.", "Bản thứ nhất: mở lớp dạy nghề cho 12 người."},
		{"chua mo", others, ""},
		{"2/bc-ubnd", newest, newest},        // the number of the paper
		{"ay nghe", "", ""},                  // no word begins so
		{"tuyen truyen", "", ""},             // withdrawn
		{"cam hoa", "", ""},                  // invalid
		{"15:* & !nghe | (", newest, newest}, // what the database would take for operators parts words
		{"%", "", ""}, {"中", "", ""}, {"' OR 1=1 --", "", ""},
	} {
		if got := found(province, c.query); got != c.province {
			t.Errorf("%q finds the province %q, want %q", c.query, got, c.province)
		}
		if got := found(commune, c.query); got != c.commune {
			t.Errorf("%q finds the commune %q, want %q", c.query, got, c.commune)
		}
	}
	// What is taken out of a text is not found any more.
	if _, err := db.ExecContext(ctx, `UPDATE submissions SET narrative = 'mở lớp' WHERE task_id = $1`, own); err != nil {
		t.Fatal(err)
	}
	if got := found(commune, "day nghe"); got != "" {
		t.Errorf("found after it was taken out: %q", got)
	}
}
