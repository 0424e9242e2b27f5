package calendar

// DefaultPolicies returns the ladders that plans start from, by code: "periodic"
// and "one_off" for assigned duties, "requested" for those asked for politely
// ("đề nghị", never escalated above the requester), "review" for the reviewers of
// any of them, who have three working days. They are data: a plan file may
// replace each. The agency's official mailbox is copied besides. The caller owns
// the result.
func DefaultPolicies() map[string][]StepRule {
	return map[string][]StepRule{
		"periodic": append([]StepRule{
			openingStep(),
			dueStep("before_1", "reminder", -1, 20, FocalPoint),
			dueStep("due_today", "due_today", 0, 30, FocalPoint),
		}, overdueSteps()...),
		"one_off": append([]StepRule{
			openingStep(),
			dueStep("before_15", "reminder", -15, 12, FocalPoint),
			dueStep("before_5", "reminder", -5, 15, FocalPoint),
			dueStep("before_1", "reminder", -1, 20, FocalPoint),
		}, overdueSteps()...),
		"requested": {
			openingStep(),
			dueStep("before_1", "reminder", -1, 20, FocalPoint),
			dueStep("due_today", "due_today", 0, 30, FocalPoint),
			dueStep("overdue_1", "overdue", 1, 40, FocalPoint),
			dueStep("overdue_3", "urging_draft", 3, 50, Supervisor),
		},
		"review": ReviewPolicy(),
	}
}

// ReviewPolicy returns the ladder for reviewers alone. The caller owns the result.
func ReviewPolicy() []StepRule {
	return []StepRule{
		reviewStep("review_reminder", 2, 20, Reviewer),
		reviewStep("review_overdue", 4, 40, Reviewer, Head),
	}
}

func overdueSteps() []StepRule {
	escalation := dueStep("overdue_7", "escalation", 7, 60, PlanAuthority)
	escalation.Digest = true
	return []StepRule{
		dueStep("overdue_1", "overdue", 1, 40, FocalPoint, Head),
		dueStep("overdue_3", "urging_draft", 3, 50, Supervisor),
		escalation,
	}
}

func openingStep() StepRule {
	return StepRule{Code: "opening", Kind: "opening", Anchor: AnchorOpening, Unit: WorkingDays,
		TimeOfDay: "08:00", Audience: []Audience{FocalPoint}, Severity: 10}
}

func dueStep(code, kind string, workingDays, severity int, audience ...Audience) StepRule {
	return StepRule{Code: code, Kind: kind, Anchor: AnchorDue, Offset: workingDays, Unit: WorkingDays,
		TimeOfDay: "08:00", Audience: audience, Severity: severity}
}

func reviewStep(code string, workingDays, severity int, audience ...Audience) StepRule {
	return StepRule{Code: code, Kind: code, Anchor: AnchorSubmitted, Offset: workingDays, Unit: WorkingDays,
		TimeOfDay: "08:00", Audience: audience, Severity: severity}
}
