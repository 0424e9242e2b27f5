package policy

// ForwardTask: the focal points, heads and supervisors of the intermediate
// agency pass a result on; so does the issuer's plan authority, lest an
// intermediary without people hold results up. Never one's own agency's result.
func ForwardTask(a Actor, t Task) bool {
	return t.ThroughID != 0 && a.HasAt(t.IssuerID, PlanAuthority) && !a.owes(t.AgencyID) || SendBackTask(a, t)
}

// SendBackTask: the intermediate agency alone returns a result to its sender,
// never its own people's.
func SendBackTask(a Actor, t Task) bool {
	return a.HasAt(t.ThroughID, FocalPoint, Head, Supervisor) && !a.owes(t.AgencyID)
}

// CorrectTask: whoever may submit the result; where the agency asks for two
// signatures, its head.
func CorrectTask(a Actor, t Task, twoSignatures bool) bool {
	return SubmitTask(a, t) && (!twoSignatures || ApproveTask(a, t))
}

// DecideCorrection: whoever reviews the result.
func DecideCorrection(a Actor, t Task) bool { return ReviewTask(a, t) }

// NoteTask: the supervisors of the reviewing agency and the plan authority of the
// issuer write notes and read each other's. Whoever may submit the result reads
// none, whatever else they are.
func NoteTask(a Actor, t Task) bool {
	return (a.HasAt(t.ReviewerID, Supervisor) || a.HasAt(t.IssuerID, PlanAuthority)) && !a.owes(t.AgencyID)
}

// CommentInputs: the people of the agency that sums up say what they think of the
// reports that they get.
func CommentInputs(a Actor, t Task) bool { return a.HasAt(t.AgencyID, FocalPoint, Head, Supervisor) }
