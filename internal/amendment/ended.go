package amendment

import (
	"maps"
	"slices"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/plan"
)

// Ended is an agency that has ended before the day of the amendment.
type Ended struct {
	Code string
	// On is its last day.
	On calendar.Date
	// Heirs are the agencies of today that took over from it, as "name (code)", in
	// one text; empty: nobody did.
	Heirs string
}

// Takes lists the agencies to which a plan file gives something to do, by code and
// in order: who issues the plan or follows it up, has a part in a duty, receives,
// reviews or passes on results, or is asked by a template. Who is only declared is
// not among them.
func Takes(p *plan.Plan) []string {
	set := map[string]bool{p.Issuer: true, p.Standing: true}
	for _, d := range p.Duties {
		for _, code := range []string{d.Recipient.Agency, d.Recipient.Reviewer, d.PassedOnBy()} {
			set[code] = true
		}
		for _, assigned := range d.Assignments {
			set[assigned.Agency] = true
		}
	}
	for _, t := range p.Templates {
		for _, code := range t.Agencies {
			set[code] = true
		}
	}
	delete(set, "")
	return slices.Sorted(maps.Keys(set))
}

// CheckEnded refuses (Invalid) a file that gives something to do to agencies that
// have ended: each with its place in the file, and who took over from it.
func CheckEnded(p *plan.Plan, ended []Ended) error {
	if len(ended) == 0 {
		return nil
	}
	details := make([]*fault.Fault, len(ended))
	for i, e := range ended {
		vi, en := "chưa có đơn vị kế thừa", "nobody took over"
		if e.Heirs != "" {
			vi, en = "thay bằng "+e.Heirs, "name "+e.Heirs+" instead"
		}
		at := p.Named[e.Code]
		if at.File != "" { // in a list beside the plan file
			vi, en = vi+" (tệp "+at.File+")", en+" (in "+at.File+")"
		}
		details[i] = fault.New(fault.Invalid, "agency.ended", "%[1]q đã kết thúc ngày %[2]s; %[3]s", "%[1]q ended on %[2]s; %[4]s", e.Code, e.On.VN(), vi, en).At(at.Field)
		details[i].Line, details[i].Column = at.Line, at.Column
	}
	return fault.New(fault.Invalid, "amendment.ended",
		"Tệp còn giao việc cho %d cơ quan đã kết thúc; ghi cơ quan hiện nay rồi xem trước lại.",
		"The file still gives work to %d agencies that have ended; name those of today, then preview it again.", len(ended)).At("source").With(details...)
}
