package rehearsal

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"
)

// What stands here was worked out by hand with a calendar on the wall, from the
// rules alone: the decree's windows close on the 14th; communes have three
// working days, districts four, the province's offices five, the department of
// labour six; people work from Monday to Friday, not in the decreed breaks of
// 2026, but on Saturday 10 January and Saturday 22 August.

// duesByHand are due days (each until its end): duty, period, who owes, day.
var duesByHand = `
IV.15.i.3 2026-M01 xa-25993 2026-01-19   the 14th is a Wednesday: Thursday, Friday, Monday
IV.15.i.3 2026-M02 xa-25993 2026-02-25   the 14th begins Tết: Monday the 23rd, Tuesday, Wednesday
IV.15.i.3 2026-Q1 xa-25993 2026-03-18    a Saturday: Monday, Tuesday, Wednesday
IV.15.i.3 2026-M04 xa-26041 2026-04-17   a Tuesday: Friday
IV.15.i.3 2026-M05 xa-26041 2026-05-19   a Thursday: Friday, Monday, Tuesday
IV.15.i.3 2026-Q2 xa-26041 2026-06-17    a Sunday: Wednesday
IV.15.i.3 2026-M07 xa-26374 2026-07-17   a Tuesday
IV.15.i.3 2026-M08 xa-26374 2026-08-19   a Friday: Monday, Tuesday, Wednesday
IV.15.i.3 2026-Q3 xa-26374 2026-09-17    a Monday: Thursday
IV.15.i.3 2026-M10 xa-26374 2026-10-19   a Wednesday: Monday
IV.15.i.3 2026-M11 xa-26482 2026-11-18   a Saturday
IV.15.i.3 2026 xa-26482 2026-12-17       a Monday: Thursday
IV.15.i.3 2027-M01 xa-26482 2027-01-19   a Thursday: Friday, Monday, Tuesday
IV.15.h 2026-M01 huyen-731 2026-01-20
IV.15.h 2026-M02 huyen-732 2026-02-26
IV.15.h 2026-Q1 huyen-734 2026-03-19
IV.15.h 2026-M04 huyen-735 2026-04-20
IV.15.h 2026-M05 huyen-736 2026-05-20
IV.15.h 2026-Q2 huyen-737 2026-06-18
IV.15.h 2026-M07 huyen-738 2026-07-20
IV.15.h 2026-M08 huyen-739 2026-08-20
IV.15.h 2026-Q3 huyen-740 2026-09-18
IV.15.h 2026-M10 huyen-741 2026-10-20
IV.15.h 2026-M11 huyen-742 2026-11-19
IV.15.h 2026 huyen-731 2026-12-18
IV.2.e 2026-M01 ca-tinh 2026-01-21
IV.2.e 2026-M02 ca-tinh 2026-02-27
IV.2.e 2026-Q1 ca-tinh 2026-03-20
IV.2.e 2026-M04 ca-tinh 2026-04-21
IV.2.e 2026-M05 ca-tinh 2026-05-21
IV.2.e 2026-Q2 ca-tinh 2026-06-19
IV.2.e 2026-M07 ca-tinh 2026-07-21
IV.2.e 2026-M08 ca-tinh 2026-08-21
IV.2.e 2026-Q3 ca-tinh 2026-09-21       Friday would be the fourth day: Monday
IV.2.e 2026-M10 ca-tinh 2026-10-21
IV.2.e 2026-M11 ca-tinh 2026-11-20
IV.2.e 2026 ca-tinh 2026-12-21
V.2 2026-Q1 huyen-738 2026-03-19
V.2 2026-H1 huyen-738 2026-06-18
V.2 2026-N9 huyen-738 2026-09-18
V.2 2026 huyen-738 2026-12-18
V.2 2026-Q1 so-y-te 2026-03-20
V.2 2026-H1 mttq-tinh 2026-06-19
V.2 2026-N9 ta-tinh 2026-09-21
V.2 2026 ldld-tinh 2026-12-21
IV.1.a 2026-Q1 so-ldtbxh 2026-03-23
IV.1.a 2026-H1 so-ldtbxh 2026-06-22
IV.1.a 2026-N9 so-ldtbxh 2026-09-22
IV.1.a 2026 so-ldtbxh 2026-12-22
IV.1.h 2026 so-ldtbxh 2026-12-31         a Thursday
V.1.a 2026 so-ldtbxh 2026-07-20          a Monday
V.1.b 2026 xa-25996 2026-06-22           20 June is a Saturday
V.1.b 2026 xa-26497 2026-06-22
V.1.b 2026 huyen-740 2026-07-06          5 July is a Sunday
`

