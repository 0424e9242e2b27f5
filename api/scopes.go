package api

import (
	"net/http"

	"dondoc/internal/fault"
	"dondoc/internal/policy"
)

// pair is what a token must be good for to read and to change; empty: no token will do.
type pair struct{ read, write policy.Scope }

func (p pair) of(method string) policy.Scope {
	if method == http.MethodGet {
		return p.read
	}
	return p.write
}

// scopes say, by the first part of the path, what an API token must be good for.
// A part that is missing here is for people who signed in: accounts, posts and
// substitutes, sessions, tokens and calendar addresses, for tokens never manage
// what opens accounts; and redacting, which cannot be undone.
var scopes = map[string]pair{
	"plans":            {policy.PlansRead, policy.PlansWrite},
	"search":           {policy.PlansRead, ""},
	"rounds":           {policy.PlansRead, policy.PlansWrite},
	"tasks":            {policy.TasksRead, policy.TasksWrite},
	"attachments":      {policy.TasksRead, policy.TasksWrite},
	"reviews":          {policy.ReportsRead, policy.TasksWrite},
	"corrections":      {policy.TasksRead, policy.TasksWrite},
	"contests":         {policy.TasksRead, policy.TasksWrite},
	"urgings":          {policy.TasksRead, policy.TasksWrite},
	"urging-letters":   {policy.TasksRead, policy.TasksWrite},
	"requests":         {policy.RequestsRead, policy.RequestsWrite},
	"board":            {policy.ReportsRead, ""},
	"rates":            {policy.ReportsRead, ""},
	"rankings":         {policy.ReportsRead, ""},
	"exports":          {policy.ReportsRead, ""},
	"audit":            {policy.AuditRead, ""},
	"agencies":         {policy.AgenciesRead, policy.AgenciesWrite},
	"outlines":         {policy.AgenciesRead, policy.AgenciesWrite},
	"reorganisations":  {policy.AgenciesRead, policy.AgenciesWrite},
	"calendar":         {policy.CalendarRead, ""},
	"calendar-changes": {policy.CalendarRead, policy.CalendarWrite},
	"notifications":    {policy.NoticesRead, policy.NoticesWrite},
}

func outOfScope(needed policy.Scope) *fault.Fault {
	if needed == "" {
		return fault.New(fault.Forbidden, "token.session_only",
			"Việc này chỉ người đã đăng nhập làm được, không làm bằng khóa.", "This takes a person who signed in; no token will do.")
	}
	return fault.New(fault.Forbidden, "token.scope",
		"Khóa này không có phạm vi %s.", "This token is not good for %s.", needed)
}
