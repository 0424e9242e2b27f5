package dossier

import (
	"encoding/json"
	"slices"
	"time"

	"dondoc/internal/audit"
	"dondoc/internal/calendar"
	"dondoc/internal/task"
)

// facts is a JSON object; encoding/json writes its names in order, which keeps
// the bytes the same.
type facts map[string]any

func (f facts) set(name, value string) {
	if value != "" {
		f[name] = value
	}
}

func (f facts) at(name string, at *time.Time) {
	if at != nil {
		f[name] = at.UTC()
	}
}

func (f facts) on(name string, day calendar.Date) {
	if !day.IsZero() {
		f[name] = day.String()
	}
}

func planFacts(d Dossier) facts {
	t := d.Detail.Task
	f := d.Plan.facts()
	f["duty"] = facts{"code": t.DutyCode, "title": t.DutyTitle, "text": t.DutyText, "mode": t.Mode, "review": t.Review}
	return f
}

func (p Plan) facts() facts {
	f := facts{"code": p.Code, "title": p.Title, "issuer": p.Issuer, "state": p.State}
	f.set("number", p.Number)
	f.on("valid_from", p.ValidFrom)
	f.on("valid_to", p.ValidTo)
	return f
}

func taskFacts(d Dossier) facts {
	t := d.Detail.Task
	f := facts{
		"id": t.ID, "agency": facts{"code": t.AgencyCode, "name": t.AgencyName, "level": t.AgencyLevel},
		"period": t.PeriodKey, "period_from": t.WindowFrom.String(), "period_to": t.WindowTo.String(), "state": t.State,
		"due_at": t.DueAt.UTC(), "original_due_at": t.OriginalDueAt.UTC(), "derivation": t.Derivation.Sentence("vi"),
		"submissions": t.Submissions, "version": t.Version, "time_zone": t.TimeZone,
	}
	f.set("recipient", t.RecipientName)
	f.set("reviewer", t.ReviewerName)
	f.set("through", t.ThroughName)
	if d.Detail.InForce != 0 {
		f["version_in_force"] = d.Detail.InForce
	}
	for name, at := range map[string]*time.Time{
		"resubmit_due_at": t.ResubmitDueAt, "opened_at": t.OpenedAt, "first_submitted_at": t.FirstSubmittedAt,
		"submitted_at": t.SubmittedAt, "settled_at": t.SettledAt, "closed_at": t.ClosedAt,
	} {
		f.at(name, at)
	}
	return f
}

func submissionFacts(b task.Submission) facts {
	figures := facts{}
	for _, one := range b.Figures {
		figures[one.Indicator] = one.Value
	}
	f := facts{
		"number": b.Number, "kind": b.Kind, "figures": figures, "submitted_at": b.SubmittedAt.UTC(), "submitted_by": b.SubmittedByName,
		"invalid": b.Invalid,
	}
	if len(b.Explanations) > 0 {
		explanations := facts{}
		for _, e := range b.Explanations {
			explanations[e.Indicator] = e.Text
		}
		f["explanations"] = explanations
	}
	f.set("narrative", b.Narrative)
	f.set("document_number", b.DocumentNumber)
	f.on("document_on", b.DocumentOn)
	f.set("signatory_title", b.SignatoryTitle)
	f.set("submitted_for", b.SubmittedFor)
	f.set("prepared_by", b.PreparedByName)
	f.at("withdrawn_at", b.WithdrawnAt)
	f.set("withdrawn_by", b.WithdrawnByName)
	f.set("withdraw_reason", b.WithdrawReason)
	if r := b.Recorded; r != nil {
		recorded := facts{"at": r.At.UTC(), "on_behalf_of": r.OnBehalfOfName, "channel": r.Channel}
		recorded.set("evidence", r.Evidence)
		f["recorded"] = recorded
	}
	routeFacts(b, f)
	if len(b.Attachments) > 0 {
		f["attachments"] = attachmentFacts(b.Attachments)
	}
	if len(b.Redactions) > 0 {
		f["redactions"] = redactionFacts(b.Redactions)
	}
	return f
}

func attachmentFacts(attachments []task.Attachment) []facts {
	all := []facts{}
	for _, a := range attachments {
		f := facts{
			"id": a.ID, "name": a.Name, "media_type": a.MediaType, "bytes": a.Size, "sha256": a.SHA256,
			"uploaded_at": a.UploadedAt.UTC(), "uploaded_by": a.UploadedByName,
		}
		f.at("redacted_at", a.RedactedAt)
		if a.RedactedAt == nil {
			f["path"] = attachmentPath(a)
		}
		all = append(all, f)
	}
	return all
}

func redactionFacts(redactions []task.Redaction) []facts {
	all := []facts{}
	for _, r := range redactions {
		f := facts{"reason": r.Reason, "redacted_at": r.RedactedAt.UTC(), "redacted_by": r.RedactedByName}
		f.set("field", r.Field)
		if r.AttachmentID != 0 {
			f["attachment"] = r.AttachmentID
		}
		all = append(all, f)
	}
	return all
}

func reviewFacts(d Dossier) []facts {
	all := []facts{}
	for _, b := range slices.Backward(d.Detail.Submissions) {
		if b.Review == nil {
			continue
		}
		f := facts{"submission": b.Number, "decision": b.Review.Decision, "decided_at": b.Review.DecidedAt.UTC()}
		f.set("reason", b.Review.Reason)
		f.set("decided_by", b.Review.DecidedByName)
		f.set("intermediary", b.Review.Intermediary)
		f.at("resubmit_due_at", b.Review.ResubmitDueAt)
		all = append(all, f)
	}
	return all
}

func stepFacts(d Dossier) []facts {
	all := []facts{}
	for _, s := range d.Detail.Steps {
		f := facts{
			"code": s.Code, "kind": s.Kind, "at": s.At.UTC(), "audience": s.Audience, "state": s.State, "recipients": s.Recipients,
			"derivation": s.Derivation.Sentence("vi"),
		}
		f.at("run_at", s.RunAt)
		all = append(all, f)
	}
	return all
}

func noticeFacts(d Dossier) []facts {
	all := []facts{}
	for _, n := range d.Notices {
		f := facts{"kind": n.Kind, "created_at": n.CreatedAt.UTC()}
		if len(n.Roles) > 0 {
			f["roles"] = n.Roles
		}
		f.set("step", n.Step)
		f.set("mailbox_of", n.Mailbox)
		f.set("message_id", n.MessageID)
		f.set("message_state", n.MessageState)
		f.at("handed_over_at", n.HandedOverAt)
		f.at("dropped_at", n.DroppedAt)
		all = append(all, f)
	}
	return all
}

func auditFacts(entries []audit.Entry) []facts {
	all := []facts{}
	for _, e := range entries {
		f := facts{"id": e.ID, "at": e.At.UTC(), "recorded_at": e.RecordedAt.UTC(), "action": e.Action}
		f.set("actor", e.ActorName)
		f.set("on_behalf_of", e.OnBehalfName)
		if e.Before != "" {
			f["before"] = json.RawMessage(e.Before)
		}
		if e.After != "" {
			f["after"] = json.RawMessage(e.After)
		}
		if e.SealNumber != 0 {
			f["seal_number"] = e.SealNumber
		}
		all = append(all, f)
	}
	return all
}
