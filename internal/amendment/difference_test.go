package amendment_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"dondoc/internal/amendment"
	"dondoc/internal/calendar"
	"dondoc/internal/plan"
	"dondoc/internal/task"
)

// everything is a plan in which every key of the file format is given.
func everything(t *testing.T) *plan.Plan {
	t.Helper()
	folder := "../plan/testdata"
	source, err := os.ReadFile(filepath.Join(folder, "every-key.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	p, problems := plan.Read("every-key.yaml", source, func(path string) ([]byte, error) { return os.ReadFile(filepath.Join(folder, path)) })
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	return p
}

func kept(t *testing.T, p *plan.Plan) *plan.Plan {
	t.Helper()
	encoded, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var read plan.Plan
	if err := json.Unmarshal(encoded, &read); err != nil {
		t.Fatal(err)
	}
	return &read
}

func TestAPlanDoesNotDifferFromItself(t *testing.T) {
	p := everything(t)
	if d := amendment.Compare(kept(t, p), p); !d.Empty() {
		t.Errorf("%+v", d)
	}
}

// Whatever a file says anew must be told: each value of the plan, changed by
// itself, makes a difference, but for those that say nothing to anybody.
func TestEveryChangeIsADifference(t *testing.T) {
	old, p := everything(t), everything(t)
	var visit func(v reflect.Value, path string)
	said := func(path string) {
		if d := amendment.Compare(old, p); d.Empty() {
			t.Errorf("a change of %s is not told", path)
		}
	}
	visit = func(v reflect.Value, path string) {
		name := path[strings.LastIndexByte(path, '.')+1:]
		// Another code is another plan, which no amendment makes of it.
		if path == ".Code" || slices.Contains([]string{"Line", "Lines", "Files", "Named", "Format", "Addressed", "RenamedFrom"}, name) || strings.HasPrefix(path, ".Agencies") {
			return
		}
		switch v.Kind() {
		case reflect.String:
			old := v.String()
			v.SetString(old + "x")
			said(path)
			v.SetString(old)
		case reflect.Int:
			old := v.Int()
			v.SetInt(old + 1)
			said(path)
			v.SetInt(old)
		case reflect.Bool:
			v.SetBool(!v.Bool())
			said(path)
			v.SetBool(!v.Bool())
		case reflect.Slice:
			for i := range v.Len() {
				visit(v.Index(i), path)
			}
		case reflect.Struct:
			for i := range v.NumField() {
				if _, date := v.Interface().(calendar.Date); date && i > 0 {
					break // a year stands for the whole
				}
				visit(v.Field(i), path+"."+v.Type().Field(i).Name)
			}
		}
	}
	visit(reflect.ValueOf(p).Elem(), "")
}

func TestWhatAReaderSees(t *testing.T) {
	old, next := everything(t), everything(t)
	next.ValidTo = calendar.NewDate(2028, 6, 30)
	next.Indicators[0].Name = "Số vụ mới"
	a, b := &next.Duties[0], &next.Duties[2]
	a.Code, a.RenamedFrom, a.Text = "A9", "A", "Việc lớn của A"
	a.Assignments = append(a.Assignments, plan.Assignment{Agency: "tinh", Role: plan.Member})
	b.Due = map[string]calendar.DueRule{"": {WorkingDays: 5}}
	next.Duties = slices.DeleteFunc(next.Duties, func(d plan.Duty) bool { return d.Code == "D" })

	d := amendment.Compare(old, next)
	if len(d.Facts) != 2 || d.Facts[0] != (amendment.Fact{Field: "valid_to", Old: "2027-12-31", New: "2028-06-30"}) || d.Facts[1].Field != "indicators.i1" {
		t.Errorf("facts %+v", d.Facts)
	}
	if len(d.Retired) != 1 || d.Retired[0].Code != "D" || len(d.Added) != 0 {
		t.Errorf("retired %+v, added %+v", d.Retired, d.Added)
	}
	if len(d.Changed) != 2 {
		t.Fatalf("%+v", d.Changed)
	}
	if c := d.Changed[0]; c.OldCode != "A" || len(c.Text) != 3 || c.Text[1] != (task.Piece{Change: task.Added, Text: "lớn "}) ||
		!slices.Equal(c.Gained, []amendment.Part{{Agency: "tinh", Role: plan.Member}}) || len(c.Lost) != 0 || len(c.Fields) != 0 {
		t.Errorf("%+v", c)
	}
	if c := d.Changed[1]; len(c.Fields) != 1 || c.Fields[0].New != "other: {working_days: 5}" {
		t.Errorf("%+v", c)
	}
}
