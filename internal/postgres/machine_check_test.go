package postgres_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lib/pq"
	"pgregory.net/rapid"

	"dondoc/internal/audit"
	"dondoc/internal/clock"
	"dondoc/internal/plan"
	"dondoc/internal/postgres"
	"dondoc/internal/task"
)

// What must hold after every step, read past the store.
func (m *machine) check(rt *rapid.T) {
	m.checkTasks(rt)
	m.checkSubmissions(rt)
	m.checkDrafts(rt)
	m.checkRequests(rt)
	m.checkLadders(rt)
	m.checkWaiting(rt)
	m.checkPeople(rt)
	m.checkLists(rt)
	m.checkOffers(rt)
	m.checkTrail(rt)
}

func (m *machine) rows(rt *rapid.T, query string, args ...any) []string {
	rt.Helper()
	lines := []string{}
	if err := m.db.SelectContext(m.t.Context(), &lines, query, args...); err != nil {
		rt.Fatal(err)
	}
	return lines
}

// same compares lines and names those that differ.
func same(rt *rapid.T, what string, got, want []string) {
	rt.Helper()
	slices.Sort(got)
	slices.Sort(want)
	if slices.Equal(got, want) {
		return
	}
	var lines []string
	for _, l := range got {
		if !slices.Contains(want, l) {
			lines = append(lines, "  has  "+l)
		}
	}
	for _, l := range want {
		if !slices.Contains(got, l) {
			lines = append(lines, "  want "+l)
		}
	}
	rt.Fatalf("%s:\n%s", what, strings.Join(lines, "\n"))
}

func micro(at *time.Time) string {
	if at == nil {
		return "never"
	}
	return at.UTC().Format("2006-01-02 15:04:05.000000")
}

const microSQL = `COALESCE(to_char(%s AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), 'never')`

func (m *machine) checkTasks(rt *rapid.T) {
	var want, rounds []string
	for _, t := range m.tasks {
		settled := inState(task.StateAccepted, task.StateWaived, task.StateCancelled)(t)
		want = append(want, fmt.Sprintf("task %d %s due %s original %s again %s first %s closed %t settled %t version %d.%d sent %d passed on %d", t.id, t.state, micro(&t.due),
			micro(&t.original), micro(t.resubmit), micro(t.firstValid()), t.closed, settled, t.version, t.dueVersion, len(t.subs), t.forwarded))
	}
	at := func(column string) string { return fmt.Sprintf(microSQL, column) }
	same(rt, "tasks", m.rows(rt, `SELECT format('task %s %s due %s original %s again %s first %s closed %s settled %s version %s.%s sent %s passed on %s', id, state,
		`+at("due_at")+`, `+at("original_due_at")+`, `+at("resubmit_due_at")+`, `+at("first_submitted_at")+`,
		CASE WHEN closed_at IS NULL THEN 'false' ELSE 'true' END, CASE WHEN settled_at IS NULL THEN 'false' ELSE 'true' END, version, due_version, submissions, forwarded) FROM tasks`), want)
	for _, r := range m.rounds {
		rounds = append(rounds, fmt.Sprintf("round %d open %t", r.id, r.open))
	}
	same(rt, "rounds", m.rows(rt, `SELECT format('round %s open %s', id, CASE state WHEN 'open' THEN 'true' ELSE 'false' END)
		FROM rounds WHERE EXISTS (SELECT 1 FROM tasks WHERE round_id = rounds.id)`), rounds)
}

