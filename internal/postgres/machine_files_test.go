package postgres_test

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dondoc/internal/fault"
	"dondoc/internal/filestore"
	"dondoc/internal/idempotency"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// Files beside results.
func init() {
	register(2, "upload", (*machine).upload)
	register(1, "remove a file", (*machine).removeFile)
	register(2, "download", (*machine).download)
	register(1, "sweep files", (*machine).sweepFiles)
}

// fileModel is a file that lies beside a task, or did.
type fileModel struct {
	id           int64
	task         *taskModel
	fromReviewer bool
	content      []byte
	at           time.Time // when it came
	sent, waits  bool      // a submission, or something prepared, names it
	gone         bool
}

func (f *fileModel) GoString() string { return fmt.Sprintf("file %d of task %d", f.id, f.task.id) }

// keepsFiles gives the store a folder of its own.
func keepsFiles(t *testing.T, m *machine) {
	t.Helper()
	m.store.KeepFiles(filestore.New(t.TempDir()), nil, 1<<20)
}

// numbers reads what files joins.
func numbers(files string) (ids []int64) {
	for _, f := range strings.FieldsFunc(files, func(r rune) bool { return r == ',' }) {
		id, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			panic(err)
		}
		ids = append(ids, id)
	}
	return ids
}

// mine are the files of a side beside a task, and what was sent with it by whomever.
func (m *model) mine(t *taskModel, fromReviewer bool) (list []*fileModel) {
	for _, f := range m.files {
		if f.task == t && !f.gone && (f.fromReviewer == fromReviewer || f.sent) {
			list = append(list, f)
		}
	}
	return list
}

// withFiles puts some of the side's files to a report, now and then one that
// does not lie there, which is refused.
func (m *machine) withFiles(rt *rapid.T, t *taskModel, fromReviewer bool, c contentModel) (contentModel, string) {
	if c.kind == task.NilReturn {
		return c, ""
	}
	var ids []string
	refused := ""
	for _, f := range m.mine(t, fromReviewer) {
		if chance(rt, "with the file", 2, 3) {
			ids = append(ids, fmt.Sprint(f.id))
		}
	}
	if len(m.files) > 0 && chance(rt, "another's file", 1, 16) {
		f := oneOf(rt, "which file", m.files...)
		if id := fmt.Sprint(f.id); !slices.Contains(ids, id) {
			ids = append(ids, id)
			refused = when(!slices.Contains(m.mine(t, fromReviewer), f), "submission.invalid")
		}
	}
	c.files = strings.Join(ids, ",")
	return c, refused
}

// names marks the files that a version names: they are part of it for good.
func (m *model) names(c contentModel, mark func(*fileModel)) {
	for _, id := range numbers(c.files) {
		mark(m.files[slices.IndexFunc(m.files, func(f *fileModel) bool { return f.id == id })])
	}
}

// sends: the unit beside its draft, and whoever records for it.
func sends(p *person, t *taskModel, fromReviewer bool) bool {
	if fromReviewer {
		return reviews(p, t)
	}
	return owns(p, t)
}

func refusesUpload(p *person, t *taskModel) string {
	unit := owns(p, t)
	return firstOf(when(!unit && !reviews(p, t), "attachment.not_yours"),
		when(!(unit && t.done()) && t.closed, "task.closed"),
		when(!(unit && t.done()) && inState(task.StateSubmitted, task.StateAccepted)(t), "task.already_submitted"),
		when(!(unit && t.done()) && !inState(task.StateOpen, task.StateReturned)(t) && (unit || t.state != task.StatePrepared), "draft.not_owed"))
}

func (m *machine) upload(rt *rapid.T) {
	t := m.something(rt, func(t *taskModel) bool { return admits(t, task.Report) == "" || t.done() })
	p := m.someone(rt, func(p *person) bool { return owns(p, t) || reviews(p, t) })
	want := firstOf(when(!m.sees(p, t), "not_found"), when(!owns(p, t) && !reviews(p, t), "attachment.not_yours"), m.entry(p, t, 0),
		when(t.duty.Secret, "secret.content"), refusesUpload(p, t))
	content := fmt.Appendf(nil, "STT,Số vụ\n1,%d\n", m.words)
	if chance(rt, "the same again", 1, 4) { // the same bytes are one file on the disk
		content = []byte("STT,Số vụ\n1,0\n")
	}
	m.words++
	in := task.UploadInput{TaskID: t.id, Name: fmt.Sprintf("Biểu %d.csv", m.words), Content: content}
	perform(m, rt, "upload", p, want, func(m *machine, key idempotency.Key, actor policy.Actor) (task.Attachment, error) {
		return m.store.AddAttachment(m.with(key), actor, in)
	}, func(a task.Attachment) {
		m.files = append(m.files, &fileModel{id: a.ID, task: t, fromReviewer: !owns(p, t), content: content, at: m.now})
	})
}

