package target

import (
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/indicator"
)

// adds reports whether parts of the measure add up to it.
func (m Measure) adds() bool { return m.Kind == indicator.Reach || m.Kind == "money" }

// aimOf is the whole part of an agency: what is said of it, else what its years
// come to; nil: nothing is.
func (m Measure) aimOf(agency int64) *decimal.Decimal {
	var sum decimal.Decimal
	found := false
	for _, a := range m.Aims {
		if a.AgencyID != agency {
			continue
		}
		if a.Year == 0 {
			return &a.Aim
		}
		sum, found = sum.Add(a.Aim), true
	}
	if !found {
		return nil
	}
	return &sum
}

// CheckAims holds the parts of a measure against it: each stands once, those of a
// count or of an amount add up, and a share in percent is not split among units.
// The error names the difference.
func (m Measure) CheckAims(aims []Aim) error {
	if m.Aim == nil {
		return fault.New(fault.Invalid, "target.no_number", "Mục tiêu này không có con số để chia.", "This target has no number to be split.")
	}
	byUnit, byYear, unitsIn := []indicator.Split{}, []indicator.Split{}, map[int][]indicator.Split{}
	seen, whole, yearly := map[Aim]bool{}, map[int64]bool{}, map[int64]bool{}
	for i, a := range aims {
		place := fmt.Sprintf("parts.%d", i)
		key := Aim{AgencyID: a.AgencyID, Year: a.Year}
		switch {
		case seen[key]:
			return fault.New(fault.Invalid, "target.part_twice", "Phần này đã có ở trên.", "This part stands above already.").At(place)
		case a.AgencyID == 0 && a.Year == 0:
			return fault.New(fault.Invalid, "target.part_of", "Ghi đơn vị, năm, hoặc cả hai.", "Name a unit, a year or both.").At(place)
		case a.AgencyID != 0 && !m.adds():
			return fault.New(fault.Invalid, "target.split_percent", "Chỉ chia số lượng và số tiền; tỷ lệ phần trăm áp dụng cho từng đơn vị.",
				"Only counts and money are split; a share in percent holds for each unit.").At(place)
		case a.Year != 0 && (a.Year < m.From.Year || a.Year > m.To.Year):
			return fault.New(fault.Invalid, "target.year", "%d nằm ngoài thời hạn của chỉ tiêu (%d - %d).", "%d is no year of the target (%d to %d).", a.Year, m.From.Year, m.To.Year).At(place + ".year")
		case a.Aim.IsNegative():
			return fault.New(fault.Invalid, "target.negative", "Chỉ tiêu không được là số âm.", "An aim is not negative.").At(place + ".aim")
		}
		seen[key] = true
		part := indicator.Split{Unit: fmt.Sprint(a.AgencyID), Aim: a.Aim}
		if a.AgencyID == 0 {
			byYear = append(byYear, part)
			continue
		}
		byUnit = append(byUnit, part)
		if a.Year == 0 {
			whole[a.AgencyID] = true
			continue
		}
		yearly[a.AgencyID] = true
		unitsIn[a.Year] = append(unitsIn[a.Year], part)
	}
	for agency := range yearly {
		if whole[agency] {
			return fault.New(fault.Invalid, "target.part_mixed", "Một đơn vị được giao cả thời kỳ hoặc từng năm, không cả hai.", "A unit has one part of the whole span or parts of years, not both.").At("parts")
		}
	}
	if !m.adds() {
		return nil
	}
	return m.addUp(aims, byUnit, byYear, unitsIn)
}

func (m Measure) addUp(aims []Aim, byUnit, byYear []indicator.Split, unitsIn map[int][]indicator.Split) error {
	off := func(aim decimal.Decimal, parts []indicator.Split, vi, en string) error {
		if len(parts) == 0 {
			return nil
		}
		f := indicator.SplitFault(aim, parts)
		if f == nil {
			return nil
		}
		f.VI, f.EN = vi+": "+f.VI+".", en+": "+f.EN+"."
		return f.At("parts")
	}
	if err := off(*m.Aim, byUnit, "Chia cho đơn vị", "Among units"); err != nil {
		return err
	}
	if err := off(*m.Aim, byYear, "Chia theo năm", "By year"); err != nil {
		return err
	}
	for _, a := range aims {
		if a.AgencyID == 0 {
			if err := off(a.Aim, unitsIn[a.Year], fmt.Sprintf("Năm %d", a.Year), fmt.Sprintf("In %d", a.Year)); err != nil {
				return err
			}
		}
	}
	return nil
}

// warnings are what a person has to see to before the figures can be trusted.
func (s *Source) warnings(m Measure, r Measured, on calendar.Date) []Warning {
	var list []Warning
	warn := func(code, vi, en string, args ...any) {
		f := fault.New(fault.Invalid, code, vi, en, args...)
		list = append(list, Warning{f.Code, f.VI, f.EN})
	}
	if m.Kind == indicator.Reduce && (m.Baseline == nil || !m.Baseline.Value.IsPositive()) {
		warn("target.no_baseline", "Chưa có số gốc: cơ quan ban hành cần nhập số gốc, nguồn và ngày.", "There is no baseline yet: the plan authority has to enter one, with its source and day.")
	}
	switch {
	case !m.measured():
		warn("target.no_indicator", "Chưa có chỉ tiêu báo cáo nào đo mục tiêu này; chỉ theo dõi được qua lời văn báo cáo.", "No indicator measures this; it can be followed in the texts of reports only.")
		return list
	case !s.countable(m):
		warn("target.not_a_share", "Chỉ tiêu “%s” là số lượng, không tính được tỷ lệ phần trăm; cần một chỉ tiêu tỷ lệ (ratio).", "The indicator %q is a number and tells no share in percent; a ratio is needed.", r.Definition.Name)
	case len(r.Feeds) == 0:
		warn("target.no_feed", "Chưa có nhiệm vụ nào báo cáo số liệu này.", "No duty reports this figure.")
	}
	if over := silent(m, r.Readings, on); m.Kind == indicator.AtLeast && len(over) > 0 && len(r.Feeds) > 0 {
		last := over[len(over)-1]
		warn("target.silent_period", "%d kỳ đã qua chưa có số liệu, gần nhất là kỳ đến ngày %s.", "%d periods that are over have no figures, the latest until %s.", len(over), last.To.VN())
	}
	for _, a := range m.Aims {
		end, over := s.Ended[a.AgencyID]
		if over && !end.After(m.To) && !slices.ContainsFunc(list, func(w Warning) bool { return w.Code == "target.unit_ended" }) {
			warn("target.unit_ended", "Có đơn vị được giao chỉ tiêu đã kết thúc (từ %s); cần giao lại cho đơn vị kế thừa.", "A unit with a part of the target has ended (%s); give its part to its successors.", end.VN())
		}
	}
	return list
}
