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
