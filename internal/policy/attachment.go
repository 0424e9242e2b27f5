package policy

// File is what the rules about one file beside a task need to know.
type File struct {
	// FromReviewer: it was put there to record a result for the agency.
	FromReviewer bool
	// Submitted: a submission names it.
	Submitted bool
}

// SendFile: whoever writes the draft; for a recording, whoever may record.
func SendFile(a Actor, t Task, f File) bool {
	if f.FromReviewer {
		return RecordTask(a, t)
	}
	return WriteDraft(a, t)
}

// SeeFile: what a submission names, whoever sees the task; before that only the
// side that put it there. To all others it does not exist.
func SeeFile(a Actor, t Task, f File) bool {
	return f.Submitted && SeeTask(a, t) || SendFile(a, t, f)
}

// RedactSubmission: the plan authority of the issuer, which answers for what its
// plan collects; never on one's own agency's result, which nobody is to make
// unreadable after it was judged.
func RedactSubmission(a Actor, t Task) bool {
	return a.HasAt(t.IssuerID, PlanAuthority) && !a.owes(t.AgencyID)
}
