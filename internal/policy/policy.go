// Package policy decides who may do what. Every rule about rights stands here;
// storage asks it for the scope of a list, handlers and pages ask it nothing
// else than "may this actor do this".
package policy

import "slices"

// Role is a right held per agency.
type Role string

const (
	FocalPoint    Role = "focal_point"    // đầu mối: prepares and submits
	Head          Role = "head"           // thủ trưởng đơn vị: is escalated to
	Supervisor    Role = "supervisor"     // người theo dõi, đôn đốc: reviews and urges
	PlanAuthority Role = "plan_authority" // cơ quan ban hành, thường trực: issues, amends, suspends, closes
	Auditor       Role = "auditor"        // người kiểm tra: reads what a decision opens, changes nothing
	Administrator Role = "administrator"  // quản trị hệ thống: agencies, users; reads no results
)

// Roles are all roles, in the order in which people are shown them.
var Roles = []Role{FocalPoint, Head, Supervisor, PlanAuthority, Auditor, Administrator}

// ReadingRoles are the roles whose holders read duties and results by place.
func ReadingRoles() []Role {
	return slices.DeleteFunc(slices.Clone(Roles), func(r Role) bool { return !r.Reads() })
}

// Post is a role held at an agency today.
type Post struct {
	// ID names the post where one of several is chosen to act in.
	ID         int64
	AgencyID   int64
	AgencyCode string
	AgencyName string
	Role       Role
	// ForID and ForName are of whom the post is held for, as a substitute; 0: it is one's own.
	ForID   int64
	ForName string
}

// Actor is who acts: an account with the posts it holds on the business day, or
// with the one of them that it has chosen to act in.
type Actor struct {
	UserID   int64
	Name     string
	Language string
	Posts    []Post
	// Below holds the ids of the agencies of the actor's reading posts and of
	// all agencies below them: what the actor may see by place.
	Below []int64
	// Mandates are the plans that decisions open to the actor as an auditor today.
	Mandates []Mandate
	// TokenID is the API token by which the actor came, Scopes what it is good
	// for; 0: the actor signed in.
	TokenID int64
	Scopes  []Scope
	// MustEnrol: a post of the actor demands a second factor and there is none yet.
	MustEnrol bool
	// Held are all posts that may be chosen from, whichever is chosen; Chosen is
	// the ID of that one, 0: all count.
	Held   []Post
	Chosen int64
	// ForID is the person for whom the actor stands in in this act; 0: nobody.
	ForID int64
	// More: where this try is refused, another follows; see Turns.
	More bool
}

// Has reports whether the actor holds the role at any agency.
func (a Actor) Has(role Role) bool {
	return slices.ContainsFunc(a.Posts, func(p Post) bool { return p.Role == role })
}

// HasAt reports whether the actor holds one of the roles at the agency.
func (a Actor) HasAt(agencyID int64, roles ...Role) bool {
	return slices.ContainsFunc(a.Posts, func(p Post) bool {
		return p.AgencyID == agencyID && slices.Contains(roles, p.Role)
	})
}

// At returns the ids of the agencies where the actor holds one of the roles.
func (a Actor) At(roles ...Role) []int64 {
	ids := []int64{}
	for _, p := range a.Posts {
		if slices.Contains(roles, p.Role) && !slices.Contains(ids, p.AgencyID) {
			ids = append(ids, p.AgencyID)
		}
	}
	return ids
}

// owes reports whether the person speaks for the agency in any post, also one
// that is not chosen now: choosing a post opens no way around the rules against
// deciding on one's own agency's results.
func (a Actor) owes(agencyID int64) bool {
	return a.HasAt(agencyID, FocalPoint, Head) || slices.ContainsFunc(a.Held, func(p Post) bool {
		return p.AgencyID == agencyID && (p.Role == FocalPoint || p.Role == Head)
	})
}

// Reads reports whether the role lets its holder read duties and results. An
// auditor's does not: a decision does, see Mandate.
func (r Role) Reads() bool { return r != Administrator && r != Auditor }

// Task is what the rules about one task need to know.
type Task struct {
	AgencyID, RecipientID, ReviewerID, IssuerID int64
	// PlanID is asked for by what an auditor may see.
	PlanID int64
	// ThroughID passes the result on before it is reviewed; 0: nobody does.
	ThroughID int64
}

// SeeTask: one's own agency and below, what one supervises, receives or passes
// on, and what a decision opens to an auditor.
func SeeTask(a Actor, t Task) bool {
	return HoldsTask(a, t) || AuditsPlan(a, t.PlanID)
}

// HoldsTask is SeeTask without what decisions open.
func HoldsTask(a Actor, t Task) bool {
	return slices.Contains(a.Below, t.AgencyID) ||
		a.HasAt(t.ReviewerID, FocalPoint, Head, Supervisor, PlanAuthority) ||
		a.HasAt(t.RecipientID, FocalPoint, Head, Supervisor, PlanAuthority) ||
		a.HasAt(t.ThroughID, FocalPoint, Head, Supervisor, PlanAuthority) ||
		a.HasAt(t.IssuerID, PlanAuthority)
}

// InChain: the reporting chain of a result is who sends it, the agency that it
// passes, who receives and who reviews it, all above its sender, and the plan
// authority. Auditors are outside of it; so are other agencies with a part in the plan.
func InChain(a Actor, t Task) bool { return HoldsTask(a, t) }

// SubmitTask: the focal points and the head of the agency that owes the result.
func SubmitTask(a Actor, t Task) bool { return a.HasAt(t.AgencyID, FocalPoint, Head) }

