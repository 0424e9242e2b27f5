package api_test

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"dondoc/internal/filestore"
)

// A file's whole way through the API, and what is left of bad ones: nothing.
func TestAFilesWholeWayOnTheRealStore(t *testing.T) {
	r := newReal(t)
	root := filepath.Join(t.TempDir(), "files")
	r.store.KeepFiles(filestore.New(root), nil, 1<<20)
	admin := r.signIn("qt@dondoc.example")
	r.ok(200, request{method: "POST", path: "/api/v1/people/import", as: admin, headers: csvUnder("the-list-2"), body: "email,name,agency_code,role\n" +
		"dm.a@dondoc.example,Đầu mối Sở A,so-a,focal_point\ntd@dondoc.example,Chuyên viên theo dõi,tinh,supervisor\nth@dondoc.example,Văn thư UBND tỉnh,tinh,plan_authority\n"})
	focal, supervisor, authority := r.invited("dm.a@dondoc.example"), r.invited("td@dondoc.example"), r.invited("th@dondoc.example")
	loaded := r.ok(201, request{method: "POST", path: "/api/v1/plans", as: authority, body: planCall})
	planPath := "/api/v1/plans/" + num(loaded["id"])
	r.ok(200, request{method: "POST", path: planPath + "/activate", as: authority, body: `{"version": ` + num(loaded["version"]) + `}`})
	duty := first(r.ok(200, request{method: "GET", path: planPath + "/duties", as: focal}))
	next, err := r.store.ScheduleNextRound(t.Context(), int64(duty["id"].(float64)))
	if err != nil {
		t.Fatal(err)
	}
	if now, _ := r.clock.Now(t.Context()); next.OpensAt.After(now) {
		r.clock.move(next.OpensAt)
	}
	if err := r.store.OpenRound(t.Context(), next.RoundID, func(int) {}); err != nil {
		t.Fatal(err)
	}
	id := int(first(r.ok(200, request{method: "GET", path: "/api/v1/tasks?mine=true", as: focal}))["id"].(float64))
	task := "/api/v1/tasks/" + itoa(id)
	declared := part{"declared", "", "true"}

	for name, p := range map[string]part{
		"disguised": {"file", "a.pdf", "MZ\x90\x00"}, "empty": {"file", "a.pdf", ""}, "a path": {"file", "../a.pdf", onePDF},
		"too large": {"file", "a.pdf", onePDF + strings.Repeat(" ", 1<<20)}, "persons": {"file", "a.csv", "Họ và tên,CCCD\nA,1\nB,2\n"},
	} {
		call := uploadOf(id, p, declared)
		call.as = focal
		got := r.do(call)
		if r.problem(got); got.status != 422 {
			t.Errorf("%s: %d %s", name, got.status, got.text)
		}
	}
	left := 0
	if err := filepath.WalkDir(filepath.Dir(root), func(_ string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			left++
		}
		return err
	}); err != nil || left != 0 || r.count(`SELECT count(*) FROM attachments`) != 0 {
		t.Errorf("left %d files, %v", left, err)
	}

	call := uploadOf(id, part{"file", "Báo cáo.pdf", onePDF}, declared)
	call.as = focal
	file := r.ok(201, call)
	address := "/api/v1/attachments/" + num(file["id"])
	call.as = supervisor // nothing of the draft is seen, and the supervisor may put a proof of its own beside
	r.refused(404, "not_found", request{method: "GET", path: address, as: supervisor})
	r.refused(422, "submission.invalid", request{method: "POST", path: task + "/submissions", as: focal, body: `{"kind": "nil", "attachments": [` + num(file["id"]) + `]}`})
	contact := `{"kind": "report", "narrative": "Liên hệ 0912 345 678", "attachments": [` + num(file["id"]) + `]}`
	r.refused(422, "privacy.unconfirmed", request{method: "POST", path: task + "/submissions", as: focal, body: contact})
	sent := r.ok(201, request{method: "POST", path: task + "/submissions", as: focal, body: contact, headers: map[string]string{"Confirmed-Warnings": "true"}})
	if got := r.do(request{method: "GET", path: address, as: supervisor}); got.status != 200 || got.text != onePDF {
		t.Errorf("%d %q", got.status, got.text)
	}
	r.refused(409, "attachment.submitted", request{method: "DELETE", path: address, as: focal})
	redact := request{method: "POST", path: fmt.Sprintf("/api/v1/submissions/%s/redactions", num(sent["submission_id"])), as: authority, body: `{"passage": "0912 345 678", "reason": "Số của cá nhân"}`}
	if done := r.ok(201, redact); done["places"] != 1.0 {
		t.Errorf("%v", done)
	}
	redact.body = `{"attachment_id": ` + num(file["id"]) + `, "reason": "Có danh sách"}`
	r.ok(201, redact)
	r.refused(404, "attachment.redacted", request{method: "GET", path: address, as: supervisor})
	if got := r.do(request{method: "GET", path: task + "/submissions", as: supervisor}); !strings.Contains(got.text, `Liên hệ [đã lược bỏ thông tin cá nhân]`) || !strings.Contains(got.text, `"reason":"Có danh sách"`) {
		t.Errorf("%s", got.text)
	}
}
