package account

import (
	"errors"
	"slices"
	"testing"

	"dondoc/internal/calendar"
	"dondoc/internal/policy"
)

func day(s string) calendar.Date {
	if s == "" {
		return calendar.Date{}
	}
	d, err := calendar.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func TestCompare(t *testing.T) {
	agencies := map[string]int64{"A1": 1, "A2": 2}
	today := day("2026-03-02")
	head := func(id int64, from, to string) Held {
		return Held{ID: id, AgencyID: 1, Role: policy.Head, ValidFrom: day(from), ValidTo: day(to)}
	}
	person := func(posts ...Held) map[string]Known {
		return map[string]Known{"a@dondoc.example": {ID: 7, Name: "Thủ trưởng", Phone: "0251", Language: "vi", Editable: true, Posts: posts}}
	}
	row := func(from, to string) Row {
		return Row{Line: 2, Email: "a@dondoc.example", Name: "Thủ trưởng", AgencyCode: "A1", Role: policy.Head, ValidFrom: day(from), ValidTo: day(to)}
	}
	for _, c := range []struct {
		name    string
		known   map[string]Known
		rows    []Row
		outcome Outcome
		posts   []Held
	}{
		{"a new person gets a post from today", nil, []Row{row("", "")}, New, []Held{head(0, "2026-03-02", "")}},
		{"the same list again changes nothing", person(head(3, "2025-01-01", "")), []Row{row("", "")}, Unchanged, nil},
		{"a last day ends the post", person(head(3, "2025-01-01", "")), []Row{row("", "2026-06-30")}, Changed, []Held{head(3, "2025-01-01", "2026-06-30")}},
		{"an ended post is taken up anew", person(head(3, "2025-01-01", "2025-12-31")), []Row{row("", "")}, Changed, []Held{head(0, "2026-03-02", "")}},
		{"another first day moves the post", person(head(3, "2025-01-01", "")), []Row{row("2025-02-01", "")}, Changed, []Held{head(3, "2025-02-01", "")}},
		{"two spans part one post", person(head(3, "2025-01-01", "")), []Row{row("2025-01-01", "2025-06-30"), row("2026-01-01", "")}, Changed,
			[]Held{head(3, "2025-01-01", "2025-06-30"), head(0, "2026-01-01", "")}},
	} {
		changes, err := Compare(c.rows, c.known, agencies, today)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := changes[0]; len(changes) != 1 || got.Outcome != c.outcome || !slices.Equal(got.Posts, c.posts) {
			t.Errorf("%s: got %+v", c.name, changes)
		}
	}
}

func TestCompareFacts(t *testing.T) {
	rows := []Row{{Line: 2, Email: "a@dondoc.example", Name: "Tên mới", AgencyCode: "A1", Role: policy.Head}}
	for _, editable := range []bool{true, false} {
		known := map[string]Known{"a@dondoc.example": {ID: 7, Name: "Tên cũ", Phone: "0251", Language: "en", Editable: editable}}
		changes, err := Compare(rows, known, map[string]int64{"A1": 1}, day("2026-03-02"))
		if err != nil {
			t.Fatal(err)
		}
		got := changes[0]
		want := "Tên mới"
		if !editable {
			want = "Tên cũ" // another administrator's person
		}
		if got.Name != want || got.Phone != "0251" || got.Language != "en" || got.FactsChanged != editable || len(got.Posts) != 1 {
			t.Errorf("editable %v: %+v", editable, got)
		}
	}
}

func TestCompareRefuses(t *testing.T) {
	two := map[string]Known{"a@dondoc.example": {ID: 7, Name: "x", Posts: []Held{
		{ID: 1, AgencyID: 1, Role: policy.Head, ValidFrom: day("2024-01-01"), ValidTo: day("2024-12-31")},
		{ID: 2, AgencyID: 1, Role: policy.Head, ValidFrom: day("2025-06-01")},
	}}}
	for _, c := range []struct {
		name, code string
		known      map[string]Known
		row        Row
	}{
		{"an agency that is not there", "people.agency_unknown", nil, Row{Email: "a@dondoc.example", Name: "x", AgencyCode: "B9", Role: policy.Head}},
		{"a new person without a name", "people.name_missing", nil, Row{Email: "a@dondoc.example", AgencyCode: "A1", Role: policy.Head}},
		{"an end before today's start", "people.span", nil, Row{Email: "a@dondoc.example", Name: "x", AgencyCode: "A1", Role: policy.Head, ValidTo: day("2026-01-31")}},
		{"a line over two spans", "people.post_overlaps", two, Row{Email: "a@dondoc.example", AgencyCode: "A1", Role: policy.Head, ValidFrom: day("2024-06-01")}},
	} {
		_, err := Compare([]Row{c.row}, c.known, map[string]int64{"A1": 1}, day("2026-03-02"))
		var problems Problems
		if !errors.As(err, &problems) || len(problems) != 1 || problems[0].Code != c.code {
			t.Errorf("%s: got %v, want %s", c.name, err, c.code)
		}
	}
}
