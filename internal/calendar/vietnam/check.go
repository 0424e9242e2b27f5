package vietnam

import (
	"slices"
	"strings"

	"dondoc/internal/calendar"
)

// check reads the cells of one row and reports what is wrong with them.
func (r *reader) check(w *row) {
	w.day.Status = Decreed
	w.day.LegalBasis, w.day.Source = w.cells["legal_basis"], w.cells["source"]
	r.checkDay(w)
	r.checkKind(w)
	r.checkDecree(w)
	w.day.NameVI, w.day.NameEN = w.cells["name"], w.cells["name_en"]
	if w.day.NameEN == "" {
		w.day.NameEN = translated(w.day)
	}
	for _, missing := range []struct{ column, vi, en string }{
		{"name", "Thiếu tên ngày.", "The day has no name."},
		{
			"legal_basis", "Thiếu căn cứ pháp lý; hãy ghi số, ngày của văn bản, ví dụ “CV 9859/VPCP-KGVX 13/10/2025”.",
			"The legal basis is missing; write the number and day of the document, such as “CV 9859/VPCP-KGVX 13/10/2025”.",
		},
		{"source", "Thiếu nguồn; hãy ghi nơi đọc được văn bản.", "The source is missing; write where the document was read."},
	} {
		if w.cells[missing.column] == "" {
			r.report(w.places[missing.column], missing.column, CodeMissing, "%[1]s", "%[2]s", missing.vi, missing.en)
		}
	}
}

func (r *reader) checkDay(w *row) {
	text, at := w.cells["date"], w.places["date"]
	d, meant, ok := parseDay(text)
	switch {
	case !ok && meant != "":
		r.report(at, "date", CodeDate, "Ngày “%s” phải viết dạng năm-tháng-ngày: %s.",
			"The day “%s” is written year-month-day: %s.", text, meant)
	case !ok:
		r.report(at, "date", CodeDate, "Không có ngày “%s”; hãy viết dạng năm-tháng-ngày, ví dụ 2027-02-05.",
			"There is no day “%s”; write year-month-day, such as 2027-02-05.", text)
	case !known(d.Year):
		r.report(at, "date", CodeDateRange, "Ngày %s nằm ngoài khoảng năm %d–%d.",
			"The day %s is outside of the years %d–%d.", d.VN(), FirstYear, LastYear)
	default:
		w.day.Date = d
		return
	}
	w.unsure = true
}

func (r *reader) checkKind(w *row) {
	kind, at, d := Kind(w.cells["kind"]), w.places["kind"], w.day.Date
	if !slices.Contains(kinds, kind) {
		r.report(at, "kind", CodeKind,
			"Không có loại ngày “%s”; các loại là holiday (nghỉ lễ), substitute (nghỉ bù), swap_off (nghỉ hoán đổi), swap_work (đi làm bù).",
			"There is no kind “%s”; the kinds are holiday, substitute, swap_off (a working day off), swap_work (a rest day worked).", string(kind))
		w.unsure = true
		return
	}
	w.day.Kind = kind
	if d.IsZero() {
		return
	}
	vi, en := calendar.WeekCalendar{}.DayOff(d)
	switch rest := weeklyRest(d); {
	case kind == SwapWork && !rest:
		r.report(at, "kind", CodeNotRestDay, "Ngày %s vốn đã là ngày làm việc; swap_work chỉ dùng cho Thứ Bảy, Chủ Nhật.",
			"%s is a working day anyhow; swap_work is for Saturdays and Sundays.", d.VN())
	case kind == SwapOff && rest:
		r.report(at, "kind", CodeRestDay, "Ngày %[1]s là %[2]s, vốn đã là ngày nghỉ; swap_off chỉ dùng cho ngày làm việc.",
			"%[1]s is a %[3]s, a rest day anyhow; swap_off is for working days.", d.VN(), vi, en)
	case kind == Substitute && rest:
		r.report(at, "kind", CodeRestDay, "Ngày %[1]s là %[2]s, vốn đã là ngày nghỉ; ngày nghỉ bù phải là ngày làm việc.",
			"%[1]s is a %[3]s, a rest day anyhow; a substitute is a working day.", d.VN(), vi, en)
	}
}

func (r *reader) checkDecree(w *row) {
	text, at, d := w.cells["year"], w.places["year"], w.day.Date
	year, ok := parseYear(text)
	switch {
	case !ok:
		r.report(at, "year", CodeDecree,
			"“%s” không phải là năm từ %d đến %d; hãy ghi năm mà văn bản quyết định, để trống nếu là ngày riêng thêm vào lịch.",
			"“%s” is not a year from %d to %d; write the year that the document settles, leave it empty for a single day added to the calendar.",
			text, FirstYear, LastYear)
		w.unsure = true
	case year != 0 && !d.IsZero() && (d.Year < year-1 || d.Year > year+1):
		r.report(at, "year", CodeDecree, "Ngày %s không thuộc năm %d hay năm liền kề.",
			"%s is neither in the year %d nor in one beside it.", d.VN(), year)
		w.unsure = true
	default:
		w.year = year
	}
}

func (r *reader) checkDuplicates(rows []row) {
	first := map[calendar.Date]int{}
	for _, w := range rows {
		if w.day.Date.IsZero() {
			continue
		}
		if line, ok := first[w.day.Date]; ok {
			r.report(w.places["date"], "date", CodeDuplicate, "Ngày %s đã có ở dòng %d; mỗi ngày chỉ ghi một lần.",
				"%s is already in line %d; each day has one row.", w.day.Date.VN(), line)
			continue
		}
		first[w.day.Date] = w.places["date"].line
	}
}

