package api_test

import (
	"strings"

	"dondoc/internal/account"
	"dondoc/internal/policy"
)

// onePage is the smallest file that a result may bear.
const onePage = "%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"

func init() {
	add := func(name, after string, build func(w *walker)) { states[name] = state{after, build} }
	add("a colleague", "open", func(w *walker) {
		w.things["post"] = itoa(w.count(`SELECT m.id FROM memberships m JOIN users u ON u.id = m.user_id WHERE u.email = $1`, email(policy.FocalPoint, "xa")))
		w.things["colleague"] = itoa(w.count(`SELECT id FROM users WHERE email = $1`, colleague))
		w.things["stand-in"] = itoa(w.count(`SELECT id FROM users WHERE email = $1`, email(policy.Head, "xa")))
		w.things["personversion"] = itoa(w.count(`SELECT version FROM users WHERE email = $1`, email(policy.FocalPoint, "xa")))
	})
	add("substituted", "a colleague", func(w *walker) {
		made := w.by(policy.FocalPoint, "xa", 201, "POST", "/substitutions", `{"post_id": {post}, "substitute_id": {stand-in}, "from": "2026-02-10", "to": "2026-02-12", "reason": "Nghỉ phép"}`)
		w.things["substitution"] = num(made["id"])
	})
	add("handed over", "a colleague", func(w *walker) {
		w.by(policy.Head, "xa", 201, "POST", "/tasks/{task}/handovers", `{"user_id": {colleague}, "reason": "Đi công tác"}`)
		w.things["handover"] = itoa(w.count(`SELECT max(id) FROM handovers`))
	})
	add("an account closed", "a colleague", func(w *walker) {
		w.by(policy.Administrator, "xa", 200, "POST", "/people/{person}/deactivation", `{"version": {personversion}, "to_user_id": {colleague}, "reason": "Chuyển công tác"}`)
		w.things["personversion"] = itoa(w.count(`SELECT version FROM users WHERE id = $1`, w.things["person"]))
	})
	add("a file added", "open", func(w *walker) {
		body, kind := formBody("ranhgioi", part{"file", "Báo cáo.pdf", onePage}, part{"declared", "", "true"})
		added := w.ok(201, request{method: "POST", path: "/api/v1" + w.fill("/tasks/{task}/attachments"), as: w.tokens[email(policy.FocalPoint, "xa")], body: body, headers: map[string]string{"Content-Type": kind}})
		w.things["attachment"] = num(added["id"])
	})
	add("corrected", "accepted", func(w *walker) {
		w.things["correction"] = num(w.by(policy.FocalPoint, "xa", 201, "POST", "/tasks/{task}/corrections", correction)["id"])
	})
	add("passing through", "open", func(w *walker) {
		w.by(policy.PlanAuthority, "ban", 201, "POST", "/rounds", `{"duty_id": {through}, "title": "Báo cáo bão", "due": {"working_days": 5}}`)
		w.things["task"] = itoa(w.count(`SELECT max(id) FROM tasks`))
		w.by(policy.FocalPoint, "xa", 201, "POST", "/tasks/{task}/submissions", someResult)
		w.read()
	})
	add("forwarded", "passing through", func(w *walker) {
		w.by(policy.Supervisor, "huyen", 201, "POST", "/tasks/{task}/forwardings", `{"version": {version}, "decision": "forward"}`)
		w.read()
	})
	add("a parent plan", "open", func(w *walker) {
		w.things["parentsource"] = strings.NewReplacer("code: walk", "code: cha", "issuer: ban", "issuer: so", "agencies: xa", "agencies: ban", "text: Xã báo cáo hằng tháng", "own_plan: true\\n    text: Ban hành kế hoạch hằng tháng").Replace(w.things["source"])
		loaded := w.by(policy.PlanAuthority, "so", 201, "POST", "/plans", `{"name": "cha.yaml", "source": {parentsource}}`)
		w.things["parent"] = num(loaded["id"])
		w.by(policy.PlanAuthority, "so", 200, "POST", "/plans/{parent}/activate", `{"version": `+num(loaded["version"])+`}`)
		w.things["parentduty"] = itoa(w.count(`SELECT id FROM duties WHERE code = 'I.1' AND plan_id = $1`, w.things["parent"]))
	})
	add("closed", "open", func(w *walker) {
		w.by(policy.PlanAuthority, "ban", 200, "POST", "/plans/{plan}/close", `{"version": {planversion}}`)
	})
	add("linked", "a parent plan", func(w *walker) {
		w.by(policy.PlanAuthority, "ban", 200, "PUT", "/plans/{plan}/implements", `{"duty_id": {parentduty}}`)
	})
	add("an amendment looked at", "open", func(w *walker) {
		w.things["amended"] = strings.Replace(w.things["source"], "Xã báo cáo hằng tháng", "Xã báo cáo ngay hằng tháng", 1)
		seen := w.by(policy.PlanAuthority, "ban", 200, "POST", "/plans/{plan}/amendments/preview", `{"name": "walk.yaml", "source": {amended}, "basis": {"number": "12/QĐ-UBND", "on": "2026-02-03"}}`)
		w.things["digest"] = seen["digest"].(string)
	})
	add("amended", "an amendment looked at", func(w *walker) {
		w.by(policy.PlanAuthority, "ban", 201, "POST", "/plans/{plan}/amendments", anAmendment)
	})
	add("audited", "open", func(w *walker) {
		w.things["mandate"] = itoa(w.count(`SELECT max(id) FROM audit_mandates`))
	})
	add("a token made", "open", func(w *walker) {
		made := w.by(policy.FocalPoint, "xa", 201, "POST", "/me/tokens", aToken)
		w.things["tokenid"] = num(made["id"])
	})
	add("signed in", "open", func(w *walker) {
		w.things["session"] = itoa(w.count(`SELECT max(s.id) FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.email = $1`, email(policy.FocalPoint, "xa")))
	})
	// What the mail server has refused.
	add("a message refused", "empty", func(w *walker) {
		w.things["delivery"] = itoa(w.count(`INSERT INTO messages (message_id, user_id, address, language, kind, state, composed_at)
			SELECT 'refused@walk', id, email, 'vi', 'notices', 'failed', now() FROM users WHERE email = $1 RETURNING id`, email(policy.FocalPoint, "xa")))
	})
	add("a second factor", "open", func(w *walker) {
		w.by(policy.FocalPoint, "xa", 201, "POST", "/me/second-factor", `{"current_password": "`+password+`"}`)
		codes, hashes := account.NewRecoveryCodes()
		w.run(`UPDATE second_factors SET confirmed_at = now()`)
		w.run(`INSERT INTO recovery_codes (user_id, code_hash) SELECT user_id, $1 FROM second_factors`, hashes[0])
		w.things["code"] = codes[0]
		refused := w.do(request{method: "POST", path: "/api/v1/sessions", body: `{"email": "` + email(policy.FocalPoint, "xa") + `", "password": "` + password + `"}`})
		w.things["challenge"] = w.problem(refused).Challenge
	})
}

