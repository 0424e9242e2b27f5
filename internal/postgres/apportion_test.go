package postgres_test

import (
	"testing"

	"dondoc/internal/agency"
	"dondoc/internal/fault"
	"dondoc/internal/plan"
	"dondoc/internal/task"
)

func TestFiguresStayUnlessAPersonApportionsThem(t *testing.T) {
	f := newFollowed(t)
	f.clock.set(t, "2026-02-03 09:00")
	f.reorganise("2026-02-03", `
agencies:
  - {code: da, name: UBND huyện A, level: district, parent: tinh}
  - {code: db, name: UBND huyện B, level: district, parent: tinh}
changes: [{divide: d1, into: [da, db]}]
`)
	da, db := f.agencyID("da"), f.agencyID("db")
	in := func(a, b string) agency.ApportionInput {
		return agency.ApportionInput{PlanID: f.plan.ID, AgencyID: f.agencyID("d1"), Reason: "Theo dân số.", Shares: []agency.Share{{SuccessorID: da, Percent: a}, {SuccessorID: db, Percent: b}}}
	}
	for _, c := range []struct {
		name string
		in   agency.ApportionInput
		code string
	}{
		{"less than the whole", in("60", "30"), "apportion.sum"},
		{"more than the whole", in("60", "40.0001"), "apportion.sum"},
		{"no number", in("x", "40"), "apportion.percent"},
		{"a fraction", in("1/2", "40"), "apportion.percent"},
		{"too fine", in("33.33333", "66.66667"), "apportion.percent"},
		{"nothing for one", in("0", "100"), "apportion.percent"},
		{"one that did not follow", agency.ApportionInput{PlanID: f.plan.ID, AgencyID: f.agencyID("d1"), Reason: "x", Shares: []agency.Share{{SuccessorID: f.agencyID("d2"), Percent: "100"}}}, "apportion.successor"},
		{"no reason", agency.ApportionInput{PlanID: f.plan.ID, AgencyID: f.agencyID("d1"), Shares: in("50", "50").Shares}, "apportion.reason"},
	} {
		if _, err := f.store.Apportion(t.Context(), f.authority, c.in); fault.Of(err) == nil || fault.Of(err).Code != c.code {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if _, err := f.store.Apportion(t.Context(), f.supervisor, in("50", "50")); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a supervisor: %v", err)
	}
	if _, err := f.store.Apportionments(t.Context(), f.supervisor, f.plan.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("a supervisor reads: %v", err)
	}
	for _, shares := range [][2]string{{"50", "50"}, {"62.5", "37.5"}} {
		if _, err := f.store.Apportion(t.Context(), f.authority, in(shares[0], shares[1])); err != nil {
			t.Fatal(err)
		}
	}
	list, err := f.store.Apportionments(t.Context(), f.authority, f.plan.ID)
	if err != nil || len(list) != 1 || list[0].Shares[0].Percent != "62.5" || list[0].AgencyName != "UBND huyện Một" {
		t.Errorf("the last decision stands: %+v %v", list, err)
	}
	f.want("the trail has no words", f.strings(`SELECT count(*)::text FROM audit WHERE action = 'figures.apportioned' AND after::text NOT LIKE '%dân số%'`), "2")
}

// A district divided after January reported ten cases; its successors' columns
// begin with what was shared out, whole cases, and together they make the ten.
func TestWhatIsSharedOutCountsForTheSuccessors(t *testing.T) {
	f := newFollowedOf(t, func(p *plan.Plan) {
		p.Indicators = []plan.Indicator{{Code: "vu", Name: "Số vụ", Unit: "count", Aggregation: "sum"}, {Code: "diem", Name: "Số tụ điểm", Unit: "count", Aggregation: "last"}}
		p.Duties[0].Indicators = []string{"vu", "diem"}
	})
	if _, err := f.store.Submit(t.Context(), f.focal, task.SubmitInput{TaskID: f.taskOf("d1"), Kind: task.Report, Narrative: "Đã làm.",
		Figures: []task.Figure{{Indicator: "vu", Value: "10"}, {Indicator: "diem", Value: "4"}}}); err != nil {
		t.Fatal(err)
	}
	f.decide("d1", task.Accept)
	f.clock.set(t, "2026-02-11 09:00")
	f.reorganise("2026-02-11", `
agencies:
  - {code: da, name: UBND huyện A, level: district, parent: tinh}
  - {code: db, name: UBND huyện B, level: district, parent: tinh}
changes: [{divide: d1, into: [da, db]}]
`)
	f.openRound()
	columns := func(agency string) string {
		t.Helper()
		filled, err := f.store.FilledForm(t.Context(), f.supervisor, f.taskOf(agency))
		if err != nil {
			t.Fatal(err)
		}
		return "vu " + filled.Figures["vu"].PlanToDate + " diem " + filled.Figures["diem"].PlanToDate
	}
	f.want("the figures stay with the old unit", []string{columns("da"), columns("db")}, "vu  diem ", "vu  diem ")
	decide := func(indicator, a, b string) {
		t.Helper()
		if _, err := f.store.Apportion(t.Context(), f.authority, agency.ApportionInput{PlanID: f.plan.ID, AgencyID: f.agencyID("d1"), Indicator: indicator, Reason: "Theo dân số.",
			Shares: []agency.Share{{SuccessorID: f.agencyID("da"), Percent: a}, {SuccessorID: f.agencyID("db"), Percent: b}}}); err != nil {
			t.Fatal(err)
		}
	}
	decide("", "62.5", "37.5")
	f.want("six and four, and no places twice", []string{columns("da"), columns("db")}, "vu 6 diem ", "vu 4 diem ")
	decide("vu", "10", "90")
	f.want("a figure with a decision of its own", []string{columns("da"), columns("db")}, "vu 1 diem ", "vu 9 diem ")
}
