package vietnam

import (
	"fmt"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/calendar/lunar"
)

// law is one text that names the holidays of its time.
type law struct {
	// from and to bound the days on which it was in force; a zero to is open.
	from, to calendar.Date
	basis    string
	// madeUp is the provision by which a holiday on a weekly rest day is made up on
	// the next working day; empty where the law gave none.
	madeUp   string
	source   string
	holidays []holiday
}

func (l law) inForce(d calendar.Date) bool {
	return !d.Before(l.from) && (l.to.IsZero() || !d.After(l.to))
}

// holiday is one occasion with the days on which it is kept in a year.
type holiday struct {
	vi, en string
	days   func(year int) []part
}

// part is one day of a holiday. chosen marks a day that the Prime Minister
// chooses each year; vi and en tell the days of one occasion apart.
type part struct {
	date   calendar.Date
	chosen bool
	vi, en string
}

// laws are the rules with their validity. Half days are working days here, as a
// deadline is a day: the afternoons of the last day of the lunar year (until
// 1976) and of 30 April (1977 to 1994) are left out.
var laws = []law{
	{
		from: date(1959, 2, 12), to: date(1977, 1, 21),
		basis:  "Nghị định 028-TTg 28/01/1959 Đ.2",
		source: "https://hethongphapluat.vn/nghi-dinh-028-ttg-nam-1959-quy-dinh-nhung-ngay-le-duoc-nghi-co-luong-va-ban-hanh-che-do-nghi-hang-nam-va-che-do-nghi-phep-do-thu-tuong-ban-hanh.html",
		holidays: []holiday{
			newYear, tet(0, 2), fixed("Quốc tế Lao động", "Labour Day", 5, 1), fixed("Quốc khánh", "National Day", 9, 2),
			lunarDay("Ngày sinh Đức Phật Thích Ca", "Buddha's Birthday", 4, 8),
			fixed("Thiên chúa giáng sinh", "Christmas", 12, 25),
		},
	},
	{
		from: date(1977, 1, 22), to: date(1994, 12, 31),
		basis:  "Nghị định 13-CP 22/01/1977 Đ.1",
		source: "https://luatminhkhue.vn/nghi-dinh-13-cp-nam-1977-ve-viec-sua-doi-nhung-ngay-le-duoc-nghi-co-luong-do-hoi-dong-chinh-phu-ban-hanh.aspx",
		holidays: []holiday{
			newYear, tet(1, 2), labourDay,
			fixed("Quốc khánh", "National Day", 9, 2), fixed("Quốc khánh", "National Day", 9, 3),
		},
	},
	{
		from: date(1995, 1, 1), to: date(2007, 4, 1),
		basis: "Bộ luật Lao động 1994 Đ.73", madeUp: "Bộ luật Lao động 1994 Đ.73 (nghỉ bù)",
		source:   article73,
		holidays: []holiday{newYear, tet(1, 3), victoryDay, labourDay, fixed("Quốc khánh", "National Day", 9, 2)},
	},
	{
		// The law was in force from its promulgation in April 2007, before the 26th.
		from: date(2007, 4, 2), to: date(2013, 4, 30),
		basis: "Bộ luật Lao động 1994 Đ.73 (sửa bởi Luật 84/2007/QH11)", madeUp: "Bộ luật Lao động 1994 Đ.73 (nghỉ bù)",
		source:   article73,
		holidays: []holiday{newYear, tet(1, 3), hungKings, victoryDay, labourDay, fixed("Quốc khánh", "National Day", 9, 2)},
	},
	{
		from: date(2013, 5, 1), to: date(2020, 12, 31),
		basis: "Bộ luật Lao động 10/2012/QH13 Đ.115", madeUp: "Bộ luật Lao động 10/2012/QH13 Đ.115 k.3 (nghỉ bù)",
		source:   "http://vneconomictimes.com:8081/article/society/2020-public-holidays-announced",
		holidays: []holiday{newYear, tetChosen, hungKings, victoryDay, labourDay, fixed("Quốc khánh", "National Day", 9, 2)},
	},
	{
		from:  date(2021, 1, 1),
		basis: "Bộ luật Lao động 45/2019/QH14 Đ.112", madeUp: "Bộ luật Lao động 45/2019/QH14 Đ.111 k.3 (nghỉ bù)",
		source:   "Bộ Pháp điển 20.2.LQ.111–112",
		holidays: []holiday{newYear, tetChosen, hungKings, victoryDay, labourDay, nationalDays},
	},
}

