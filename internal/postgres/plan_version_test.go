package postgres_test

import (
	"fmt"
	"testing"

	"dondoc/internal/calendar"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
)

func TestVersionsAreListedAndCompared(t *testing.T) {
	w := openJanuary(t)
	focal := w.actor("focal_point.d1@dondoc.example")
	w.amend(w.amended(func(p *plan.Plan) {
		p.Duties[0].Text = "Tổng hợp và báo cáo"
		p.Files = map[string]string{"a.csv": "code\n"}
	}))
	w.amend(w.amended(func(p *plan.Plan) { p.Duties[0].Due = map[string]calendar.DueRule{"": {WorkingDays: 6}} }))
	versions, err := w.store.PlanVersions(t.Context(), focal, w.plan.ID)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, v := range versions {
		lines = append(lines, fmt.Sprintf("%d %s %v %s %d", v.Number, v.Basis.Number, v.Current, v.LoadedByName, v.Duties))
	}
	w.want("versions", lines, "3 12/QĐ-UBND true plan_authority.tinh@dondoc.example 1", "2 12/QĐ-UBND false plan_authority.tinh@dondoc.example 1", "1  false  1")

	second, err := w.store.PlanVersion(t.Context(), focal, w.plan.ID, 2)
	if err != nil || second.Source != "format: 1 # sửa đổi\n" || second.Files["a.csv"] != "code\n" || second.Basis.On != decision.On {
		t.Errorf("%+v, %v", second, err)
	}
	c, err := w.store.ComparePlanVersions(t.Context(), focal, w.plan.ID, 1, 3)
	if err != nil || len(c.Difference.Changed) != 1 || len(c.Difference.Changed[0].Text) != 0 || c.From.Number != 1 || c.To.Number != 3 {
		t.Fatalf("%+v, %v", c, err)
	}
	if f := c.Difference.Changed[0].Fields; len(f) != 1 || f[0].Field != "due" || f[0].Old != "other: {working_days: 4}" || f[0].New != "other: {working_days: 6}" {
		t.Errorf("%+v", f)
	}
	_, err = w.store.PlanVersion(t.Context(), focal, w.plan.ID, 4)
	wantFault(t, "no such version", err, "not_found", "not_found")
	_, err = w.store.ComparePlanVersions(t.Context(), policy.Actor{UserID: 9}, w.plan.ID, 1, 2)
	wantFault(t, "a stranger", err, "not_found", "not_found")
}