const (
	correction  = `{"kind": "report", "narrative": "Bản đính chính", "reason": "Cộng sót"}`
	colleague   = "dong-nghiep.xa@dondoc.example"
	anAmendment = `{"name": "walk.yaml", "source": {amended}, "basis": {"number": "12/QĐ-UBND", "on": "2026-02-03"}, "version": {planversion}, "digest": "{digest}"}`
	aToken      = `{"name": "Phần mềm văn bản", "scopes": ["tasks:read"], "expires_at": "{later}"}`
)

func init() {
	add := func(call, from, body, shows string) {
		walks = append(walks, walk{call: call, from: from, body: body, shows: shows})
	}
	refusing := func(call, from, body string) {
		walks = append(walks, walk{call: call, from: from, body: body, refused: true})
	}
	add("GET /api/v1/agencies/{id}/colleagues", "a colleague", "", "")
	add("GET /api/v1/substitutions", "substituted", "", `"id":{substitution},`)
	add("POST /api/v1/substitutions", "a colleague", `{"post_id": {post}, "substitute_id": {stand-in}, "from": "2026-02-10", "to": "2026-02-12", "reason": "Nghỉ phép"}`, "")
	add("POST /api/v1/substitutions/{id}/revocation", "substituted", "", "")
	add("GET /api/v1/tasks/{id}/hands", "handed over", "", "")
	add("POST /api/v1/tasks/{id}/handovers", "a colleague", `{"user_id": {colleague}, "reason": "Đi công tác"}`, "")
	add("POST /api/v1/tasks/{id}/handovers/end", "handed over", `{"handover_id": {handover}, "reason": "Về sớm"}`, "")
	add("PUT /api/v1/people/{id}", "a colleague", `{"version": {personversion}, "name": "Tên mới", "phone": "", "email": "focal_point.xa@dondoc.example"}`, "")
	add("POST /api/v1/people/{id}/posts", "a colleague", `{"agency_id": {agency}, "role": "head", "from": "2026-02-10"}`, "")
	add("POST /api/v1/posts/{id}/end", "a colleague", `{"last_on": "2026-12-31"}`, "")
	add("GET /api/v1/people/{id}/open-work", "a colleague", "", "")
	add("POST /api/v1/people/{id}/deactivation", "a colleague", `{"version": {personversion}, "to_user_id": {colleague}, "reason": "Chuyển công tác"}`, "")
	add("POST /api/v1/people/{id}/reactivation", "an account closed", `{"version": {personversion}}`, "")
	add("DELETE /api/v1/people/{id}/sessions", "signed in", "", "")
	add("DELETE /api/v1/people/{id}/second-factor", "a second factor", "", "")

	add("GET /api/v1/tasks/{id}/attachments", "a file added", "", `"id":{attachment},`)
	body, kind := formBody("ranhgioi", part{"file", "Báo cáo.pdf", onePage}, part{"declared", "", "true"})
	walks = append(walks, walk{call: "POST /api/v1/tasks/{id}/attachments", from: "open", body: body, headers: map[string]string{"Content-Type": kind}})
	add("GET /api/v1/attachments/{id}", "a file added", "", "")
	add("DELETE /api/v1/attachments/{id}", "a file added", "", "")
	add("POST /api/v1/submissions/{id}/redactions", "submitted", `{"field": "narrative", "passage": "`+secret+`", "reason": "Có họ tên"}`, "")
	add("GET /api/v1/tasks/{id}/notes", "submitted", "", "")
	add("POST /api/v1/tasks/{id}/notes", "submitted", `{"text": "Kiểm tra kỹ"}`, "")
	add("POST /api/v1/tasks/{id}/forwardings", "passing through", `{"version": {version}, "decision": "forward"}`, "")
	add("GET /api/v1/tasks/{id} #passing through", "passing through", "", secret)
	add("POST /api/v1/tasks/{id}/reviews #after it was forwarded", "forwarded", `{"version": {version}, "decision": "accept"}`, "")
	add("POST /api/v1/tasks/{id}/corrections", "accepted", correction, "")
	add("GET /api/v1/tasks/{id}/form", "submitted", "", "")
	add("GET /api/v1/agencies/{id}/past-figures", "open", "", "")
	add("PUT /api/v1/agencies/{id}/past-figures", "open", `{"figures": [{"indicator": "so-luot", "from": "2025-01-01", "to": "2025-12-31", "value": "150", "source": "Báo cáo số 15/BC-UBND"}]}`, "")
	for _, format := range []string{"docx", "pdf"} {
		add("GET /api/v1/tasks/{id}/report."+format, "submitted", "", "")
		add("GET /api/v1/plans/{id}/annexes/summary."+format, "submitted", "", "")
		add("GET /api/v1/plans/{id}/annexes/overdue."+format, "submitted", "", "")
		add("GET /api/v1/plans/{id}/annexes/focal-points."+format, "open", "", "")
	}
	add("POST /api/v1/urging-letters", "open", `{"task_ids": [{task}], "format": "docx"}`, "")
	add("GET /api/v1/agencies/{id}/letterhead", "empty", "", "")
	add("PUT /api/v1/agencies/{id}/letterhead", "empty", `{"superior": "", "name": "UBND xã", "abbreviation": "UBND", "place": "", "collective": "", "signing": "head", "head": "Chủ tịch", "version": 0}`, "")
	refusing("GET /api/v1/tasks/{id}/consolidation", "submitted", "")
	refusing("POST /api/v1/tasks/{id}/consolidation/take-over", "open", `{}`)
	refusing("GET /api/v1/tasks/{id}/consolidation/figures/{indicator}", "submitted", "")
	refusing("POST /api/v1/tasks/{id}/consolidation/comments", "submitted", `{"task_id": 1, "text": "Kiểm tra lại"}`)
	refusing("GET /api/v1/tasks/{id}/scores", "submitted", "")
	refusing("PUT /api/v1/tasks/{id}/scores", "open", `{"points": []}`)
	refusing("PUT /api/v1/tasks/{id}/score-check", "submitted", `{"points": []}`)
	add("GET /api/v1/plans/{id}/score-sheets/{code}", "open", "", "")
	add("GET /api/v1/plans/{id}/targets", "open", "", "")
	add("GET /api/v1/plans/{id}/targets/{code}", "open", "", "")
	add("PUT /api/v1/plans/{id}/targets/{code}/splits", "open", `{"measure": 2, "basis": "Công văn", "parts": [{"year": 2026, "aim": "10"}]}`, "")
	add("PUT /api/v1/plans/{id}/targets/{code}/baseline", "open", `{"measure": 1, "value": "200", "source": "Thống kê", "counted_on": "2025-12-31"}`, "")
	add("POST /api/v1/corrections/{id}/decisions", "corrected", `{"decision": "accept"}`, "")
	add("GET /api/v1/corrections", "corrected", "", `"id":{correction},`)

	add("GET /api/v1/plans/{id}/content", "open", "", "")
	add("GET /api/v1/plans/{id}/versions", "open", "", "")
	add("GET /api/v1/plans/{id}/versions/{number}", "open", "", "")
	add("GET /api/v1/plans/{id}/versions/compare", "amended", "", "")
	add("GET /api/v1/plans/{id}/closing", "closed", "", "")
	add("GET /api/v1/plans/{id}/bodies", "open", "", "")
	add("GET /api/v1/plans/{id}/templates", "open", "", "")
	add("GET /api/v1/plans/{id}/coverage", "open", "", "")
	add("GET /api/v1/plans/{id}/coverage/units", "open", "", "")
	add("GET /api/v1/exports/coverage.csv", "open", "", "")
	add("POST /api/v1/plans/{id}/amendments/preview", "an amendment looked at", `{"name": "walk.yaml", "source": {amended}, "basis": {"number": "12/QĐ-UBND", "on": "2026-02-03"}}`, "")
	add("POST /api/v1/plans/{id}/amendments", "an amendment looked at", anAmendment, "")
	add("GET /api/v1/plans/{id}/implements", "linked", "", "")
	add("PUT /api/v1/plans/{id}/implements", "a parent plan", `{"duty_id": {parentduty}}`, "")
	add("DELETE /api/v1/plans/{id}/implements", "linked", "", "")

	add("GET /api/v1/audit-mandates", "audited", "", `"id":{mandate},`)
	add("POST /api/v1/audit-mandates", "open", aMandate("auditor.huyen-khac@dondoc.example"), "")
	add("DELETE /api/v1/audit-mandates/{id}", "audited", "", "")
	add("POST /api/v1/sessions/second-step", "a second factor", `{"challenge": "{challenge}", "code": "{code}"}`, "")
	add("GET /api/v1/me/sessions", "open", "", "")
	add("DELETE /api/v1/me/sessions", "open", "", "")
	add("DELETE /api/v1/me/sessions/{id}", "signed in", "", "")
	add("GET /api/v1/me/tokens", "a token made", "", `"id":{tokenid},`)
	add("POST /api/v1/me/tokens", "open", aToken, "")
	add("DELETE /api/v1/me/tokens/{id}", "a token made", "", "")
	add("POST /api/v1/me/password", "open", `{"current_password": "`+password+`", "password": "nắng lên trên mái tôn mới"}`, "")
	add("GET /api/v1/me/second-factor", "open", "", "")
	add("POST /api/v1/me/second-factor", "open", `{"current_password": "`+password+`"}`, "")
	refusing("POST /api/v1/me/second-factor/confirmation", "open", `{"code": "123456"}`)
	add("POST /api/v1/me/second-factor/recovery-codes", "a second factor", `{"code": "{code}"}`, "")
	add("POST /api/v1/me/second-factor/removal", "a second factor", `{"current_password": "`+password+`", "code": "{code}"}`, "")
	add("GET /api/v1/me/preferences", "open", "", "")
	add("PUT /api/v1/me/preferences", "open", `{"language": "vi", "quiet_from": "21:00", "quiet_to": "05:30", "muted": [], "version": 0}`, "")
	add("PUT /api/v1/me/acting-post", "a colleague", `{"post_id": {post}}`, "")
}

// aMandate is a decision that opens the plan to an auditor.
func aMandate(auditor string) string {
	return `{"email": "` + auditor + `", "decision_number": "12/QĐ-TTr", "decided_on": "2026-02-02", "issued_by": "Thanh tra tỉnh", "plans": [{plan}], "from": "2026-02-05", "to": "2026-12-31"}`
}
