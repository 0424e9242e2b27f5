package postgres_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/filestore"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// withFiles is a world whose January round is open and that keeps files.
type withFiles struct {
	*followed
	root    string
	scanner scanner
}

// scanner is what a scanner would say.
type scanner struct {
	malware string
	err     error
}

func (s *scanner) Scan(context.Context, []byte) (string, error) { return s.malware, s.err }

func newWithFiles(t *testing.T) *withFiles {
	t.Helper()
	w := &withFiles{followed: newFollowed(t), root: filepath.Join(t.TempDir(), "files")}
	w.store.KeepFiles(filestore.New(w.root), &w.scanner, 1<<20)
	return w
}

// scan is a PDF of its own for each text.
func scan(text string) []byte {
	return []byte("%PDF-1.7\n% " + text + "\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n")
}

func (w *withFiles) upload(actor policy.Actor, agency, name string, content []byte) (task.Attachment, error) {
	return w.store.AddAttachment(w.t.Context(), actor, task.UploadInput{TaskID: w.taskOf(agency), Name: name, Content: content, Declared: true})
}

func (w *withFiles) uploaded(actor policy.Actor, agency, name string, content []byte) task.Attachment {
	w.t.Helper()
	a, err := w.upload(actor, agency, name, content)
	if err != nil {
		w.t.Fatal(err)
	}
	return a
}

func (w *withFiles) sendWith(agency string, ids ...int64) (task.Receipt, error) {
	return w.store.Submit(w.t.Context(), w.actor("focal_point."+agency+"@dondoc.example"),
		task.SubmitInput{TaskID: w.taskOf(agency), Kind: task.Report, Narrative: "Đã làm.", Attachments: ids})
}

// onDisk are the names of the files that are kept, unfinished ones included.
func (w *withFiles) onDisk() []string {
	w.t.Helper()
	names := []string{}
	if err := filepath.WalkDir(w.root, func(_ string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil && !entry.IsDir() {
			names = append(names, entry.Name())
		}
		return err
	}); err != nil {
		w.t.Fatal(err)
	}
	return names
}

func (w *withFiles) refused(err error, code string) {
	w.t.Helper()
	f := fault.Of(err)
	if f == nil || f.Code != code && (len(f.Details) != 1 || f.Details[0].Code != code) {
		w.t.Errorf("want %s, got %v", code, err)
	}
}

func TestAFileGoesWithTheResultByteForByte(t *testing.T) {
	w := newWithFiles(t)
	content := scan("bản ký số")
	a := w.uploaded(w.focal, "d1", "Ba\u0301o ca\u0301o.pdf", content)
	if a.Name != "Báo cáo.pdf" || a.Size != int64(len(content)) || !a.Scan || a.Submitted || a.SHA256 != filestore.SumOf(content).String() {
		t.Errorf("%+v", a)
	}
	w.want("a draft's file leaves no trail", w.strings(`SELECT action FROM audit WHERE action LIKE '%file%'`))
	// Beside the draft it is the agency's alone.
	for who, actor := range map[string]policy.Actor{"reviewer": w.supervisor, "authority": w.authority, "another unit": w.other} {
		_, _, err := w.store.OpenAttachment(t.Context(), actor, a.ID)
		w.refused(err, "not_found")
		_, err = w.store.ListAttachments(t.Context(), actor, w.taskOf("d1"))
		if who != "reviewer" {
			w.refused(err, "not_found")
		}
	}
	if list, err := w.store.ListAttachments(t.Context(), w.head, w.taskOf("d1")); err != nil || len(list) != 1 || list[0].ID != a.ID {
		t.Errorf("beside the draft: %+v, %v", list, err)
	}
	if _, err := w.sendWith("d1", a.ID); err != nil {
		t.Fatal(err)
	}
	if b := w.detail(w.supervisor, "d1").Submissions[0]; len(b.Attachments) != 1 || b.Attachments[0].ID != a.ID || !b.Attachments[0].Submitted {
		t.Errorf("%+v", b.Attachments)
	}
	w.want("the trail has the sum", w.strings(`SELECT after ->> 'files_sha256' FROM audit WHERE action = 'task.submitted'`), `["`+a.SHA256+`"]`)
	got, bytesOf, err := w.store.OpenAttachment(t.Context(), w.supervisor, a.ID)
	if err != nil || !bytes.Equal(bytesOf, content) || got.Name != a.Name {
		t.Errorf("%+v, %v", got, err)
	}
	if _, _, err := w.store.OpenAttachment(t.Context(), w.focal, a.ID); err != nil {
		t.Error(err)
	}
	_, _, err = w.store.OpenAttachment(t.Context(), w.other, a.ID)
	w.refused(err, "not_found")
	w.want("the reviewer's download is logged, the unit's own is not",
		w.strings(`SELECT u.email || ' ' || (after ->> 'sha256') FROM audit JOIN users u ON u.id = actor_id WHERE action = 'task.file_downloaded'`), w.supervisor.Name+" "+a.SHA256)
	w.refused(w.store.RemoveAttachment(t.Context(), w.focal, a.ID), "attachment.submitted")
	archive := unzipped(t, w.archive(w.supervisor, w.taskOf("d1")))
	if name := fmt.Sprintf("files/%d-Báo cáo.pdf", a.ID); archive[name] != string(content) || !strings.Contains(archive["submissions/001.json"], name) {
		t.Errorf("the dossier lacks %s", name)
	}
}

