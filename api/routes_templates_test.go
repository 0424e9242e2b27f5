package api_test

import "dondoc/internal/fault"

func asFault(err error) *fault.Fault { return fault.Of(err) }

const someWords = `"subject": "{count} việc trễ", "lead": "Gửi ngay\nHạn {due}", "closing": "Xin cảm ơn."`

func init() {
	row := func(method, path, body string, want []string, called string) {
		calls = append(calls, submissionCall{request{method: method, path: "/api/v1" + path, body: body}, "administrator", 200, want, called})
	}
	row("GET", "/notice-templates", "", []string{
		`"kind":"reset","language":"vi","subject":"Đặt lại mật khẩu"`, `"placeholders":[{"name":"recipient"},{"name":"validity","needed_in":"closing"}],"broken":[]`,
		`"kind":"overdue"`, `"own":true,"version":3,"changed_at":"2026-03-18T17:00:00Z","changed_by":"Quản trị"`,
		`"broken":[{"field":"subject","line":1,"column":13,"message":"Line 1, character 13: a subject is one line.`, `"may_change":true`,
	}, "NoticeTemplates by 24")
	row("PUT", "/notice-templates/overdue/vi", `{`+someWords+`, "version": 4}`, []string{`"subject":"{count} việc trễ"`, `"own":true,"version":5`},
		"SetNoticeTemplate 24 {Kind:overdue Language:vi Subject:{count} việc trễ SubjectOne: Lead:Gửi ngay\nHạn {due} Closing:Xin cảm ơn. Version:4}")
	row("DELETE", "/notice-templates/overdue_requested/en?version=5", "", []string{`"requested":true,"own":false,"version":6`, `"subject_one":"{count} requested result outstanding"`}, "RestoreNoticeTemplate overdue_requested en 5")
	row("POST", "/notice-templates/overdue/vi/preview", `{`+someWords+`}`, []string{`"subject":"[Đôn Đốc] 2 việc trễ"`, `Gửi ngay\nHạn hết ngày `, `"html":"<!DOCTYPE html>`}, "PreviewNoticeTemplate {Kind:overdue")
}