// ReviewTask: the supervisors of the agency that reviews, never for one's own agency's result.
func ReviewTask(a Actor, t Task) bool {
	return a.HasAt(t.ReviewerID, Supervisor) && !a.owes(t.AgencyID)
}

// ContestReview: whoever owes the result may object to its being declared invalid.
func ContestReview(a Actor, t Task) bool { return SubmitTask(a, t) }

// DecideContest: the plan authority of the issuer, never on one's own agency's result.
func DecideContest(a Actor, t Task) bool {
	return a.HasAt(t.IssuerID, PlanAuthority) && !a.owes(t.AgencyID)
}

// ReopenTask: the plan authority of the issuer and the supervisors of whoever
// reviews or receives the result, never for one's own agency.
func ReopenTask(a Actor, t Task) bool {
	return (a.HasAt(t.IssuerID, PlanAuthority) || a.HasAt(t.ReviewerID, Supervisor) || a.HasAt(t.RecipientID, Supervisor)) &&
		!a.owes(t.AgencyID)
}

// UrgeTask: the supervisors of the agency that reviews, and the plan authority of the issuer.
func UrgeTask(a Actor, t Task) bool {
	return a.HasAt(t.ReviewerID, Supervisor) || a.HasAt(t.IssuerID, PlanAuthority)
}

// OpenRound: the plan authority of the issuer for everyone who owes the duty, a
// supervisor for those whose results their agency reviews.
func OpenRound(a Actor, issuerID, reviewerID int64) bool {
	return a.HasAt(issuerID, PlanAuthority) || a.HasAt(reviewerID, Supervisor)
}

// Supervises: whoever reviews or issues somewhere may act on many tasks at once.
func Supervises(a Actor) bool { return a.Has(Supervisor) || a.Has(PlanAuthority) }

// WriteDraft: whoever may submit the result sees and saves its draft, and what
// waits for the head; to all others neither exists.
func WriteDraft(a Actor, t Task) bool { return SubmitTask(a, t) }

// OpenInputs: what a consolidated result is made of is open to the agency that
// consolidates and to whoever reaches it by place; to those who receive it once it is sent.
func OpenInputs(a Actor, t Task, sent bool) bool {
	return SeeTask(a, t) && (sent || slices.Contains(a.Below, t.AgencyID))
}

// ApproveTask: the head of the agency that owes the result.
func ApproveTask(a Actor, t Task) bool { return a.HasAt(t.AgencyID, Head) }

// WithdrawTask: whoever may submit; what a head has approved only a head takes back.
func WithdrawTask(a Actor, t Task, approved bool) bool {
	return SubmitTask(a, t) && (!approved || ApproveTask(a, t))
}

// RecordTask: whoever reviews may record what came outside of the system.
func RecordTask(a Actor, t Task) bool { return ReviewTask(a, t) }

// ManageAgencies: administrators, for the agencies of their posts and all below.
func ManageAgencies(a Actor) bool { return a.Has(Administrator) }

// SeePlans: everyone who holds a reading post sees plans: those that an agency in
// their reach by place issued, follows up or has a part in, and those whose
// results they handle; auditors those that a decision opens (visiblePlan in storage).
func SeePlans(a Actor) bool { return HoldsReadingPost(a) || Audits(a) }

// HoldsReadingPost: whoever reads by a post, and not by a decision alone.
func HoldsReadingPost(a Actor) bool {
	return slices.ContainsFunc(a.Posts, func(p Post) bool { return p.Role.Reads() })
}

// Subscribe: whoever reads duties may have their due times in a calendar. Of
// one agency (0: not of one) only where one's reading posts reach by place:
// who merely handles some of its results sees single tasks, not the agency.
func Subscribe(a Actor, agencyID int64) bool {
	return SeePlans(a) && (agencyID == 0 || slices.Contains(a.Below, agencyID))
}

// ManagePlan: the plan authority of the agency that issued the plan.
func ManagePlan(a Actor, issuerID int64) bool { return a.HasAt(issuerID, PlanAuthority) }

// LoadPlan: whoever is plan authority somewhere; the plan must be issued by that agency.
func LoadPlan(a Actor) bool { return a.Has(PlanAuthority) }

// ManagePeople: administrators, for whoever holds a post at an agency of theirs or below.
func ManagePeople(a Actor) bool { return a.Has(Administrator) }

// ManageCalendar: administrators, for the agencies of their posts and all below;
// the country's days and outages only those of an agency with none above it.
func ManageCalendar(a Actor) bool { return a.Has(Administrator) }

// SeeNoticeTemplates: administrators; only those of an agency with none above it
// change the words of notices, which are the same for everybody.
func SeeNoticeTemplates(a Actor) bool { return a.Has(Administrator) }

// SeeRankings: who sees the board, for whoever sees one agency alone has nothing to compare.
func SeeRankings(a Actor) bool { return SeeBoard(a) }

// OwnResult: a result is read by its own agency, whose reading is not logged.
func OwnResult(a Actor, agencyID int64) bool {
	return slices.ContainsFunc(a.Posts, func(p Post) bool { return p.AgencyID == agencyID && p.Role.Reads() })
}

// ReadAudit: auditors on the plans that a decision opens, plan authorities on their plans.
func ReadAudit(a Actor) bool { return Audits(a) || a.Has(PlanAuthority) }

// SeeBoard: supervisors, heads, plan authorities, and auditors with an open decision.
func SeeBoard(a Actor) bool {
	return a.Has(Supervisor) || a.Has(PlanAuthority) || a.Has(Head) || Audits(a)
}
