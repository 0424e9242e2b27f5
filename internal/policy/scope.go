package policy

import "slices"

// Scope is what an API token is good for. It narrows what its owner may do and
// never widens it.
type Scope string

const (
	PlansRead     Scope = "plans:read"
	PlansWrite    Scope = "plans:write"
	TasksRead     Scope = "tasks:read"
	TasksWrite    Scope = "tasks:write"
	RequestsRead  Scope = "requests:read"
	RequestsWrite Scope = "requests:write"
	ReportsRead   Scope = "reports:read"
	AuditRead     Scope = "audit:read"
	AgenciesRead  Scope = "agencies:read"
	AgenciesWrite Scope = "agencies:write"
	CalendarRead  Scope = "calendar:read"
	CalendarWrite Scope = "calendar:write"
	NoticesRead   Scope = "notices:read"
	NoticesWrite  Scope = "notices:write"
)

// Scopes are all scopes, in the order in which people are shown them. None is
// about accounts, passwords, sessions or tokens: those are for people who sign in.
var Scopes = []Scope{
	TasksRead, TasksWrite, PlansRead, PlansWrite, RequestsRead, RequestsWrite, ReportsRead, AuditRead,
	AgenciesRead, AgenciesWrite, CalendarRead, CalendarWrite, NoticesRead, NoticesWrite,
}

// InScope: whoever signed in, and a token that is good for it. No scope: for
// people who signed in only.
func InScope(a Actor, scope Scope) bool {
	return a.TokenID == 0 || scope != "" && slices.Contains(a.Scopes, scope)
}

// DemandsSecondFactor: a post of the actor is one of the roles that must have one.
func DemandsSecondFactor(a Actor, roles []Role) bool {
	return slices.ContainsFunc(a.Posts, func(p Post) bool { return slices.Contains(roles, p.Role) })
}