// checkSubmissions: nothing that was acknowledged is lost, and numbers have no gaps.
func (m *machine) checkSubmissions(rt *rapid.T) {
	var want []string
	for _, t := range m.tasks {
		for i, s := range t.subs {
			want = append(want, fmt.Sprintf("%d/%d %s %q %s at %s invalid %t withdrawn %t recorded %t correction %t by %s files %s passed on %s", t.id, i+1, s.kind, s.text, s.number, micro(&s.at),
				s.invalid, s.withdrawn, s.recorded, s.correction != nil, s.by.names(), s.files, micro(s.passedOn)))
		}
	}
	same(rt, "submissions", m.rows(rt, `SELECT format('%s/%s %s "%s" %s at %s invalid %s withdrawn %s recorded %s correction %s by %s files %s passed on %s', b.task_id, number, kind,
			narrative, document_number, `+fmt.Sprintf(microSQL, "submitted_at")+`, invalid::text, (withdrawn_at IS NOT NULL)::text, (recorded_at IS NOT NULL)::text, correction::text,
			submitted_by || COALESCE(' for ' || b.stood_in_for, ''),
			(SELECT COALESCE(string_agg(attachment_id::text, ',' ORDER BY position), '') FROM submission_attachments l WHERE l.submission_id = b.id),
			`+fmt.Sprintf(microSQL, "f.forwarded_at")+`) FROM submissions b LEFT JOIN forwardings f ON f.submission_id = b.id`), want)
}

func (m *machine) checkDrafts(rt *rapid.T) {
	var rows []struct {
		Task    int64  `db:"task_id"`
		Text    string `db:"narrative"`
		Version int    `db:"version"`
	}
	if err := m.db.SelectContext(m.t.Context(), &rows, `SELECT task_id, narrative || document_number AS narrative, version FROM task_drafts`); err != nil {
		rt.Fatal(err)
	}
	got, want, waiting := []string{}, []string{}, []string{}
	for _, r := range rows {
		t := m.taskOf(r.Task)
		if t.draft != nil && t.draftVersion == 0 && r.Version > t.lastDraft { // restored, under a version never given before
			t.draftVersion, t.lastDraft = r.Version, r.Version
		}
		got = append(got, fmt.Sprintf("%d version %d %q", r.Task, r.Version, r.Text))
	}
	for _, t := range m.tasks {
		if t.draft != nil {
			want = append(want, fmt.Sprintf("%d version %d %q", t.id, t.draftVersion, t.draft.text+t.draft.number))
		}
		if t.prep != nil {
			waiting = append(waiting, fmt.Sprintf("%d %s %q", t.id, t.prepFrom, t.prep.text+t.prep.number))
		}
	}
	same(rt, "drafts", got, want)
	same(rt, "preparations", m.rows(rt, `SELECT format('%s %s "%s"', task_id, from_state, narrative || document_number) FROM preparations WHERE outcome = 'waiting'`), waiting)
}

func (m *machine) checkRequests(rt *rapid.T) {
	var want []string
	for _, q := range m.requests {
		want = append(want, fmt.Sprintf("%d %s %s of %s by %s due %s version %d settled %t", q.id, q.kind, q.state, q.to, q.from, micro(&q.due), q.version, q.settled))
	}
	same(rt, "requests", m.rows(rt, `SELECT format('%s %s %s of %s by %s due %s version %s settled %s', q.id, kind, state, o.code, f.code, `+
		fmt.Sprintf(microSQL, "due_at")+`, q.version, (settled_at IS NOT NULL)::text)
		FROM requests q JOIN agencies o ON o.id = q.to_agency_id JOIN agencies f ON f.id = q.from_agency_id`), want)
}

// checkLadders: what is owed is followed by exactly the steps around the day it
// is awaited; what was waived by none.
func (m *machine) checkLadders(rt *rapid.T) {
	if m.plan.state != plan.Active {
		return
	}
	var want []string
	live := pq.Int64Array{}
	for _, t := range m.tasks {
		if t.state == task.StateWaived {
			live = append(live, t.id)
		}
		if !t.owed() || t.closed {
			continue
		}
		live = append(live, t.id)
		for code, days := range ladderOf(t) {
			if at := workingDays(dueDay(t.awaited()), days).Add(8 * time.Hour); at.After(m.now) {
				want = append(want, fmt.Sprintf("task %d %s at %s", t.id, code, micro(&at)))
			}
		}
	}
	same(rt, "steps to come", m.rows(rt, `SELECT format('task %s %s at %s', s.task_id, code, `+fmt.Sprintf(microSQL, "at")+`)
		FROM steps s JOIN tasks t ON t.id = s.task_id WHERE s.state = 'pending' AND s.at > $1 AND s.anchor = 'due'
			AND t.id = ANY ($2) AND s.due_version = t.due_version`, m.now, live), want)
	if n := m.rows(rt, `SELECT code FROM steps s JOIN tasks t ON t.id = s.task_id WHERE s.state = 'pending' AND t.state = 'waived'`); len(n) > 0 {
		rt.Fatalf("steps of what is waived wait: %q", n)
	}
}

