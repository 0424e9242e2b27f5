package calendar

import (
	"slices"
	"strings"
)

// ForwardPolicy returns the ladder of the agency that passes results on: it is
// reminded on the last of its working days, and its head is told, with whoever
// passes on, in the morning after. The caller owns the result.
func ForwardPolicy(workingDays int) []StepRule {
	return []StepRule{
		reviewStep("forward_reminder", workingDays, 20, FocalPoint, Supervisor),
		reviewStep("forward_overdue", workingDays+1, 40, FocalPoint, Supervisor, Head),
	}
}

// CorrectionPolicy returns the ladder of who decides on a correction: that of any
// result that waits for its review, in words of its own. The caller owns the result.
func CorrectionPolicy(review []StepRule) []StepRule {
	rules := slices.Clone(review)
	for i := range rules {
		rules[i].Code = "correction_" + strings.TrimPrefix(rules[i].Code, "review_")
		switch rules[i].Kind {
		case "overdue", "urging_draft", "escalation", "review_overdue":
			rules[i].Kind = "correction_overdue"
		default:
			rules[i].Kind = "correction_reminder"
		}
	}
	return rules
}

// CountedFrom replaces, in the derivations of steps that were counted from a
// submission, what they were counted from: "forwarded", "corrected".
func CountedFrom(kind string, steps []StepTime) []StepTime {
	for i := range steps {
		notes := append([]Note(nil), steps[i].Derivation.Notes...)
		notes[0].Kind = kind
		steps[i].Derivation.Notes = notes
	}
	return steps
}
