package api_test

import (
	"strings"

	"dondoc/internal/policy"
)

func init() {
	add := func(call, from, body, shows string) {
		walks = append(walks, walk{call: call, from: from, body: body, shows: shows})
	}
	addFor := func(agency string, role policy.Role, call, from, body string) {
		walks = append(walks, walk{call: call, from: from, body: body, outsider: email(role, agency)})
	}
	const version = `{"version": {version}}`

	// Sessions and the account itself.
	add("POST /api/v1/sessions", "empty", `{"email": "focal_point.xa@dondoc.example", "password": "`+password+`"}`, "")
	add("DELETE /api/v1/sessions/current", "empty", "", "")
	add("GET /api/v1/me", "empty", "", "")
	add("POST /api/v1/password-resets", "empty", `{"email": "focal_point.xa@dondoc.example"}`, "")
	add("POST /api/v1/account-links/take-up", "a link sent", `{"token": "{token}", "password": "`+password+`"}`, "")
	add("GET /healthz", "empty", "", "")
	add("GET /readyz", "empty", "", "")

	// People.
	add("GET /api/v1/outlines", "empty", "", "")
	add("PUT /api/v1/outlines", "empty", anOutline, "")
	add("GET /api/v1/notice-templates", "empty", "", "")
	addFor("tinh", policy.Administrator, "PUT /api/v1/notice-templates/{kind}/{language}", "empty", `{`+someWords+`, "version": 0}`)
	addFor("tinh", policy.Administrator, "DELETE /api/v1/notice-templates/{kind}/{language}", "empty", "")
	add("POST /api/v1/notice-templates/{kind}/{language}/preview", "empty", `{`+someWords+`}`, "")
	add("GET /api/v1/deliveries", "empty", "", "")
	add("POST /api/v1/deliveries/retry", "empty", "", "")
	add("POST /api/v1/deliveries/{id}/retry", "a message refused", "", "")
	add("GET /api/v1/people", "empty", "", `"id":{person},`)
	walks = append(walks, walk{call: "POST /api/v1/people/import", from: "empty", headers: asCSV,
		body: "email,name,agency_code,role\nmoi@dondoc.example,Người mới,xa,focal_point\n"})
	add("POST /api/v1/people/{id}/invitation", "an account invited", "", "")
	add("POST /api/v1/people/{id}/password-reset", "empty", "", "")

	// Agencies and calendars.
	add("GET /api/v1/agencies", "empty", "", `"id":{agency},`)
	add("GET /api/v1/agencies/{id}", "empty", "", "")
	add("POST /api/v1/agencies/{id}/two-signatures", "empty", `{"required": true, "version": {agencyversion}}`, "")
	add("GET /api/v1/calendar/{year}", "empty", "", "")
	add("GET /api/v1/calendar-changes", "open", "", "")
	const days = `"kind": "days", "name": "a.csv", "source": "date,kind,name,name_en,year,legal_basis,source\n2026-02-10,holiday,Ngày truyền thống,Memorial day,,QĐ 1/QĐ-UBND,Công báo\n"`
	add("POST /api/v1/calendar-changes/preview", "open", `{"agency": "xa", `+days+`}`, "")
	addFor("tinh", policy.Administrator, "POST /api/v1/calendar-changes/preview #the country's", "open", `{`+days+`}`)
	add("POST /api/v1/calendar-changes", "open", `{"agency": "xa", `+days+`}`, "")
	addFor("tinh", policy.Administrator, "POST /api/v1/calendar-changes #the country's", "open", `{`+days+`}`)

	// Plans.
	const file = `{"name": "walk.yaml", "source": {source}}`
	add("GET /api/v1/plans", "open", "", `"id":{plan},`)
	add("GET /api/v1/plans #a draft", "draft", "", `"id":{plan},`)
	add("POST /api/v1/plans", "empty", file, "")
	add("POST /api/v1/plans #again", "draft", file, "")
	add("POST /api/v1/plans/check", "empty", file, "")
	add("POST /api/v1/plans/preview", "empty", file, "")
	add("GET /api/v1/plans/{id}", "open", "", "")
	add("GET /api/v1/plans/{id} #a draft", "draft", "", "")
	add("GET /api/v1/plans/{id}/preview", "open", "", `"codes":["xa"]`)
	add("GET /api/v1/plans/{id}/duties", "open", "", `"id":{monthly},`)
	add("GET /api/v1/plans/{id}/progress", "open", "", `"duty_id":{monthly},`)
	add("GET /api/v1/plans/{id}/leaders", "open", "", `"owed":1`)
	add("GET /api/v1/plans/{id}/matrix", "open", "", `"task_id":{task},`)
	add("GET /api/v1/search", "open", "", `"id":{plan},`)
	add("GET /api/v1/search #in results", "submitted", "", secret)
	add("GET /api/v1/plans/{id}/rounds", "open", "", `"tasks":1`)
	add("GET /api/v1/plans/{id}/calendar", "open", "", `"tasks":1`)
	add("GET /api/v1/plans/{id}/dossier.zip", "open", "", "")
	add("POST /api/v1/plans/{id}/activate", "draft", `{"version": {planversion}}`, "")
	add("POST /api/v1/plans/{id}/suspend", "open", `{"version": {planversion}}`, "")
	add("POST /api/v1/plans/{id}/resume", "suspended", `{"version": {planversion}}`, "")
	add("POST /api/v1/plans/{id}/close", "open", `{"version": {planversion}}`, "")

	// Tasks and results.
	add("GET /api/v1/tasks", "submitted", "", `"id":{task},`)
	add("GET /api/v1/tasks/{id}", "submitted", "", secret)
	add("GET /api/v1/tasks/{id}/submissions", "submitted", "", secret)
	add("POST /api/v1/tasks/{id}/submissions", "open", someResult, "")
	add("GET /api/v1/tasks/{id}/submissions/compare", "sent twice", "", secret)
	add("POST /api/v1/tasks/{id}/withdrawals", "submitted", version, "")
	add("POST /api/v1/tasks/{id}/recordings", "open", `{"kind": "report", "narrative": "`+secret+`", "document_number": "9/BC", "channel": "paper", "received_at": "2026-02-05T01:00:00Z"}`, "")
	add("GET /api/v1/tasks/{id}/draft", "drafted", "", secret)
	add("PUT /api/v1/tasks/{id}/draft", "open", someResult, "")
	add("GET /api/v1/tasks/{id}/preparation", "prepared", "", secret)
	add("POST /api/v1/tasks/{id}/preparation/decisions", "prepared", `{"version": {version}, "decision": "approve"}`, "")
	add("POST /api/v1/tasks/{id}/preparation/decisions #take back", "prepared", `{"version": {version}, "decision": "take_back"}`, "")
	add("POST /api/v1/tasks/{id}/reviews", "submitted", `{"version": {version}, "decision": "accept"}`, "")
	add("POST /api/v1/reviews/accept", "submitted", `{"items": [{"task_id": {task}, "version": {version}}]}`, `"done":1`)
	add("GET /api/v1/tasks/{id}/dossier.zip", "submitted", "", "")

	// Supervision.
	add("GET /api/v1/tasks/{id}/supervision", "contested", "", `"id":{contest},`)
	add("POST /api/v1/tasks/{id}/contests", "invalid", `{"reason": "Có chữ ký số"}`, "")
	add("GET /api/v1/contests", "contested", "", `"id":{contest},`)
	add("POST /api/v1/contests/{id}/decisions", "contested", `{"outcome": "overturned"}`, "")
	add("POST /api/v1/tasks/{id}/reopenings", "accepted", `{"version": {version}, "reason": "Sai số liệu"}`, "")
	add("POST /api/v1/urgings", "open", `{"task_ids": [{task}], "kind": "message", "message": "Đề nghị gửi sớm"}`, `"done":1`)
	add("GET /api/v1/reviews/measures", "accepted", "", `"code":"so"`)
	add("POST /api/v1/rounds/preview", "open", `{"duty_id": {adhoc}, "due": {"working_days": 3}}`, `"code":"xa"`)
	add("POST /api/v1/rounds", "open", `{"duty_id": {adhoc}, "title": "Báo cáo bão", "due": {"working_days": 3}}`, "")

	// Requests.
	add("GET /api/v1/requests", "an extension asked", "", `"id":{request},`)
	add("GET /api/v1/requests/{id}", "an extension asked", "", "")
	add("POST /api/v1/requests #an extension", "open", `{"task_id": {task}, "kind": "extension", "text": "Chờ số liệu", "proposed_on": "2026-02-27"}`, "")
	add("POST /api/v1/requests #a waiver", "open", `{"task_id": {task}, "kind": "waiver", "text": "Không có đối tượng"}`, "")
	add("POST /api/v1/requests #an explanation", "late", `{"task_id": {task}, "kind": "explanation", "text": "Vì sao chậm?"}`, "")
	add("POST /api/v1/requests/{id}/opinion", "an extension asked", `{"stance": "for", "text": "Đồng ý"}`, "")
	add("POST /api/v1/requests/{id}/decide", "an extension asked", `{"version": {requestversion}, "decision": "grant"}`, "")
	add("POST /api/v1/requests/{id}/decide #an explanation", "an explanation given", `{"version": {requestversion}, "decision": "grant"}`, "")
	add("POST /api/v1/requests/{id}/answer", "an obstacle asked", `{"text": "Đã gửi biểu mẫu"}`, "")
	add("POST /api/v1/requests/{id}/answer #an explanation", "an explanation asked", `{"text": "Mưa lũ"}`, "")
	addFor("phoi-hop", policy.FocalPoint, "POST /api/v1/requests/{id}/decide #help of another body", "help asked", `{"version": {requestversion}, "decision": "grant"}`)
	add("POST /api/v1/requests/{id}/pass-on", "an obstacle asked", `{"text": "Vượt thẩm quyền"}`, "")
	add("POST /api/v1/requests/{id}/withdraw", "an extension asked", `{}`, "")
	add("POST /api/v1/requests/{id}/take-back", "a waiver granted", `{"text": "Có phát sinh"}`, "")

	// Figures, the trail, notices and feeds.
	add("GET /api/v1/board", "late", "", `"id":{task},`)
	add("GET /api/v1/rates", "submitted", "", `"key":"xa"`)
	add("GET /api/v1/rankings", "submitted", "", "")
	add("GET /api/v1/exports/rates.csv", "submitted", "", "UBND xã")
	add("GET /api/v1/exports/tasks.csv", "submitted", "", "UBND xã")
	add("GET /api/v1/audit", "submitted", "", `"action":"task.submitted"`)
	add("GET /api/v1/notifications", "open", "", `"id":{notice},`)
	add("POST /api/v1/notifications/{id}/read", "open", "", "")
	add("GET /api/v1/feeds", "a feed made", "", `"id":{feed},`)
	add("POST /api/v1/feeds", "open", `{"scope": "agency", "agency_id": {agency}}`, "")
	add("DELETE /api/v1/feeds/{id}", "a feed made", "", "")
	add("GET /feeds/{file}", "a feed made", "", "")
}