// opens: what was sent, whoever sees the task; before that its own side alone.
func (m *model) opens(p *person, f *fileModel) bool {
	return !f.gone && (f.sent && m.sees(p, f.task) || sends(p, f.task, f.fromReviewer))
}

func (m *machine) someFile(rt *rapid.T, fits func(f *fileModel) bool) *fileModel {
	fit := slices.DeleteFunc(slices.Clone(m.files), func(f *fileModel) bool { return !fits(f) })
	if len(fit) == 0 {
		panic(unfit("there is no such file"))
	}
	return oneOf(rt, "file", fit...)
}

func (m *machine) removeFile(rt *rapid.T) {
	f := m.someFile(rt, func(f *fileModel) bool { return !f.sent && !f.waits || chance(rt, "sent", 1, 8) })
	p := m.someone(rt, func(p *person) bool { return sends(p, f.task, f.fromReviewer) })
	want := firstOf(when(!m.opens(p, f), "not_found"), when(!sends(p, f.task, f.fromReviewer), "attachment.not_yours"), when(f.sent || f.waits, "attachment.submitted"))
	removed := false
	perform(m, rt, "remove a file", p, want, func(m *machine, _ idempotency.Key, actor policy.Actor) (bool, error) {
		err := m.store.RemoveAttachment(m.t.Context(), actor, f.id)
		if removed && fault.Is(err, fault.NotFound) { // a repeat finds nothing
			return true, nil
		}
		removed = err == nil
		return removed, err
	}, func(bool) { f.gone = true })
}

// download gives the bytes that came; reading another agency's file is logged each time.
func (m *machine) download(rt *rapid.T) {
	f := m.someFile(rt, func(*fileModel) bool { return true })
	p := oneOf(rt, "who downloads", m.people...)
	actor, err := m.store.ActorByID(m.t.Context(), p.id)
	if err != nil {
		rt.Fatal(err)
	}
	m.expected, m.nudged = nil, nil
	_, content, err := m.store.OpenAttachment(m.t.Context(), actor, f.id)
	if !m.opens(p, f) {
		if !fault.Is(err, fault.NotFound) {
			rt.Fatalf("%s opens file %d: %v", p, f.id, err)
		}
		m.left(rt, "download refused")
		return
	}
	if err != nil || !bytes.Equal(content, f.content) {
		rt.Fatalf("%s opens file %d: %q, %v, want %q", p, f.id, content, err, f.content)
	}
	m.seal.done["download"]++
	if !p.has(f.task.agency, reading...) {
		m.expect("task.file_downloaded", "task", f.task.id, m.reader(p))
	}
	m.left(rt, "download")
}

// sweepFiles: what nobody sent goes once its task has owed nothing for seven days.
func (m *machine) sweepFiles(rt *rapid.T) {
	m.expected, m.nudged = nil, nil
	if _, err := m.store.SweepFiles(m.t.Context()); err != nil {
		rt.Fatal(err)
	}
	left := m.rows(rt, `SELECT id::text FROM attachments`)
	for _, f := range m.files {
		if f.gone {
			continue
		}
		wanted := f.sent || f.waits || f.task.owed() && !f.task.closed
		there := slices.Contains(left, fmt.Sprint(f.id))
		if wanted && !there || !wanted && there && m.now.Sub(m.quietSince(rt, f)) > 7*24*time.Hour {
			rt.Fatalf("%#v after the sweep: there %t (task %s)", f, there, f.task.state)
		}
		if !there {
			m.seal.done["swept away"]++
		}
		f.gone = !there
	}
	m.left(rt, "sweep")
	m.checkFiles(rt)
}

// quietSince is when something last happened to a file or its task.
func (m *machine) quietSince(rt *rapid.T, f *fileModel) (at time.Time) {
	rt.Helper()
	m.one(rt, &at, `SELECT GREATEST($2, closed_at, (SELECT max(at) FROM audit WHERE entity = 'task' AND entity_id = t.id)) FROM tasks t WHERE id = $1`, f.task.id, f.at)
	return at
}

// checkFiles: rows and bytes are those of the model, and each version has its files.
func (m *machine) checkFiles(rt *rapid.T) {
	var want []string
	for _, f := range m.files {
		if !f.gone {
			want = append(want, fmt.Sprintf("%d of %d by reviewer %t", f.id, f.task.id, f.fromReviewer))
		}
	}
	same(rt, "files", m.rows(rt, `SELECT format('%s of %s by reviewer %s', id, task_id, from_reviewer::text) FROM attachments`), want)
	report, err := m.store.VerifyFiles(m.t.Context())
	if err != nil || len(report.Damaged) > 0 || report.Strays > 0 {
		rt.Fatalf("the folder of files: %+v, %v", report, err)
	}
}
