package postgres_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"dondoc/internal/dossier"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

func (w *world) archive(actor policy.Actor, id int64) []byte {
	w.t.Helper()
	d, err := w.store.TaskDossier(w.t.Context(), actor, id)
	if err != nil {
		w.t.Fatal(err)
	}
	ready, err := d.Prepare()
	if err != nil {
		w.t.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := ready.WriteTo(&b); err != nil {
		w.t.Fatal(err)
	}
	return b.Bytes()
}

func unzipped(t *testing.T, archive []byte) map[string]string {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range r.File {
		opened, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(opened)
		if err != nil {
			t.Fatal(err)
		}
		files[f.Name] = string(body)
	}
	return files
}

func TestADossierHoldsTheWholeTask(t *testing.T) {
	w := newWorld(t, nil)
	w.activate()
	round := w.openRound()
	w.run(round)
	w.clock.set(t, "2026-02-02 09:10")
	id := w.taskOf("d1")
	focal, supervisor := w.actor("focal_point.d1@dondoc.example"), w.actor("supervisor.so@dondoc.example")
	sent := task.SubmitInput{TaskID: id, Kind: task.Report, Narrative: "Đã kiểm tra <b>bốn</b> vụ.", Figures: []task.Figure{{Indicator: "vu", Value: "4"}}, DocumentNumber: "12/BC-UBND"}
	if _, err := w.store.Submit(t.Context(), focal, sent); err != nil {
		t.Fatal(err)
	}
	if _, err := w.store.Review(t.Context(), supervisor, task.ReviewInput{TaskID: id, Decision: task.Return, Reason: "Thiếu số liệu"}); err != nil {
		t.Fatal(err)
	}
	sent.Narrative = "Lần hai"
	if _, err := w.store.Submit(t.Context(), focal, sent); err != nil {
		t.Fatal(err)
	}
	before := w.archive(focal, id)
	files := unzipped(t, before)
	for name, pieces := range map[string][]string{
		"plan.json":            {`"code": "thu"`, `"text": "Tổng hợp báo cáo"`, `"issuer": "UBND tỉnh"`},
		"task.json":            {`"code": "d1"`, `"state": "submitted"`, `"original_due_at": "2026-02-05T17:00:00Z"`},
		"submissions/001.json": {`"vu": "4"`, `"document_number": "12/BC-UBND"`},
		"submissions/001.txt":  {"BÁO CÁO LẦN 1", "Đã kiểm tra <b>bốn</b> vụ.", "Thiếu số liệu", "09:10 02/02/2026"},
		"submissions/002.txt":  {"Lần hai"},
		"reviews.json":         {`"decision": "return"`, `"reason": "Thiếu số liệu"`},
		"steps.json":           {`"code": "opening"`, `"state": "done"`},
		"notices.json":         {`"focal_point@d1"`, `"mailbox_of": "d1"`, `"supervisor@so"`},
		"audit.json":           {`"action": "task.opened"`, `"action": "task.submitted"`, `"action": "task.returned"`},
		"summary.txt":          {"Nguyên văn nhiệm vụ:\nTổng hợp báo cáo", "gửi lần 1", "trả lại để bổ sung", "gửi lần 2"},
	} {
		for _, piece := range pieces {
			if !strings.Contains(files[name], piece) {
				t.Errorf("%s lacks %s:\n%s", name, piece, files[name])
			}
		}
	}
	var manifest struct {
		Files []struct {
			Name   string `json:"name"`
			SHA256 string `json:"sha256"`
		} `json:"files"`
	}
	if err := json.Unmarshal([]byte(files["manifest.json"]), &manifest); err != nil || len(manifest.Files) != len(files)-1 {
		t.Fatalf("%v: %d of %d files in the manifest", err, len(manifest.Files), len(files)-1)
	}
	for _, f := range manifest.Files {
		if sum := sha256.Sum256([]byte(files[f.Name])); hex.EncodeToString(sum[:]) != f.SHA256 {
			t.Errorf("%s is not what the manifest says", f.Name)
		}
	}

	// Reading and downloading change nothing of it: later, by another, the same bytes.
	w.clock.set(t, "2026-02-03 15:00")
	if _, err := w.store.TaskDetail(t.Context(), supervisor, id); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(before, w.archive(supervisor, id)) {
		t.Error("the same state gave other bytes")
	}
	w.want("downloads", w.strings(`SELECT u.email || ' ' || a.code FROM audit h JOIN users u ON u.id = h.actor_id JOIN agencies a ON a.id = h.on_behalf_of
		WHERE h.action = 'task.downloaded' AND h.entity = 'task' ORDER BY h.id`), "focal_point.d1@dondoc.example d1", "supervisor.so@dondoc.example so")
	if _, err := w.store.TaskDossier(t.Context(), w.actor("focal_point.d2@dondoc.example"), id); !fault.Is(err, fault.NotFound) {
		t.Errorf("want not found, got %v", err)
	}
}

func TestADossierOfAPlanIndexesWhatIsSeen(t *testing.T) {
	w := submitted(t)
	read := func(actor policy.Actor) map[string]string {
		t.Helper()
		d, err := w.store.PlanDossier(t.Context(), actor, w.plan.ID)
		if err != nil {
			t.Fatal(err)
		}
		ready, err := d.Prepare()
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if _, err := ready.WriteTo(&b); err != nil {
			t.Fatal(err)
		}
		return unzipped(t, b.Bytes())
	}
	authority, focal := w.actor("plan_authority.tinh@dondoc.example"), w.actor("focal_point.d1@dondoc.example")
	all := read(authority)
	if strings.Count(all["tasks.csv"], "\n") != 4 || !strings.Contains(all["tasks.csv"], "IV.15.h,2026-M01,d2") ||
		!strings.Contains(all["duties.json"], `"text": "Tổng hợp báo cáo"`) || !strings.Contains(all["audit.json"], "plan.activated") {
		t.Errorf("the plan's authority: %q", all)
	}
	own := read(focal)
	if strings.Count(own["tasks.csv"], "\n") != 2 || strings.Contains(own["tasks.csv"], "d2") {
		t.Errorf("a focal point reads of others: %q", own["tasks.csv"])
	}
	w.clock.set(t, "2026-03-01 08:00") // long overdue, yet nobody has done anything
	if again := read(authority); again["manifest.json"] != all["manifest.json"] {
		t.Errorf("the same state gave another archive: %s, %s", all["manifest.json"], again["manifest.json"])
	}
	w.want("downloads", w.strings(`SELECT count(*)::text FROM audit WHERE action = 'plan.downloaded' AND entity = 'plan'`), "3")
	if _, err := w.store.PlanDossier(t.Context(), policy.Actor{UserID: 1}, w.plan.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("want not found, got %v", err)
	}
}

func TestADossierThatIsTooLargeIsRefused(t *testing.T) {
	d := dossier.Dossier{Detail: task.Detail{Task: task.Task{TimeZone: "Asia/Ho_Chi_Minh", DutyText: strings.Repeat("x", dossier.MaxBytes)}}}
	if _, err := d.Prepare(); fault.Of(err) == nil || fault.Of(err).Code != "dossier.too_large" {
		t.Errorf("want dossier.too_large, got %v", err)
	}
}