func TestAFileComesBackWithWhatWasWithdrawnOrReturned(t *testing.T) {
	w := newWithFiles(t)
	a := w.uploaded(w.focal, "d1", "a.pdf", scan("a"))
	if _, err := w.sendWith("d1", a.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := w.store.Withdraw(t.Context(), w.focal, task.WithdrawInput{TaskID: w.taskOf("d1")}); err != nil {
		t.Fatal(err)
	}
	b := w.uploaded(w.focal, "d1", "b.pdf", scan("b"))
	if _, err := w.sendWith("d1", b.ID, a.ID); err != nil {
		t.Fatal(err)
	}
	if got := w.detail(w.focal, "d1").Submissions; len(got) != 2 || len(got[0].Attachments) != 2 || got[0].Attachments[0].ID != b.ID || len(got[1].Attachments) != 1 {
		t.Errorf("%+v", got)
	}
}

func TestWhatWaitsForTheHeadKeepsItsFiles(t *testing.T) {
	w := newWithFiles(t)
	if _, err := w.db.ExecContext(t.Context(), `UPDATE agencies SET two_signatures = true WHERE code = 'd1'`); err != nil {
		t.Fatal(err)
	}
	a := w.uploaded(w.focal, "d1", "a.pdf", scan("a"))
	if _, err := w.sendWith("d1", a.ID); err != nil {
		t.Fatal(err)
	}
	w.refused(w.store.RemoveAttachment(t.Context(), w.focal, a.ID), "attachment.submitted")
	_, _, err := w.store.OpenAttachment(t.Context(), w.supervisor, a.ID)
	w.refused(err, "not_found")
	_, err = w.upload(w.focal, "d1", "b.pdf", scan("b"))
	w.refused(err, "draft.not_owed")
	p, err := w.store.FindPreparation(t.Context(), w.head, w.taskOf("d1"))
	if err != nil || len(p.Attachments) != 1 || p.Attachments[0] != a.ID {
		t.Fatalf("%+v, %v", p, err)
	}
	if _, err := w.store.DecidePreparation(t.Context(), w.head, task.PreparationInput{TaskID: w.taskOf("d1"), Decision: task.Approve}); err != nil {
		t.Fatal(err)
	}
	if b := w.detail(w.supervisor, "d1").Submissions[0]; len(b.Attachments) != 1 {
		t.Errorf("%+v", b.Attachments)
	}
}

func TestTheRecorderPutsTheProofBeside(t *testing.T) {
	w := newWithFiles(t)
	w.clock.set(t, "2026-02-03 10:00")
	own := w.uploaded(w.focal, "d1", "nhap.pdf", scan("nháp"))
	proof := w.uploaded(w.supervisor, "d1", "van-ban-den.pdf", scan("văn bản đến"))
	// Neither side sees what the other has not sent.
	_, _, err := w.store.OpenAttachment(t.Context(), w.focal, proof.ID)
	w.refused(err, "not_found")
	record := paper(w.taskOf("d1"), at(t, "2026-02-02 15:00"))
	record.Attachments = []int64{own.ID}
	_, err = w.store.RecordSubmission(t.Context(), w.supervisor, record)
	w.refused(err, "attachments.unknown")
	record.Attachments = []int64{proof.ID}
	if _, err := w.store.RecordSubmission(t.Context(), w.supervisor, record); err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.store.OpenAttachment(t.Context(), w.focal, proof.ID); err != nil {
		t.Errorf("the unit sees what was recorded for it: %v", err)
	}
}

func TestWhatCannotBeKeptLeavesNothing(t *testing.T) {
	w := newWithFiles(t)
	big := append(scan("lớn"), make([]byte, 1<<20)...)
	for name, c := range map[string]struct {
		actor   policy.Actor
		agency  string
		file    string
		content []byte
		code    string
	}{
		"another unit's task":  {w.other, "d1", "a.pdf", scan("a"), "not_found"},
		"who only reads":       {w.authority, "d1", "a.pdf", scan("a"), "attachment.not_yours"},
		"oversized":            {w.focal, "d1", "a.pdf", big, "attachment.too_large"},
		"empty":                {w.focal, "d1", "a.pdf", nil, "attachment.empty"},
		"disguised":            {w.focal, "d1", "a.pdf", []byte("MZ\x90\x00 this program"), "attachment.disguised"},
		"a path":               {w.focal, "d1", "../a.pdf", scan("a"), "attachment.name"},
		"persons":              {w.focal, "d1", "a.csv", []byte("Họ và tên,CCCD\nA,1\nB,2\n"), "privacy.table"},
		"perhaps personal":     {w.focal, "d1", "a.csv", []byte("Nơi,Số\nxã A,0912345678\n"), "privacy.phone"},
		"a task without agent": {w.focal, "d3", "a.pdf", scan("a"), "not_found"},
	} {
		_, err := w.upload(c.actor, c.agency, c.file, c.content)
		if t.Run(name, func(*testing.T) { w.refused(err, c.code) }); len(w.onDisk()) != 0 {
			t.Errorf("%s: left %v", name, w.onDisk())
		}
	}
	w.scanner.err = errors.New("connection refused")
	_, err := w.upload(w.focal, "d1", "a.pdf", scan("a"))
	if f := fault.Of(err); f == nil || f.Kind != fault.Unavailable || f.Code != "attachment.no_scan" {
		t.Errorf("no scanner: %v", err)
	}
	w.scanner = scanner{malware: "Win.Test.EICAR"}
	_, err = w.upload(w.focal, "d1", "a.pdf", scan("a"))
	w.refused(err, "attachment.malware")
	w.scanner = scanner{}
	// The row cannot be written: the bytes go too.
	w.exec(`ALTER TABLE attachments ADD CONSTRAINT never CHECK (size < 0)`)
	if _, err := w.upload(w.focal, "d1", "a.pdf", scan("a")); err == nil {
		t.Error("kept against a constraint")
	}
	w.exec(`ALTER TABLE attachments DROP CONSTRAINT never`)
	if left := w.onDisk(); len(left) != 0 {
		t.Errorf("left %v", left)
	}
	w.want("rows", w.strings(`SELECT name FROM attachments`))

	w.send("d1")
	_, err = w.upload(w.focal, "d1", "a.pdf", scan("a"))
	w.refused(err, "task.already_submitted")
}

func TestNamesOfFilesAreHeldAgainstTheTask(t *testing.T) {
	w := newWithFiles(t)
	foreign := w.uploaded(w.other, "d2", "a.pdf", scan("a"))
	_, err := w.sendWith("d1", foreign.ID)
	w.refused(err, "attachments.unknown")
	_, err = w.sendWith("d1", 99999)
	w.refused(err, "attachments.unknown")
	w.want("nothing was sent", w.strings(`SELECT id::text FROM submissions`))
	for i := range 20 {
		w.uploaded(w.focal, "d1", fmt.Sprintf("a%d.pdf", i), scan(fmt.Sprint(i)))
	}
	_, err = w.upload(w.focal, "d1", "b.pdf", scan("b"))
	w.refused(err, "attachments.full")
}

func TestARepeatedUploadActsOnce(t *testing.T) {
	w := newWithFiles(t)
	ctx := keyed(t, "khoa-tep-1", 1)
	in := task.UploadInput{TaskID: w.taskOf("d1"), Name: "a.pdf", Content: scan("a"), Declared: true}
	first, err := w.store.AddAttachment(ctx, w.focal, in)
	if err != nil {
		t.Fatal(err)
	}
	again, err := w.store.AddAttachment(ctx, w.focal, in)
	if err != nil || again.ID != first.ID {
		t.Errorf("%+v, %v", again, err)
	}
	if _, _, err := w.store.OpenAttachment(t.Context(), w.focal, first.ID); err != nil {
		t.Errorf("the repeat took the bytes away: %v", err)
	}
}

func TestTheSameBytesAreKeptOnceAndAsLongAsNeeded(t *testing.T) {
	w := newWithFiles(t)
	mine, theirs := w.uploaded(w.focal, "d1", "a.pdf", scan("mẫu")), w.uploaded(w.other, "d2", "b.pdf", scan("mẫu"))
	if len(w.onDisk()) != 1 {
		t.Errorf("%v", w.onDisk())
	}
	w.refused(w.store.RemoveAttachment(t.Context(), w.other, mine.ID), "not_found")
	if err := w.store.RemoveAttachment(t.Context(), w.focal, mine.ID); err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.store.OpenAttachment(t.Context(), w.other, theirs.ID); err != nil {
		t.Errorf("after the other was deleted: %v", err)
	}
	if err := w.store.RemoveAttachment(t.Context(), w.other, theirs.ID); err != nil || len(w.onDisk()) != 0 {
		t.Errorf("%v, left %v", err, w.onDisk())
	}
}

// Who uploads and who deletes the same bytes at once never leave a row without them.
func TestUploadsAndDeletionsOfTheSameBytesRace(t *testing.T) {
	w := newWithFiles(t)
	var people sync.WaitGroup
	for _, actor := range []struct {
		policy.Actor
		agency string
	}{{w.focal, "d1"}, {w.head, "d1"}, {w.other, "d2"}, {w.actor("head.d2@dondoc.example"), "d2"}} {
		people.Go(func() {
			for range 10 {
				a, err := w.upload(actor.Actor, actor.agency, "a.pdf", scan("chung"))
				if err != nil {
					t.Error(err)
					return
				}
				if _, _, err := w.store.OpenAttachment(t.Context(), actor.Actor, a.ID); err != nil {
					t.Error(err)
				}
				if err := w.store.RemoveAttachment(t.Context(), actor.Actor, a.ID); err != nil {
					t.Error(err)
				}
			}
		})
	}
	people.Wait()
	if left := w.onDisk(); len(left) != 0 {
		t.Errorf("left %v", left)
	}
}

func TestDamageIsToldAndFound(t *testing.T) {
	w := newWithFiles(t)
	whole, altered, missing := w.uploaded(w.focal, "d1", "a.pdf", scan("a")), w.uploaded(w.focal, "d1", "b.pdf", scan("b")), w.uploaded(w.other, "d2", "c.pdf", scan("c"))
	path := func(a task.Attachment) string { return filepath.Join(w.root, a.SHA256[:2], a.SHA256[2:4], a.SHA256) }
	if err := errors.Join(os.WriteFile(path(altered), scan("B"), 0o600), os.Remove(path(missing))); err != nil {
		t.Fatal(err)
	}
	_, _, err := w.store.OpenAttachment(t.Context(), w.focal, altered.ID)
	w.refused(err, "attachment.damaged")
	_, _, err = w.store.OpenAttachment(t.Context(), w.other, missing.ID)
	w.refused(err, "attachment.damaged")
	report, err := w.store.VerifyFiles(t.Context())
	if err != nil || report.Checked != 3 || len(report.Damaged) != 2 || report.Strays != 0 {
		t.Fatalf("%+v, %v", report, err)
	}
	if d := report.Damaged; d[0].SHA256 != altered.SHA256 || d[0].Missing || d[0].Attachments[0] != altered.ID || !d[1].Missing || d[1].Tasks[0] != w.taskOf("d2") {
		t.Errorf("%+v; whole is %d", d, whole.ID)
	}
}

func TestWhatNobodySendsIsSwept(t *testing.T) {
	w := newWithFiles(t)
	kept, unsent, owed := w.uploaded(w.focal, "d1", "a.pdf", scan("a")), w.uploaded(w.focal, "d1", "b.pdf", scan("b")), w.uploaded(w.other, "d2", "c.pdf", scan("c"))
	if _, err := w.sendWith("d1", kept.ID); err != nil {
		t.Fatal(err)
	}
	stray := filestore.New(w.root)
	if _, err := stray.Put([]byte("của ai")); err != nil {
		t.Fatal(err)
	}
	sweep := func() {
		if _, err := w.store.SweepFiles(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	sweep()
	if len(w.onDisk()) != 4 {
		t.Errorf("a sweep at once left %v", w.onDisk())
	}
	w.clock.set(t, "2026-02-28 08:00")
	old := at(t, "2020-01-01 00:00")
	strayPath := filepath.Join(w.root, filestore.SumOf([]byte("của ai")).String()[:2], filestore.SumOf([]byte("của ai")).String()[2:4], filestore.SumOf([]byte("của ai")).String())
	if err := os.Chtimes(strayPath, old, old); err != nil {
		t.Fatal(err)
	}
	sweep()
	w.want("rows", w.strings(`SELECT name FROM attachments ORDER BY id`), "a.pdf", "c.pdf")
	if len(w.onDisk()) != 2 {
		t.Errorf("left %v; gone should be %s", w.onDisk(), unsent.SHA256)
	}
	if _, _, err := w.store.OpenAttachment(t.Context(), w.other, owed.ID); err != nil {
		t.Errorf("what is still owed: %v", err)
	}
}

func TestASecretDutyKeepsNumberAndDateOnly(t *testing.T) {
	w := newWithFiles(t)
	w.exec(`UPDATE duties SET definition = definition || '{"Secret": true}'`)
	_, err := w.upload(w.focal, "d1", "a.pdf", scan("a"))
	w.refused(err, "secret.content")
	_, err = w.sendWith("d1")
	f := fault.Of(err)
	if f == nil || len(f.Details) != 3 {
		t.Errorf("%v", err)
	}
	if _, err := w.store.Submit(t.Context(), w.focal, task.SubmitInput{TaskID: w.taskOf("d1"), Kind: task.Report, DocumentNumber: "05/BC", DocumentOn: calendar.NewDate(2026, 2, 1)}); err != nil {
		t.Fatal(err)
	}
	if b := w.detail(w.supervisor, "d1").Submissions[0]; b.Narrative != task.SentClassified {
		t.Errorf("%q", b.Narrative)
	}
}

func TestADutyThatRequiresItsResult(t *testing.T) {
	w := newWithFiles(t)
	w.exec(`UPDATE duties SET definition = definition || jsonb_build_object('Result', $1::text, 'ResultRequired', true)`, plan.ResultDocument)
	signed := task.SubmitInput{TaskID: w.taskOf("d1"), Kind: task.Report, DocumentNumber: "05/BC", DocumentOn: calendar.NewDate(2026, 2, 1), SignatoryTitle: "Phó Chủ tịch"}
	_, err := w.store.Submit(t.Context(), w.focal, signed)
	w.refused(err, "result.document")
	csv := w.uploaded(w.focal, "d1", "a.csv", []byte("Số vụ,3\n"))
	signed.Attachments = []int64{csv.ID}
	_, err = w.store.Submit(t.Context(), w.focal, signed)
	w.refused(err, "result.document")
	signed.Attachments = append(signed.Attachments, w.uploaded(w.focal, "d1", "a.pdf", scan("a")).ID)
	if _, err := w.store.Submit(t.Context(), w.focal, signed); err != nil {
		t.Error(err)
	}
}

func TestACorrectionHasFilesOfItsOwn(t *testing.T) {
	w := newWithFiles(t)
	w.clock.set(t, "2026-02-05 16:00")
	old := w.uploaded(w.focal, "d1", "cu.pdf", scan("cũ"))
	if _, err := w.sendWith("d1", old.ID); err != nil {
		t.Fatal(err)
	}
	_, err := w.upload(w.focal, "d1", "moi.pdf", scan("mới"))
	w.refused(err, "task.already_submitted")
	w.decide("d1", task.Accept)
	fresh := w.uploaded(w.focal, "d1", "moi.pdf", scan("mới"))
	same := task.CorrectInput{TaskID: w.taskOf("d1"), Reason: "Nhầm tệp", Content: task.Content{Kind: task.Report, Narrative: "Đã làm.", Attachments: []int64{old.ID}}}
	_, err = w.store.Correct(t.Context(), w.focal, same)
	w.refused(err, "correction.same")
	same.Attachments = []int64{fresh.ID}
	if _, err := w.store.Correct(t.Context(), w.focal, same); err != nil {
		t.Fatalf("another file is another version: %v", err)
	}
	if got := w.detail(w.supervisor, "d1").Submissions; got[0].Attachments[0].ID != fresh.ID || got[1].Attachments[0].ID != old.ID {
		t.Errorf("%+v", got)
	}
	w.want("the trail has the sum", w.strings(`SELECT after ->> 'files_sha256' FROM audit WHERE action = 'task.corrected'`), `["`+fresh.SHA256+`"]`)
}
