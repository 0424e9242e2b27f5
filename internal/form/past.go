package form

import (
	"fmt"
	"regexp"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/privacy"
	"dondoc/internal/task"
)

// Past is a figure of a period that no report of this system covers.
type Past struct {
	ID            int64
	AgencyID      int64
	Indicator     string
	From, To      calendar.Date // both inclusive
	Version       int           // from 1; each change is another one
	Value         string        // decimal text; empty: taken back
	Source        string        // where it comes from, in a person's words
	EnteredAt     time.Time
	EnteredByName string
}

// PastInput enters figures of an agency.
type PastInput struct {
	AgencyID int64
	Figures  []PastEntry
}

// PastEntry is one figure to be entered, or with an empty value taken back.
type PastEntry struct {
	Indicator string
	From, To  calendar.Date
	Value     string
	Source    string
	// Version is the newest that the person has seen, 0 where there was none; nil
	// does not compare.
	Version *int
}

// Limits of what one act enters.
const (
	maxPast   = 500
	maxSource = 500
	// longestWindow is that of a year, in days, with some to spare for the windows
	// of the year in which a calendar changed.
	longestWindow = 400
	firstYear     = 1990
)

var decimalText = regexp.MustCompile(`^-?\d{1,15}(\.\d{1,4})?$`)

// Clean brings the entries into the form that is stored and names every fault at
// once; today is the business day.
func (in PastInput) Clean(today calendar.Date) (PastInput, error) {
	var faults []*fault.Fault
	if len(in.Figures) == 0 || len(in.Figures) > maxPast {
		return in, fault.New(fault.Invalid, "past.count", "Nhập từ 1 đến %d số liệu một lần.", "Enter from 1 to %d figures at once.", maxPast).At("figures")
	}
	entries := make([]PastEntry, len(in.Figures))
	seen := map[string]bool{}
	for i, e := range in.Figures {
		at := fmt.Sprintf("figures[%d]", i)
		refuse := func(field, code, vi, en string, args ...any) {
			faults = append(faults, fault.New(fault.Invalid, code, vi, en, args...).At(at+"."+field))
		}
		source, f := task.CleanText(e.Source, maxSource)
		if f != nil {
			faults = append(faults, f.At(at+".source"))
		}
		e.Source = source
		key := e.Indicator + " " + e.From.String() + " " + e.To.String()
		switch {
		case e.From.IsZero() || e.To.IsZero() || e.To.Before(e.From) || e.To.Sub(e.From) > longestWindow:
			refuse("to", "past.window", "Kỳ phải có ngày đầu, ngày cuối và dài không quá một năm.", "The period needs a first and a last day and is no longer than a year.")
		case e.From.Year < firstYear || e.To.After(today):
			refuse("to", "past.when", "Kỳ phải đã kết thúc (trước hoặc trong ngày %s), không sớm hơn năm %d.", "The period has ended (by %s) and is not before %d.", today.VN(), firstYear)
		case seen[key]:
			refuse("indicator", "past.twice", "Chỉ tiêu và kỳ này đã có ở trên.", "This indicator and period stand above already.")
		}
		seen[key] = true
		if e.Value != "" && !decimalText.MatchString(e.Value) {
			refuse("value", "figure.number", "Ghi bằng chữ số, ví dụ 12 hoặc 12.5.", "Give a number such as 12 or 12.5.")
		}
		if e.Source == "" && f == nil {
			refuse("source", "past.source", "Ghi nguồn của số liệu, ví dụ số và ngày văn bản.", "Say where the figure comes from, such as the number and date of a document.")
		}
		entries[i] = e
	}
	in.Figures = entries
	if len(faults) > 0 {
		return in, fault.New(fault.Invalid, "past.invalid", "Chưa nhập được. Có %d chỗ cần sửa.", "Not entered. %d places need mending.", len(faults)).With(faults...)
	}
	return in, nil
}

// Texts are the free texts, by field.
func (in PastInput) Texts() []privacy.Text {
	texts := make([]privacy.Text, len(in.Figures))
	for i, e := range in.Figures {
		texts[i] = privacy.Text{Field: fmt.Sprintf("figures[%d].source", i), Text: e.Source}
	}
	return texts
}