// checkSwaps reports every swapped day that has no counterpart by the same legal basis.
func (r *reader) checkSwaps(rows []row) {
	type swaps struct{ off, work []row }
	byBasis := map[string]*swaps{}
	for _, w := range rows {
		basis := strings.Join(strings.Fields(w.day.LegalBasis), " ")
		if basis == "" || w.day.Kind != SwapOff && w.day.Kind != SwapWork {
			continue
		}
		s := byBasis[basis]
		if s == nil {
			s = &swaps{}
			byBasis[basis] = s
		}
		if w.day.Kind == SwapOff {
			s.off = append(s.off, w)
		} else {
			s.work = append(s.work, w)
		}
	}
	for basis, s := range byBasis {
		for _, w := range s.work[min(len(s.off), len(s.work)):] {
			r.report(w.places["kind"], "kind", CodeUnbalanced,
				"Ngày đi làm bù này không ứng với ngày nghỉ hoán đổi nào: “%s” có %d ngày swap_work, %d ngày swap_off; hãy thêm ngày nghỉ hoán đổi cùng căn cứ hoặc bỏ dòng này.",
				"Nobody has a day off for this working rest day: “%s” has %d days of swap_work and %d of swap_off; add the day off with the same legal basis or remove this row.",
				basis, len(s.work), len(s.off))
		}
		for _, w := range s.off[min(len(s.off), len(s.work)):] {
			r.report(w.places["kind"], "kind", CodeUnbalanced,
				"Ngày nghỉ hoán đổi này không ứng với ngày đi làm bù nào: “%s” có %d ngày swap_off, %d ngày swap_work; hãy thêm ngày làm bù cùng căn cứ, hoặc ghi là holiday nếu không phải làm bù.",
				"This swapped day off is not made up: “%s” has %d days of swap_off and %d of swap_work; add the working day with the same legal basis, or call it a holiday if it need not be made up.",
				basis, len(s.off), len(s.work))
		}
	}
}

// checkYears reports decreed years that lack what the law grants: a row with a
// year replaces the national year as a whole, so that half a year would take the
// other half's holidays away.
func (r *reader) checkYears(rows []row) {
	if slices.ContainsFunc(rows, func(w row) bool { return w.unsure }) {
		return
	}
	var years []int
	for _, w := range rows {
		if w.year != 0 && !slices.Contains(years, w.year) {
			years = append(years, w.year)
		}
	}
	for _, year := range years {
		first := rows[slices.IndexFunc(rows, func(w row) bool { return w.year == year })]
		r.checkYear(year, first.places["year"], rows)
	}
}

func (r *reader) checkYear(year int, at place, rows []row) {
	holidays, substitutes, onRest := map[calendar.Date]bool{}, 0, 0
	for _, w := range rows {
		switch {
		case w.year != year:
		case w.day.Kind == Holiday:
			holidays[w.day.Date] = true
			if weeklyRest(w.day.Date) {
				onRest++
			}
		case w.day.Kind == Substitute:
			substitutes++
		}
	}
	granted := statutoryDays(year)
	var missingVI, missingEN []string
	for _, s := range granted {
		if !s.chosen && !holidays[s.day.Date] {
			missingVI = append(missingVI, s.day.Date.VN()+" ("+s.day.NameVI+")")
			missingEN = append(missingEN, s.day.Date.VN()+" ("+s.day.NameEN+")")
		}
	}
	switch {
	case len(missingVI) > 0:
		r.report(at, "year", CodeIncomplete,
			"Năm %[1]d thiếu ngày nghỉ theo luật: %[2]s. Các dòng có cột year thay thế toàn bộ lịch của năm đó; nếu chỉ thêm ngày riêng, hãy để trống cột year.",
			"The year %[1]d lacks holidays of the law: %[3]s. Rows with a year replace the calendar of that year as a whole; leave year empty to add single days.",
			year, strings.Join(missingVI, ", "), strings.Join(missingEN, ", "))
	case len(holidays) < len(granted):
		r.report(at, "year", CodeIncomplete,
			"Năm %d có %d ngày lễ, theo luật là %d; hãy ghi đủ các ngày Tết Âm lịch và Quốc khánh.",
			"The year %d has %d holidays, by law there are %d; write all days of Tết and National Day.",
			year, len(holidays), len(granted))
	case granted[0].madeUp != "" && substitutes < onRest:
		r.report(at, "year", CodeNotMadeUp,
			"Năm %d có %d ngày lễ trùng ngày nghỉ hằng tuần nhưng chỉ có %d ngày nghỉ bù (substitute).",
			"The year %d has %d holidays on weekly rest days and only %d substitutes.", year, onRest, substitutes)
	}
}

// translated names a day in English by what the law's holidays are called, for
// files without the column name_en; what it does not know stays Vietnamese.
func translated(d Day) string {
	occasion, substitute := strings.CutPrefix(d.NameVI, "Nghỉ bù ")
	occasion, _, _ = strings.Cut(occasion, " (")
	for _, l := range laws {
		for _, h := range l.holidays {
			if h.vi == occasion && substitute {
				return "Substitute day off for " + h.en
			} else if h.vi == occasion {
				return h.en
			}
		}
	}
	if d.Kind == SwapOff || d.Kind == SwapWork {
		return d.Kind.Label("en")
	}
	return d.NameVI
}