// openingsByHand are the days on which rounds open, at 08:00: three weeks
// before the first of their due days, not before their window.
var openingsByHand = `
IV.15.i.3 2026-M01 2026-01-01            29 December would be before the window
IV.15.i.3 2026-M02 2026-01-28            Tết lies between
IV.15.i.3 2027-M01 2026-12-28            New Year lies between
IV.15.h 2026-M02 2026-01-29
IV.2.e 2026 2026-11-30
IV.1.a 2026-Q1 2026-03-02
IV.1.h 2026 2026-12-10
V.1.a 2026 2026-06-29
V.1.b 2026 2026-06-01                    by the communes' due day
V.2 2026-Q1 2026-02-26                   by the districts' due day
`

// ladder is one task with what people did and everybody who was told anything
// about it: when, what, whom. "Left out": it was no longer called for when the
// message went out.
type ladder struct {
	task, acts, told string
}

var laddersByHand = []ladder{
	{ // sent early, decided the next day
		"IV.15.i.3 2026-M01 xa-25996", "2026-01-14 15:30 report; 2026-01-15 15:30 accept", `
		2026-01-01 08:00 opening: daumoi.xa-25996, vanthu.xa-25996
		2026-01-15 08:00 submitted: theodoi.huyen-731`},
	{ // declared invalid, mended on the last day that was given
		"IV.15.i.3 2026-M01 xa-25993", "2026-01-15 10:00 report; 2026-01-16 10:00 invalid; 2026-01-21 15:30 report; 2026-01-22 15:30 accept", `
		2026-01-01 08:00 opening: daumoi.xa-25993, vanthu.xa-25993
		2026-01-16 08:00 submitted: theodoi.huyen-731
		2026-01-16 10:00 returned: daumoi.xa-25993, vanthu.xa-25993
		2026-01-20 08:00 reminder: daumoi.xa-25993, vanthu.xa-25993
		2026-01-21 08:00 due_today: daumoi.xa-25993, vanthu.xa-25993
		2026-01-22 08:00 submitted: theodoi.huyen-731`},
	{ // on the due day
		"IV.15.i.3 2026-M01 xa-25999", "2026-01-19 10:00 report; 2026-01-20 15:30 accept", `
		2026-01-01 08:00 opening: daumoi.xa-25999, vanthu.xa-25999
		2026-01-16 08:00 reminder: daumoi.xa-25999, vanthu.xa-25999
		2026-01-19 08:00 due_today: daumoi.xa-25999, vanthu.xa-25999
		2026-01-20 08:00 submitted: theodoi.huyen-731`},
	{ // nobody prepares reports there: the district is told in that place; and its review is late
		"IV.15.i.3 2026-M01 xa-26002", "2026-01-14 10:00 report; 2026-01-15 10:00 return; 2026-01-19 15:30 report; 2026-01-26 10:00 accept", `
		2026-01-01 08:00 opening: theodoi.huyen-731, vanthu.xa-26002
		2026-01-15 08:00 submitted: theodoi.huyen-731
		2026-01-15 10:00 returned: vanthu.xa-26002
		2026-01-19 08:00 reminder: theodoi.huyen-731, vanthu.xa-26002
		2026-01-20 08:00 submitted: theodoi.huyen-731
		2026-01-21 08:00 review_reminder: theodoi.huyen-731, vanthu.huyen-731
		2026-01-23 08:00 review_overdue: theodoi.huyen-731, thutruong.huyen-731, vanthu.huyen-731`},
	{ // eight working days late: the escalation waits for Monday, and the result comes before
		"IV.15.i.3 2026-M01 xa-26011", "2026-01-29 15:30 report; 2026-02-03 10:00 accept", `
		2026-01-01 08:00 opening: daumoi.xa-26011, vanthu.xa-26011
		2026-01-16 08:00 reminder: daumoi.xa-26011, vanthu.xa-26011
		2026-01-19 08:00 due_today: daumoi.xa-26011, vanthu.xa-26011
		2026-01-20 08:00 overdue: daumoi.xa-26011, thutruong.xa-26011, vanthu.xa-26011
		2026-01-22 08:00 urging_draft: theodoi.huyen-731, vanthu.huyen-731
		2026-02-02 08:00 escalation left out: banhanh.ubnd-tinh, vanthu.ubnd-tinh
		2026-01-30 08:00 submitted: theodoi.huyen-731
		2026-02-02 08:00 review_reminder: theodoi.huyen-731, vanthu.huyen-731`},
	{ // never
		"IV.15.i.3 2026-M01 xa-26041", "", `
		2026-01-01 08:00 opening: daumoi.xa-26041, vanthu.xa-26041
		2026-01-16 08:00 reminder: daumoi.xa-26041, vanthu.xa-26041
		2026-01-19 08:00 due_today: daumoi.xa-26041, vanthu.xa-26041
		2026-01-20 08:00 overdue: daumoi.xa-26041, thutruong.xa-26041, vanthu.xa-26041
		2026-01-22 08:00 urging_draft: theodoi.huyen-731, vanthu.huyen-731
		2026-02-02 08:00 escalation: banhanh.ubnd-tinh, vanthu.ubnd-tinh`},
	{ // two days late, decided after the reminder
		"IV.15.i.3 2026-M01 xa-26020", "2026-01-21 15:30 report; 2026-01-26 10:00 accept", `
		2026-01-01 08:00 opening: daumoi.xa-26020, vanthu.xa-26020
		2026-01-16 08:00 reminder: daumoi.xa-26020, vanthu.xa-26020
		2026-01-19 08:00 due_today: daumoi.xa-26020, vanthu.xa-26020
		2026-01-20 08:00 overdue: daumoi.xa-26020, thutruong.xa-26020, vanthu.xa-26020
		2026-01-22 08:00 submitted: theodoi.huyen-731
		2026-01-23 08:00 review_reminder: theodoi.huyen-731, vanthu.huyen-731`},
	{ // late, sent back, mended the next day: the old ladder ends with the return
		"IV.15.i.3 2026-M01 xa-26023", "2026-01-20 15:30 report; 2026-01-21 10:00 return; 2026-01-22 15:30 report; 2026-01-23 15:30 accept", `
		2026-01-01 08:00 opening: daumoi.xa-26023, vanthu.xa-26023
		2026-01-16 08:00 reminder: daumoi.xa-26023, vanthu.xa-26023
		2026-01-19 08:00 due_today: daumoi.xa-26023, vanthu.xa-26023
		2026-01-20 08:00 overdue: daumoi.xa-26023, thutruong.xa-26023, vanthu.xa-26023
		2026-01-21 08:00 submitted: theodoi.huyen-731
		2026-01-21 10:00 returned: daumoi.xa-26023, vanthu.xa-26023
		2026-01-23 08:00 submitted: theodoi.huyen-731`},
	{ // sent back, and mended after the day that was given; the district is told on a Saturday
		"IV.15.i.3 2026-M01 xa-26032", "2026-01-15 15:30 report; 2026-01-16 10:00 return; 2026-01-23 15:30 report; 2026-01-26 15:30 accept", `
		2026-01-01 08:00 opening: daumoi.xa-26032, vanthu.xa-26032
		2026-01-16 08:00 submitted: theodoi.huyen-731
		2026-01-16 10:00 returned: daumoi.xa-26032, vanthu.xa-26032
		2026-01-20 08:00 reminder: daumoi.xa-26032, vanthu.xa-26032
		2026-01-21 08:00 due_today: daumoi.xa-26032, vanthu.xa-26032
		2026-01-22 08:00 overdue: daumoi.xa-26032, thutruong.xa-26032, vanthu.xa-26032
		2026-01-24 08:00 submitted: theodoi.huyen-731`},
	{ // nothing to report, said the day before
		"IV.15.i.3 2026-M01 xa-26017", "2026-01-16 15:30 nil; 2026-01-19 15:30 accept", `
		2026-01-01 08:00 opening: daumoi.xa-26017, vanthu.xa-26017
		2026-01-16 08:00 reminder: daumoi.xa-26017, vanthu.xa-26017
		2026-01-17 08:00 submitted: theodoi.huyen-731`},
	{ // a day late
		"IV.15.i.3 2026-M01 xa-26059", "2026-01-20 10:00 report; 2026-01-23 10:00 accept", `
		2026-01-01 08:00 opening: daumoi.xa-26059, vanthu.xa-26059
		2026-01-16 08:00 reminder: daumoi.xa-26059, vanthu.xa-26059
		2026-01-19 08:00 due_today: daumoi.xa-26059, vanthu.xa-26059
		2026-01-20 08:00 overdue: daumoi.xa-26059, thutruong.xa-26059, vanthu.xa-26059
		2026-01-21 08:00 submitted: theodoi.huyen-731
		2026-01-22 08:00 review_reminder: theodoi.huyen-731, vanthu.huyen-731`},
	{ // focal point and head are one person, who is told once; the third working day is a Saturday
		"IV.15.i.3 2026-M08 xa-26008", "", `
		2026-07-29 08:00 opening: daumoi.xa-26008, vanthu.xa-26008
		2026-08-18 08:00 reminder: daumoi.xa-26008, vanthu.xa-26008
		2026-08-19 08:00 due_today: daumoi.xa-26008, vanthu.xa-26008
		2026-08-20 08:00 overdue: daumoi.xa-26008, vanthu.xa-26008
		2026-08-22 08:00 urging_draft: theodoi.huyen-731, vanthu.huyen-731
		2026-08-31 08:00 escalation: banhanh.ubnd-tinh, vanthu.ubnd-tinh`},
	{ // a district, four days late; the office that reviews has no head on record
		"IV.15.h 2026-M01 huyen-731", "2026-01-26 10:00 report; 2026-02-02 10:00 accept", `
		2026-01-01 08:00 opening: daumoi.huyen-731, vanthu.huyen-731
		2026-01-19 08:00 reminder: daumoi.huyen-731, vanthu.huyen-731
		2026-01-20 08:00 due_today: daumoi.huyen-731, vanthu.huyen-731
		2026-01-21 08:00 overdue: daumoi.huyen-731, thutruong.huyen-731, vanthu.huyen-731
		2026-01-23 08:00 urging_draft: theodoi.chi-cuc-pctnxh, vanthu.chi-cuc-pctnxh
		2026-01-27 08:00 submitted: theodoi.chi-cuc-pctnxh
		2026-01-28 08:00 review_reminder: theodoi.chi-cuc-pctnxh, vanthu.chi-cuc-pctnxh
		2026-01-30 08:00 review_overdue: theodoi.chi-cuc-pctnxh, vanthu.chi-cuc-pctnxh`},
	{ // never; the escalation falls on a Monday
		"IV.15.h 2026-M02 huyen-734", "", `
		2026-01-29 08:00 opening: daumoi.huyen-734, vanthu.huyen-734
		2026-02-25 08:00 reminder: daumoi.huyen-734, vanthu.huyen-734
		2026-02-26 08:00 due_today: daumoi.huyen-734, vanthu.huyen-734
		2026-02-27 08:00 overdue: daumoi.huyen-734, thutruong.huyen-734, vanthu.huyen-734
		2026-03-03 08:00 urging_draft: theodoi.chi-cuc-pctnxh, vanthu.chi-cuc-pctnxh
		2026-03-09 08:00 escalation: banhanh.ubnd-tinh, vanthu.ubnd-tinh`},
	{
		"IV.15.h 2026-M02 huyen-741", "2026-02-24 10:00 report; 2026-02-25 10:00 invalid; 2026-03-02 15:30 report; 2026-03-09 10:00 accept", `
		2026-01-29 08:00 opening: daumoi.huyen-741, vanthu.huyen-741
		2026-02-25 08:00 submitted: theodoi.chi-cuc-pctnxh
		2026-02-25 10:00 returned: daumoi.huyen-741, vanthu.huyen-741
		2026-02-27 08:00 reminder: daumoi.huyen-741, vanthu.huyen-741
		2026-03-02 08:00 due_today: daumoi.huyen-741, vanthu.huyen-741
		2026-03-03 08:00 submitted: theodoi.chi-cuc-pctnxh
		2026-03-04 08:00 review_reminder: theodoi.chi-cuc-pctnxh, vanthu.chi-cuc-pctnxh
		2026-03-06 08:00 review_overdue: theodoi.chi-cuc-pctnxh, vanthu.chi-cuc-pctnxh`},
	{
		"IV.2.e 2026-M04 ca-tinh", "2026-04-17 10:00 report; 2026-04-20 10:00 invalid; 2026-04-23 15:30 report; 2026-04-24 15:30 accept", `
		2026-03-31 08:00 opening: daumoi.ca-tinh, vanthu.ca-tinh
		2026-04-18 08:00 submitted: theodoi.so-ldtbxh
		2026-04-20 10:00 returned: daumoi.ca-tinh, vanthu.ca-tinh
		2026-04-22 08:00 reminder: daumoi.ca-tinh, vanthu.ca-tinh
		2026-04-23 08:00 due_today: daumoi.ca-tinh, vanthu.ca-tinh
		2026-04-24 08:00 submitted: theodoi.so-ldtbxh`},
	{ // never; over a weekend each time
		"IV.2.e 2026-M10 ca-tinh", "", `
		2026-09-30 08:00 opening: daumoi.ca-tinh, vanthu.ca-tinh
		2026-10-20 08:00 reminder: daumoi.ca-tinh, vanthu.ca-tinh
		2026-10-21 08:00 due_today: daumoi.ca-tinh, vanthu.ca-tinh
		2026-10-22 08:00 overdue: daumoi.ca-tinh, thutruong.ca-tinh, vanthu.ca-tinh
		2026-10-26 08:00 urging_draft: theodoi.so-ldtbxh, vanthu.so-ldtbxh
		2026-11-02 08:00 escalation: banhanh.ubnd-tinh, vanthu.ubnd-tinh`},
	{ // late over the turn of the year
		"IV.2.e 2026 ca-tinh", "2026-12-31 15:30 report", `
		2026-11-30 08:00 opening: daumoi.ca-tinh, vanthu.ca-tinh
		2026-12-18 08:00 reminder: daumoi.ca-tinh, vanthu.ca-tinh
		2026-12-21 08:00 due_today: daumoi.ca-tinh, vanthu.ca-tinh
		2026-12-22 08:00 overdue: daumoi.ca-tinh, thutruong.ca-tinh, vanthu.ca-tinh
		2026-12-24 08:00 urging_draft: theodoi.so-ldtbxh, vanthu.so-ldtbxh
		2027-01-04 08:00 escalation left out: banhanh.ubnd-tinh, vanthu.ubnd-tinh
		2027-01-01 08:00 submitted: theodoi.so-ldtbxh
		2027-01-05 08:00 review_reminder: theodoi.so-ldtbxh, vanthu.so-ldtbxh`},
	{ // decided the same afternoon: the notice of the next morning has nothing left to say
		"IV.1.a 2026-Q1 so-ldtbxh", "2026-03-17 10:00 report; 2026-03-17 15:30 accept", `
		2026-03-02 08:00 opening: daumoi.so-ldtbxh, vanthu.so-ldtbxh
		2026-03-18 08:00 submitted left out: theodoi.ubnd-tinh`},
	{
		"IV.1.h 2026 so-ldtbxh", "2026-12-29 10:00 report; 2027-01-04 10:00 accept", `
		2026-12-10 08:00 opening: daumoi.so-ldtbxh, vanthu.so-ldtbxh
		2026-12-30 08:00 submitted: theodoi.ubnd-tinh
		2026-12-31 08:00 review_reminder: theodoi.ubnd-tinh, vanthu.ubnd-tinh`},
	{ // a district's budget estimate goes to the province itself
		"V.1.b 2026 huyen-740", "", `
		2026-06-01 08:00 opening: daumoi.huyen-740, vanthu.huyen-740
		2026-07-03 08:00 reminder: daumoi.huyen-740, vanthu.huyen-740
		2026-07-06 08:00 due_today: daumoi.huyen-740, vanthu.huyen-740
		2026-07-07 08:00 overdue: daumoi.huyen-740, thutruong.huyen-740, vanthu.huyen-740
		2026-07-09 08:00 urging_draft: theodoi.ubnd-tinh, vanthu.ubnd-tinh
		2026-07-20 08:00 escalation: banhanh.ubnd-tinh, vanthu.ubnd-tinh`},
	{
		"V.1.b 2026 xa-26044", "2026-06-18 15:30 report; 2026-06-19 10:00 return; 2026-06-26 15:30 report; 2026-07-01 10:00 accept", `
		2026-06-01 08:00 opening: daumoi.xa-26044, vanthu.xa-26044
		2026-06-19 08:00 submitted: theodoi.huyen-731
		2026-06-19 10:00 returned: daumoi.xa-26044, vanthu.xa-26044
		2026-06-23 08:00 reminder: daumoi.xa-26044, vanthu.xa-26044
		2026-06-24 08:00 due_today: daumoi.xa-26044, vanthu.xa-26044
		2026-06-25 08:00 overdue: daumoi.xa-26044, thutruong.xa-26044, vanthu.xa-26044
		2026-06-27 08:00 submitted: theodoi.huyen-731
		2026-06-30 08:00 review_reminder: theodoi.huyen-731, vanthu.huyen-731`},
	{ // the day after the escalation
		"V.2 2026-Q1 huyen-734", "2026-03-31 15:30 report; 2026-04-01 15:30 accept", `
		2026-02-26 08:00 opening: daumoi.huyen-734, vanthu.huyen-734
		2026-03-18 08:00 reminder: daumoi.huyen-734, vanthu.huyen-734
		2026-03-19 08:00 due_today: daumoi.huyen-734, vanthu.huyen-734
		2026-03-20 08:00 overdue: daumoi.huyen-734, thutruong.huyen-734, vanthu.huyen-734
		2026-03-24 08:00 urging_draft: theodoi.chi-cuc-pctnxh, vanthu.chi-cuc-pctnxh
		2026-03-30 08:00 escalation: banhanh.ubnd-tinh, vanthu.ubnd-tinh
		2026-04-01 08:00 submitted: theodoi.chi-cuc-pctnxh`},
	{ // due on a Friday
		"V.2 2026-H1 mttq-tinh", "", `
		2026-05-28 08:00 opening: daumoi.mttq-tinh, vanthu.mttq-tinh
		2026-06-18 08:00 reminder: daumoi.mttq-tinh, vanthu.mttq-tinh
		2026-06-19 08:00 due_today: daumoi.mttq-tinh, vanthu.mttq-tinh
		2026-06-22 08:00 overdue: daumoi.mttq-tinh, thutruong.mttq-tinh, vanthu.mttq-tinh
		2026-06-24 08:00 urging_draft: theodoi.chi-cuc-pctnxh, vanthu.chi-cuc-pctnxh
		2026-07-06 08:00 escalation: banhanh.ubnd-tinh, vanthu.ubnd-tinh`},
}

