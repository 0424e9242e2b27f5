package notice

import "slices"

// Group is a kind of mail that people may turn off; its notices stay inside
// the system.
type Group string

const (
	GroupOpening  Group = "opening"
	GroupReminder Group = "reminder"
	GroupReview   Group = "review"
	GroupReceipt  Group = "receipt"
	GroupRequest  Group = "request"
	GroupCalendar Group = "calendar"
	GroupDigest   Group = "digest"
)

// Groups are all groups in the order in which people are shown them. What is in
// none of them always goes by mail: returns, urgings, what is overdue or
// reopened, decisions, everything about flash reports, and mail about the account.
var Groups = []Group{GroupOpening, GroupReminder, GroupReview, GroupReceipt, GroupRequest, GroupCalendar, GroupDigest}

var groupKinds = map[Group][]Kind{
	GroupOpening:  {Opening},
	GroupReminder: {Reminder, DueToday},
	GroupReview:   {Submitted, ReviewReminder},
	GroupReceipt:  {Receipt, Accepted, Recorded},
	GroupRequest:  {RequestAsked, RequestOpinion, RequestReminder},
	GroupCalendar: {DueMoved},
	GroupDigest:   {Digest},
}

// Muted are the kinds of the groups that somebody has turned off.
func Muted(off []string) []Kind {
	kinds := []Kind{}
	for _, group := range Groups {
		if slices.Contains(off, string(group)) {
			kinds = append(kinds, groupKinds[group]...)
		}
	}
	return kinds
}

// GroupOf is the group that a kind can be turned off with; false: it always goes.
func GroupOf(kind Kind) (Group, bool) {
	for _, group := range Groups {
		if slices.Contains(groupKinds[group], kind) {
			return group, true
		}
	}
	return "", false
}