// ladderOf are the steps around a due time, in working days from the due day.
func ladderOf(t *taskModel) map[string]int {
	switch t.duty.Code {
	case "H": // asked for by hand: as what is done once
		return map[string]int{"before_15": -15, "before_5": -5, "before_1": -1, "overdue_1": 1, "overdue_3": 3, "overdue_7": 7}
	case "Q": // asked for politely: no escalation above who asks
		return map[string]int{"before_1": -1, "due_today": 0, "overdue_1": 1, "overdue_3": 3}
	}
	return map[string]int{"before_1": -1, "due_today": 0, "overdue_1": 1, "overdue_3": 3, "overdue_7": 7}
}

// checkTrail: no free text, no time that runs backwards, no step twice.
func (m *machine) checkTrail(rt *rapid.T) {
	for what, query := range map[string]string{
		"free text in the trail": `SELECT action FROM audit WHERE COALESCE(before::text, '') || COALESCE(after::text, '') LIKE '%` + machineSecret + `%'`,
		"time runs backwards":    `SELECT action FROM (SELECT action, at < lag(at) OVER (ORDER BY id) AS back FROM audit) AS a WHERE back`,
		"a step twice": `SELECT code FROM steps s JOIN notifications n ON n.step_id = s.id WHERE s.state <> 'done'
			UNION ALL SELECT code FROM steps WHERE state = 'done' GROUP BY task_id, code, due_version, occurrence HAVING count(*) > 1`,
		"a notice twice":          `SELECT cause FROM notifications GROUP BY user_id, mailbox_agency_id, cause HAVING count(*) > 1`,
		"two decisions that hold": `SELECT submission_id::text FROM reviews WHERE overturned_at IS NULL GROUP BY submission_id HAVING count(*) > 1`,
	} {
		if found := m.rows(rt, query); len(found) > 0 {
			rt.Fatalf("%s: %q", what, found)
		}
	}
}

// seal is the key of the trail and where its heads go, one for all sequences.
type seal struct {
	folder string
	key    []byte
	turns  int
	done   map[string]int // acts that went through
}

func newSeal(t *testing.T) *seal {
	t.Helper()
	s := &seal{folder: t.TempDir(), done: map[string]int{}}
	var err error
	if s.key, err = audit.EnsureKey(filepath.Join(s.folder, "audit.key")); err != nil {
		t.Fatal(err)
	}
	return s
}

// verifyTrail seals everything and holds it against the chain.
func (m *machine) verifyTrail(rt *rapid.T) {
	m.seal.turns++
	path := filepath.Join(m.seal.folder, fmt.Sprintf("heads-%d.log", m.seal.turns))
	log, err := audit.OpenHeadLog(path)
	if err != nil {
		rt.Fatal(err)
	}
	defer func() {
		if err := log.Close(); err != nil {
			rt.Error(err)
		}
	}()
	sealer := postgres.NewSealer(m.db, clock.SystemWall, log)
	for waiting := 1; waiting > 0; {
		if _, err := sealer.Seal(m.t.Context(), m.seal.key, 1000); err != nil {
			rt.Fatal(err)
		}
		// A transaction elsewhere on the server holds the boundary back for a moment.
		m.one(rt, &waiting, `SELECT count(*) FROM audit WHERE seal_number IS NULL`)
	}
	heads, err := os.ReadFile(path)
	if err != nil {
		rt.Fatal(err)
	}
	report, err := sealer.Verify(m.t.Context(), m.seal.key, bytes.NewReader(heads))
	if err != nil || !report.Intact() || report.Unsealed != 0 || report.Rows == 0 {
		rt.Fatalf("the trail: %+v, %v", report, err)
	}
}