const article73 = "http://www.antlawyers.vn/library/luat-sua-doi-bo-sung-dieu-73-cua-bo-luat-lao-dong-so-842007qh11-cua-quoc-hoi.html"

var (
	newYear    = fixed("Tết Dương lịch", "New Year's Day", 1, 1)
	hungKings  = lunarDay("Giỗ Tổ Hùng Vương", "Hùng Kings' Commemoration Day", 3, 10)
	victoryDay = fixed("Ngày Chiến thắng", "Reunification Day", 4, 30)
	labourDay  = fixed("Ngày Quốc tế lao động", "Labour Day", 5, 1)
)

// tetChosen are the five days of Tết since May 2013. Which five is decided each
// year; computed years follow what was decided from 2015 to 2026 without
// exception: where mùng 1 is a Monday or a Tuesday, the last day of the old year
// and four of the new; else the last two and three. Only in 2014 was it the
// former with mùng 1 on a Friday.
var tetChosen = holiday{tetVI, tetEN, func(year int) []part {
	before, after := 2, 3
	if w := tetDay(year).Weekday(); w == time.Monday || w == time.Tuesday {
		before, after = 1, 4
	}
	days := tetDays(year, before, after)
	for i := range days {
		// The last day and the first three are in either choice.
		days[i].chosen = i < before-1 || i >= before+3
	}
	return days
}}

// nationalDays are 2 September and the day before or after it, since 2021. Which
// one is decided each year; computed years follow what was decided from 2021 to
// 2026 without exception: the day that joins the weekend where there is one (the
// 3rd if the 2nd is a Monday or Thursday, the 1st if it is a Tuesday, Friday or
// Saturday), the 1st on a Wednesday. The 2nd on a Sunday, which has not occurred
// yet, takes the 3rd; with the day that makes up for the Sunday, the break is the
// same either way.
var nationalDays = holiday{"Quốc khánh", "National Day", func(year int) []part {
	day := date(year, 9, 2)
	beside := part{day.AddDays(-1), true, "ngày liền kề trước", "the day before"}
	switch day.Weekday() {
	case time.Sunday, time.Monday, time.Thursday:
		beside = part{day.AddDays(1), true, "ngày liền kề sau", "the day after"}
	}
	return []part{{date: day}, beside}
}}

const tetVI, tetEN = "Tết Âm lịch", "Lunar New Year"

// tet are so many days before and from mùng 1.
func tet(before, after int) holiday {
	return holiday{tetVI, tetEN, func(year int) []part { return tetDays(year, before, after) }}
}

func tetDays(year, before, after int) (days []part) {
	first := tetDay(year)
	for i := -before; i < after; i++ {
		p := part{date: first.AddDays(i), vi: fmt.Sprintf("mùng %d", i+1), en: fmt.Sprintf("day %d", i+1)}
		if i < 0 {
			n := must(lunar.FromCivil(p.date)).Day
			p.vi, p.en = fmt.Sprintf("%d tháng Chạp", n), fmt.Sprintf("day %d of the last lunar month", n)
		}
		days = append(days, p)
	}
	return days
}

func tetDay(year int) calendar.Date { return must(lunar.NewYear(year)) }

func fixed(vi, en string, month time.Month, day int) holiday {
	return holiday{vi, en, func(year int) []part { return []part{{date: date(year, month, day)}} }}
}

func lunarDay(vi, en string, month, day int) holiday {
	return holiday{vi, en, func(year int) []part {
		civil := must(lunar.Date{Year: year, Month: month, Day: day}.Civil())
		return []part{{date: civil, vi: fmt.Sprintf("%d/%d âm lịch", day, month)}}
	}}
}

// must holds what cannot fail: the lunar calendar covers FirstYear to LastYear.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func date(year int, month time.Month, day int) calendar.Date {
	return calendar.Date{Year: year, Month: month, Day: day}
}

// fiveDayWeek is when offices ceased to work on Saturdays: Decision
// 188/1999/QĐ-TTg of 17 September 1999, "from 2 October 1999".
var fiveDayWeek = date(1999, 10, 2)

// weeklyRest reports whether the day is a weekly rest day of state agencies.
func weeklyRest(d calendar.Date) bool {
	return restOn(d.Weekday(), d)
}

// restOn is weeklyRest for callers that know the weekday.
func restOn(weekday time.Weekday, d calendar.Date) bool {
	return weekday == time.Sunday || weekday == time.Saturday && !d.Before(fiveDayWeek)
}
