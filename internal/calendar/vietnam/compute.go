package vietnam

import (
	"slices"

	"dondoc/internal/calendar"
)

// statutory is a holiday of a year as the law has it, before anything is made up.
type statutory struct {
	day Day
	// shortVI and shortEN name the occasion, madeUp the provision on compensation.
	shortVI, shortEN, madeUp string
	chosen                   bool
}

// statutoryDays lists the holidays of a year by the laws in force on them, in order.
func statutoryDays(year int) []statutory {
	var all []statutory
	for _, l := range laws {
		if year < l.from.Year || !l.to.IsZero() && year > l.to.Year {
			continue
		}
		for _, h := range l.holidays {
			for _, p := range h.days(year) {
				if !l.inForce(p.date) {
					continue
				}
				all = append(all, statutory{
					day: Day{
						Date: p.date, Kind: Holiday, NameVI: detailed(h.vi, p.vi), NameEN: detailed(h.en, p.en),
						Status: Provisional, LegalBasis: l.basis, Source: l.source,
					},
					shortVI: h.vi, shortEN: h.en, madeUp: l.madeUp, chosen: p.chosen,
				})
			}
		}
	}
	slices.SortFunc(all, func(a, b statutory) int { return a.day.Date.Compare(b.day.Date) })
	return all
}

// computed lists what the law gives for a year: the holidays, and for each on a
// weekly rest day the next working day that is not taken yet (Labour Code 2019
// art. 111(3)).
func computed(year int) []Day {
	holidays := statutoryDays(year)
	taken := make(map[calendar.Date]bool, 2*len(holidays))
	days := make([]Day, 0, 2*len(holidays))
	for _, h := range holidays {
		taken[h.day.Date] = true
		days = append(days, h.day)
	}
	for _, h := range holidays {
		if h.madeUp == "" || !weeklyRest(h.day.Date) {
			continue
		}
		next := h.day.Date.AddDays(1)
		for taken[next] || weeklyRest(next) {
			next = next.AddDays(1)
		}
		taken[next] = true
		days = append(days, Day{
			Date: next, Kind: Substitute, NameVI: "Nghỉ bù " + h.shortVI, NameEN: "Substitute day off for " + h.shortEN,
			Status: Provisional, LegalBasis: h.madeUp, Source: h.day.Source,
		})
	}
	sortDays(days)
	return days
}

// undecided are days that are to become holidays once a law says so.
func undecided(year int) []Day {
	if year < 2026 {
		return nil
	}
	return []Day{{
		Date: date(year, 11, 24), Kind: Holiday, NameVI: "Ngày Văn hóa Việt Nam", NameEN: "Viet Nam Culture Day",
		Status:     Provisional,
		LegalBasis: "Nghị quyết 80-NQ/TW 07/01/2026; Nghị quyết 30/NQ-CP năm 2026 (giao sửa khoản 1 Điều 112 Bộ luật Lao động)",
		Source:     "https://vneconomy.vn/bo-sung-ngay-van-hoa-viet-nam-2411-vao-danh-muc-ngay-nghi-huong-nguyen-luong.htm",
	}}
}

func sortDays(days []Day) {
	slices.SortFunc(days, func(a, b Day) int { return a.Date.Compare(b.Date) })
}

func detailed(name, detail string) string {
	if detail == "" {
		return name
	}
	return name + " (" + detail + ")"
}
