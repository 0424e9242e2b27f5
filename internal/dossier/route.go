package dossier

import (
	"fmt"
	"strings"
	"time"

	"dondoc/internal/task"
)

// What a dossier tells of a result on its way and of corrections. Supervisors'
// notes are no part of it: whoever sees the task may have the dossier.

func routeFacts(b task.Submission, f facts) {
	if p := b.Forwarded; p != nil {
		passed := facts{"at": p.At.UTC(), "by": p.ByName, "on_behalf_of": p.AgencyName}
		passed.set("remark", p.Remark)
		f["forwarded"] = passed
	}
	if k := b.Correction; k != nil {
		correction := facts{"replaces": k.Replaces, "reason": k.Reason, "outcome": k.Outcome}
		correction.set("answer", k.Answer)
		correction.set("decided_by", k.DecidedByName)
		correction.at("decided_at", k.DecidedAt)
		f["correction"] = correction
	}
}

var correctionWords = map[task.CorrectionOutcome]string{
	task.CorrectionWaits: "chờ quyết định", task.CorrectionAccepted: "chấp nhận bản đính chính", task.CorrectionRefused: "không chấp nhận bản đính chính",
	task.CorrectionTakenBack: "rút bản đính chính", task.CorrectionSuperseded: "bản đính chính không còn cần thiết, báo cáo được mở lại",
}

// routeCourse are the lines of the summary that tell of a version's way.
func routeCourse(b task.Submission, zone *time.Location) string {
	var s strings.Builder
	if p := b.Forwarded; p != nil {
		fmt.Fprintf(&s, "- %s: %s chuyển lần %d\n", moment(p.At, zone), p.AgencyName, b.Number)
	}
	if k := b.Correction; k != nil {
		fmt.Fprintf(&s, "- lần %d đính chính lần %d\n", b.Number, k.Replaces)
		if k.DecidedAt != nil {
			fmt.Fprintf(&s, "- %s: %s\n", moment(*k.DecidedAt, zone), correctionWords[k.Outcome])
		}
	}
	return s.String()
}

// routeText tells in a version's own text how it came and what it corrects.
func routeText(b task.Submission, zone *time.Location) string {
	var s strings.Builder
	if p := b.Forwarded; p != nil {
		fmt.Fprintf(&s, "\n%s chuyển lúc %s. %s\n", p.AgencyName, moment(p.At, zone), p.Remark)
	}
	if k := b.Correction; k != nil {
		fmt.Fprintf(&s, "\nĐính chính lần %d. Lý do: %s\nKết quả: %s. %s\n", k.Replaces, k.Reason, correctionWords[k.Outcome], k.Answer)
	}
	return s.String()
}