// things that stand in an address in the place of {id}, by what comes before.
var walkedID = []struct{ before, thing string }{
	{"/deliveries/", "{delivery}"}, {"/people/", "{person}"}, {"/agencies/", "{agency}"}, {"/plans/", "{plan}"}, {"/tasks/", "{task}"}, {"/contests/", "{contest}"},
	{"/requests/", "{request}"}, {"/notifications/", "{notice}"}, {"/feeds/", "{feed}"},
	{"/substitutions/", "{substitution}"}, {"/posts/", "{post}"}, {"/attachments/", "{attachment}"}, {"/submissions/", "{submission}"},
	{"/audit-mandates/", "{mandate}"}, {"/me/sessions/", "{session}"}, {"/me/tokens/", "{tokenid}"}, {"/corrections/", "{correction}"}, {"/reorganisations/", "{reorganisation}"}, {"/rounds/", "{round}"},
}

// walkQuery is what a call needs behind its address.
var walkQuery = map[string]string{
	"GET /api/v1/tasks/{id}/submissions/compare":        "?from=1&to=2",
	"GET /api/v1/plans/{id}/versions/compare":           "?from=1&to=2",
	"GET /api/v1/search":                                "?q=ke+hoach",
	"GET /api/v1/search #in results":                    "?q=dung+CUA-rieng",
	"GET /api/v1/plans/{id}/calendar":                   "?from=2026-01-01&to=2026-12-31",
	"GET /api/v1/exports/coverage.csv":                  "?plan={plan}",
	"GET /api/v1/exports/coverage.xlsx":                 "?plan={plan}",
	"GET /api/v1/exports/targets.csv":                   "?plan={plan}",
	"GET /api/v1/exports/targets.xlsx":                  "?plan={plan}",
	"GET /api/v1/exports/focal-points.csv":              "?plan={plan}",
	"GET /api/v1/exports/focal-points.xlsx":             "?plan={plan}",
	"GET /api/v1/rankings":                              "?level=commune",
	"GET /api/v1/reviews/measures":                      "?from=2026-01-01T00:00:00Z&to=2026-03-01T00:00:00Z",
	"DELETE /api/v1/notice-templates/{kind}/{language}": "?version=0",
	"GET /api/v1/people":                                "?limit=200",
	"GET /api/v1/agencies":                              "?limit=200",
}

// walkPath is the address of a call in the words of the walk.
func walkPath(call string) string {
	op, _, _ := strings.Cut(call, " #")
	_, path, _ := strings.Cut(op, " ")
	for _, one := range walkedID {
		path = strings.Replace(path, one.before+"{id}", one.before+one.thing, 1)
	}
	path = strings.NewReplacer("{year}", "2026", "{number}", "1", "/feeds/{file}", "{feedfile}", "{indicator}", "vu", "{code}", "1", "{kind}/{language}", "overdue/vi").Replace(path)
	if query, own := walkQuery[call]; own {
		return path + query
	}
	return path + walkQuery[op]
}