// facts are due days, openings and ladders as some outcome has them.
type facts struct {
	dues     map[string]string // "duty key owner" to the due day
	openings map[string]string // "duty key" to the opening
	told     map[string][]string
}

func newFacts() facts {
	return facts{map[string]string{}, map[string]string{}, map[string][]string{}}
}

func (f facts) tell(task, deliver, kind, recipient string, leftOut bool) {
	if leftOut {
		kind += " left out"
	}
	f.told[task] = append(f.told[task], fmt.Sprintf("%s %s: %s", deliver, kind, strings.TrimSuffix(recipient, "@"+mailDomain)))
}

// check holds facts against what was worked out by hand.
func (f facts) check(t *testing.T) {
	t.Helper()
	for line := range strings.Lines(strings.TrimSpace(duesByHand)) {
		words := strings.Fields(line)
		if task := strings.Join(words[:3], " "); f.dues[task] != words[3] {
			t.Errorf("%s is due on %s, by hand on %s", task, f.dues[task], words[3])
		}
	}
	for line := range strings.Lines(strings.TrimSpace(openingsByHand)) {
		words := strings.Fields(line)
		if round := strings.Join(words[:2], " "); f.openings[round] != words[2]+" 08:00" {
			t.Errorf("%s opens %s, by hand on %s", round, f.openings[round], words[2])
		}
	}
	for _, l := range laddersByHand {
		missing, extra := subtract(l.lines(), f.told[l.task])
		for _, line := range missing {
			t.Errorf("%s: by hand, but not told: %s", l.task, line)
		}
		for _, line := range extra {
			t.Errorf("%s: told, but not by hand: %s", l.task, line)
		}
	}
}

