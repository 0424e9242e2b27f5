package target

import (
	"fmt"

	"github.com/shopspring/decimal"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/indicator"
	"dondoc/internal/privacy"
	"dondoc/internal/task"
)

// maxText bounds what people write about a target, in characters.
const maxText = 1000

// SplitInput splits a measure among units, years or both; it takes the place of
// what was there. No parts: nothing is split any more.
type SplitInput struct {
	PlanID  int64
	Target  string
	Measure int // from 1
	// Basis is the document or decision by which it is split.
	Basis string
	Parts []PartInput
}

// PartInput is one part: of an agency, of a year (0: of the whole span), or both.
type PartInput struct {
	AgencyID int64
	Year     int
	// Aim as it is typed; in the stored form once cleaned.
	Aim string
}

// BaselineInput enters the level that a reduction starts from.
type BaselineInput struct {
	PlanID  int64
	Target  string
	Measure int // from 1
	// Value as it is typed; in the stored form once cleaned.
	Value string
	// Source says where it was counted, On is the day that it is of.
	Source string
	On     calendar.Date
}

// Clean brings the input into the form that is stored.
func (in SplitInput) Clean() (SplitInput, error) {
	var err error
	if in.Basis, err = wanted("basis", in.Basis, "Ghi căn cứ giao chỉ tiêu.", "Write by which decision the target is split."); err != nil {
		return in, err
	}
	parts := make([]PartInput, len(in.Parts))
	for i, p := range in.Parts {
		if p.Aim, err = figure(fmt.Sprintf("parts.%d.aim", i), p.Aim); err != nil {
			return in, err
		}
		parts[i] = p
	}
	in.Parts = parts
	return in, nil
}

// Texts are what people write in it.
func (in SplitInput) Texts() []privacy.Text { return []privacy.Text{{Field: "basis", Text: in.Basis}} }

// Aims are the parts as numbers; call it on what was cleaned.
func (in SplitInput) Aims() []Aim {
	aims := make([]Aim, len(in.Parts))
	for i, p := range in.Parts {
		n, err := decimal.NewFromString(p.Aim)
		if err != nil {
			n = decimal.Zero
		}
		aims[i] = Aim{AgencyID: p.AgencyID, Year: p.Year, Aim: n}
	}
	return aims
}

// Clean brings the input into the form that is stored.
func (in BaselineInput) Clean() (BaselineInput, error) {
	var err error
	if in.Value, err = figure("value", in.Value); err != nil {
		return in, err
	}
	if n, bad := decimal.NewFromString(in.Value); bad != nil || !n.IsPositive() {
		return in, fault.New(fault.Invalid, "baseline.positive", "Số gốc phải lớn hơn 0.", "The baseline must be above 0.").At("value")
	}
	if in.On.IsZero() {
		return in, fault.New(fault.Invalid, "baseline.day", "Ghi ngày của số gốc.", "Give the day that the baseline is of.").At("counted_on")
	}
	in.Source, err = wanted("source", in.Source, "Ghi nguồn của số gốc.", "Write where the baseline comes from.")
	return in, err
}

// Texts are what people write in it.
func (in BaselineInput) Texts() []privacy.Text {
	return []privacy.Text{{Field: "source", Text: in.Source}}
}

func wanted(field, text, vi, en string) (string, error) {
	text, wrong := task.CleanText(text, maxText)
	if wrong != nil {
		return text, wrong.At(field)
	}
	if text == "" {
		return text, &fault.Fault{Kind: fault.Invalid, Code: "target." + field, Field: field, VI: vi, EN: en}
	}
	return text, nil
}

func figure(field, typed string) (string, error) {
	stored, err := indicator.Read(typed, indicator.Money)
	if err != nil {
		return "", fault.Of(err).At(field)
	}
	if stored == "" {
		return "", fault.New(fault.Invalid, "target.figure", "Ghi con số.", "Give the number.").At(field)
	}
	return stored, nil
}