// lines has one line per recipient.
func (l ladder) lines() []string {
	var all []string
	for line := range strings.Lines(strings.TrimSpace(l.told)) {
		what, whom, _ := strings.Cut(strings.TrimSpace(line), ": ")
		for recipient := range strings.SplitSeq(whom, ", ") {
			all = append(all, what+": "+recipient)
		}
	}
	return all
}

// TestByHand holds the computed outcome against the table, and the table's acts
// against the script.
func TestByHand(t *testing.T) {
	p := theProvince(t)
	e := Expect(p, theYear)
	f := newFacts()
	acts := map[string][]string{}
	for _, a := range e.acts {
		acts[a.name()] = append(acts[a.name()], clockText(a.at)+" "+string(a.deed))
	}
	for _, r := range e.rounds {
		f.openings[r.duty.code+" "+r.window.key] = clockText(r.opens)
		for _, task := range r.tasks {
			f.dues[task.duty.code+" "+task.key+" "+task.owner] = (dayOf(task.due) - 1).String()
		}
	}
	for _, n := range e.notices {
		if n.task != nil {
			f.tell(n.task.duty.code+" "+n.task.key+" "+n.task.owner, clockText(n.deliver), n.kind, n.recipient, n.dropped)
		}
	}
	f.check(t)
	for _, l := range laddersByHand {
		if got := strings.Join(acts[l.task], "; "); got != l.acts {
			t.Errorf("%s: the script says %q, the table %q", l.task, got, l.acts)
		}
	}
	if n := strings.Count(strings.TrimSpace(duesByHand), "\n") + 1; n < 40 {
		t.Errorf("only %d due days by hand", n)
	}
}

// recordedFacts reads the same from the database.
func recordedFacts(ctx context.Context, db *sqlx.DB) (facts, error) {
	f := newFacts()
	b, err := Recorded(ctx, db)
	if err != nil {
		return f, err
	}
	for _, line := range b["tasks"] {
		words := strings.Fields(line) // duty key owner state "due" day 00:00
		f.dues[strings.Join(words[:3], " ")] = (date(words[5]) - 1).String()
		if words[6] != "00:00" {
			f.dues[strings.Join(words[:3], " ")] = words[5] + " " + words[6]
		}
	}
	for _, line := range b["rounds"] {
		words := strings.Fields(line)
		at := slices.Index(words, "opens")
		f.openings[words[0]+" "+words[1]] = words[at+1] + " " + words[at+2]
	}
	var rows []noticeRow
	if err := db.SelectContext(ctx, &rows, allNotices+` WHERE n.task_id IS NOT NULL`); err != nil {
		return f, fmt.Errorf("read notices: %w", err)
	}
	for _, n := range rows {
		f.tell(n.Duty.String+" "+n.Key.String+" "+n.Owner.String, clockText(n.DeliverAt), n.Kind, n.Recipient, n.DroppedAt.Valid)
	}
	return f, nil
}
