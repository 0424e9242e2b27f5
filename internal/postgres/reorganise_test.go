package postgres_test

import (
	"fmt"
	"slices"
	"testing"

	"dondoc/internal/agency"
	"dondoc/internal/fault"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// reorganisation reads a file whose head is always the same.
func (w *world) reorganisation(on, rest string) (*agency.Reorganisation, []byte) {
	w.t.Helper()
	source := []byte("format: 1\ncode: sap-xep-" + on + "\nbasis: Nghị quyết thử\neffective_on: " + on + "\n" + rest)
	file, problems := plan.ReadReorganisation("sap-xep.yaml", source)
	if file == nil {
		w.t.Fatal(problems)
	}
	return file, source
}

// reorganise previews a file and applies what it showed.
func (w *world) reorganise(on, rest string) agency.Effect {
	w.t.Helper()
	file, source := w.reorganisation(on, rest)
	seen, err := w.store.PreviewReorganisation(w.t.Context(), policy.Actor{}, file, source)
	if err != nil {
		w.t.Fatal(inFull(err))
	}
	done, err := w.store.Reorganise(w.t.Context(), policy.Actor{}, file, source, seen.Digest)
	if err != nil {
		w.t.Fatal(inFull(err))
	}
	if fmt.Sprint(seen.Tasks, seen.Loads, seen.Warnings) != fmt.Sprint(done.Tasks, done.Loads, done.Warnings) {
		w.t.Errorf("previewed %+v, done %+v", seen, done)
	}
	return done
}

func inFull(err error) error {
	if f := fault.Of(err); f != nil {
		for _, d := range f.Details {
			err = fmt.Errorf("%w\n%s:%d:%d %s", err, d.Field, d.Line, d.Column, d.EN)
		}
	}
	return err
}

// session is a person with the posts of the business day.
func (w *world) session(email string) policy.Actor {
	w.t.Helper()
	a, err := w.store.ActorByID(w.t.Context(), w.actor(email).UserID)
	if err != nil {
		w.t.Fatal(err)
	}
	return a
}

func (w *world) agencyID(code string) int64 {
	w.t.Helper()
	var id int64
	if err := w.db.GetContext(w.t.Context(), &id, `SELECT id FROM agencies WHERE code = $1`, code); err != nil {
		w.t.Fatal(err)
	}
	return id
}

func moves(e agency.Effect) []string {
	var list []string
	for _, m := range e.Tasks {
		list = append(list, fmt.Sprintf("%s→%s %s", m.From, m.To, m.Outcome))
	}
	slices.Sort(list)
	return list
}

const tasksAsTheyStand = `SELECT a.code || ' ' || t.state FROM tasks t JOIN agencies a ON a.id = t.agency_id JOIN rounds r ON r.id = t.round_id ORDER BY r.id, a.code`

const mergeTwo = `
agencies: [{code: dm, name: UBND huyện Mới, level: district, parent: tinh, mailbox: dm@dondoc.example}]
changes: [{merge: [d1, d2], into: dm}]
`

func TestAMergerMovesWhatIsOwedOnce(t *testing.T) {
	f := newFollowed(t)
	f.clock.set(t, "2026-02-03 09:00")
	first, second := f.taskOf("d1"), f.taskOf("d2")
	f.exec(`INSERT INTO task_drafts (task_id, kind, narrative, figures, document_number, signatory_title, saved_at, saved_by)
		VALUES ($1, 'report', 'Đang viết', '{}', '', '', now(), $2)`, second, f.other.UserID)
	f.exec(`INSERT INTO calendar_feeds (user_id, scope, agency_id, token_hash, created_at) VALUES ($1, 'agency', $2, 'x', now())`, f.focal.UserID, f.agencyID("d1"))
	before := f.strings(tasksAsTheyStand)

	file, source := f.reorganisation("2026-02-03", mergeTwo)
	seen, err := f.store.PreviewReorganisation(t.Context(), policy.Actor{}, file, source)
	if err != nil {
		t.Fatal(inFull(err))
	}
	f.want("a preview changes nothing", append(f.strings(tasksAsTheyStand), f.strings(`SELECT code FROM agencies WHERE code = 'dm' UNION ALL SELECT code FROM reorganisations`)...), before...)
	if seen.ID != 0 || len(seen.Posts) != 4 || seen.Feeds != 1 {
		t.Errorf("%+v", seen)
	}

	done := f.reorganise("2026-02-03", mergeTwo)
	f.want("who began to write goes on", moves(done), "d1→dm cancelled", "d2→dm moved")
	f.want("tasks", f.strings(tasksAsTheyStand), "d1 cancelled", "d3 open", "dm open")
	f.want("who owes what", []string{fmt.Sprint(done.Loads)}, "[{d1 1 0} {dm 0 1} {d2 1 0}]")
	f.want("the cancelled one names the other", f.strings(`SELECT outcome || ' ' || COALESCE(into_task_id, 0) FROM task_successions ORDER BY id`),
		"moved 0", fmt.Sprintf("cancelled %d", second))
	f.want("steps go on once", f.strings(`SELECT t.state || ' ' || s.state || ' ' || count(*) FROM steps s JOIN tasks t ON t.id = s.task_id
		WHERE t.id IN ($1, $2) AND s.anchor = 'due' GROUP BY t.state, s.state ORDER BY 1`, first, second), "cancelled skipped 5", "open pending 5")
	f.want("told once, in the morning", f.strings(`SELECT COALESCE(u.email, 'mailbox ' || m.code) || ' ' || to_char(n.deliver_at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'MM-DD HH24:MI')
		FROM notifications n LEFT JOIN users u ON u.id = n.user_id LEFT JOIN agencies m ON m.id = n.mailbox_agency_id WHERE n.kind = 'inherited' ORDER BY 1`),
		"focal_point.d1@dondoc.example 02-04 08:00", "focal_point.d2@dondoc.example 02-04 08:00", "mailbox dm 02-04 08:00", "supervisor.so@dondoc.example 02-04 08:00")
	f.want("the plan authority is told who reads now", f.strings(`SELECT u.email || ' ' || count(*) FROM notifications n JOIN users u ON u.id = n.user_id WHERE n.kind = 'role_granted' GROUP BY u.email`),
		"plan_authority.tinh@dondoc.example 4")
	f.want("the calendar keeps its address", f.strings(`SELECT a.code FROM calendar_feeds f JOIN agencies a ON a.id = f.agency_id`), "dm")

	// People go on at the successor, and see what was before.
	me := f.session("focal_point.d1@dondoc.example")
	if !me.HasAt(f.agencyID("dm"), policy.FocalPoint) || me.HasAt(f.agencyID("d1"), policy.FocalPoint) {
		t.Errorf("posts %+v", me.Posts)
	}
	if _, err := f.store.TaskDetail(t.Context(), me, first); err != nil {
		t.Errorf("the old unit's task: %v", err)
	}
	if _, err := f.store.Submit(t.Context(), me, task.SubmitInput{TaskID: second, Kind: task.Report, Narrative: "Chung hai huyện."}); err != nil {
		t.Error(err)
	}
	list := func(before bool) []string {
		page, err := f.store.ListTasks(t.Context(), me, task.Filter{AgencyID: f.agencyID("dm"), Predecessors: before})
		if err != nil {
			t.Fatal(err)
		}
		var codes []string
		for _, one := range page.Tasks {
			codes = append(codes, one.AgencyCode)
		}
		slices.Sort(codes)
		return codes
	}
	f.want("its own", list(false), "dm")
	f.want("and its predecessors'", list(true), "d1", "dm")
	history, err := f.store.AgencyHistory(t.Context(), me, f.agencyID("dm"))
	if err != nil || len(history.Predecessors) != 2 || !history.Predecessors[0].Ended || history.Predecessors[0].Basis != "Nghị quyết thử" || len(history.Changes) != 1 {
		t.Errorf("%+v %v", history, err)
	}
	heirs, err := f.store.TaskSuccessions(t.Context(), me, second)
	if err != nil || len(heirs) != 2 || heirs[0].Outcome != agency.TaskMoved || heirs[1].TaskID != first || heirs[1].IntoTaskID != second {
		t.Errorf("%+v %v", heirs, err)
	}
	if _, err := f.store.TaskSuccessions(t.Context(), policy.Actor{UserID: 99}, first); !fault.Is(err, fault.NotFound) {
		t.Errorf("a stranger: %v", err)
	}
	names := func(ended bool) []string {
		page, err := f.store.ListAgencies(t.Context(), me, agency.Filter{Level: "district", Ended: ended})
		if err != nil {
			t.Fatal(err)
		}
		var codes []string
		for _, one := range page.Agencies {
			codes = append(codes, one.Code)
		}
		slices.Sort(codes)
		return codes
	}
	f.want("pickers", names(false), "d3", "dm")
	f.want("all there were", names(true), "d1", "d2", "d3", "dm")

	// The next round is the successor's alone.
	next := f.openRound()
	f.want("the next round", f.strings(`SELECT a.code FROM tasks t JOIN agencies a ON a.id = t.agency_id WHERE t.round_id = $1 ORDER BY 1`, next), "d3", "dm")
	_, err = f.store.Reorganise(t.Context(), policy.Actor{}, file, source, seen.Digest)
	if g := fault.Of(err); g == nil || g.Kind != fault.Invalid && g.Code != "reorganisation.exists" {
		t.Errorf("applied twice: %v", err)
	}
}

func TestWhatWasSentStaysWithWhoSentIt(t *testing.T) {
	f := newFollowed(t)
	f.clock.set(t, "2026-02-03 09:00")
	f.send("d1")
	sent := f.taskOf("d1")
	done := f.reorganise("2026-02-03", mergeTwo)
	f.want("moves", moves(done), "d1→d1 kept", "d2→dm moved")
	review := func(d task.Decision) error {
		_, err := f.store.Review(t.Context(), f.supervisor, task.ReviewInput{TaskID: sent, Decision: d, Reason: "Thiếu chữ ký"})
		return err
	}
	if g := fault.Of(review(task.Return)); g == nil || g.Code != "agency.successor_owes" {
		t.Errorf("the successor would owe the round twice: %v", g)
	}
	if err := review(task.Accept); err != nil {
		t.Fatal(err)
	}
	f.want("history stays", f.strings(tasksAsTheyStand), "d1 accepted", "d3 open", "dm open")
}

func TestWhatIsReturnedAfterAMergerIsTheSuccessors(t *testing.T) {
	f := newFollowed(t)
	f.clock.set(t, "2026-02-03 09:00")
	f.send("d1")
	sent := f.taskOf("d1")
	f.reorganise("2026-02-03", "agencies: [{code: dm, name: UBND huyện Mới, level: district, parent: tinh}]\nchanges: [{merge: d1, into: dm}]\n")
	if _, err := f.store.Review(t.Context(), f.supervisor, task.ReviewInput{TaskID: sent, Decision: task.Return, Reason: "Thiếu chữ ký"}); err != nil {
		t.Fatal(err)
	}
	f.want("owed by", f.strings(tasksAsTheyStand), "d2 open", "d3 open", "dm returned")
	f.want("told", f.toldAtOnce("returned"), "dm focal_point.d1@dondoc.example")
	if _, err := f.store.Submit(t.Context(), f.session("focal_point.d1@dondoc.example"), task.SubmitInput{TaskID: sent, Kind: task.Report, Narrative: "Đã ký."}); err != nil {
		t.Error(err)
	}
}

func TestADivisionGivesEachPartItsOwnFromTheNextRoundOn(t *testing.T) {
	f := newFollowed(t)
	f.clock.set(t, "2026-02-03 09:00")
	done := f.reorganise("2026-02-03", `
agencies:
  - {code: da, name: UBND huyện A, level: district, parent: tinh}
  - {code: db, name: UBND huyện B, level: district, parent: tinh}
changes:
  - {divide: d1, into: [da, db]}
  - {divide: d2, into: [d2, db]}
`)
	f.want("moves", moves(done), "d1→da moved")
	f.want("tasks", f.strings(tasksAsTheyStand), "d2 open", "d3 open", "da open")
	round := f.openRound()
	f.want("the next round", f.strings(`SELECT a.code FROM tasks t JOIN agencies a ON a.id = t.agency_id WHERE t.round_id = $1 ORDER BY 1`, round), "d2", "d3", "da", "db")
	me := f.session("focal_point.d2@dondoc.example")
	if !me.HasAt(f.agencyID("d2"), policy.FocalPoint) {
		t.Errorf("who goes on keeps its people: %+v", me.Posts)
	}
}

func TestTheReviewersOwnMerger(t *testing.T) {
	f := newFollowed(t)
	f.clock.set(t, "2026-02-03 09:00")
	f.send("d1")
	done := f.reorganise("2026-02-03", `
agencies: [{code: sm, name: Sở Mới, level: department, parent: tinh}]
changes:
  - merge: so
    into: sm
    posts: sm
  - {rename: tinh, name: UBND thành phố}
  - {reclassify: d3, level: ward}
`)
	if done.Chains != 6 || done.Plans != 1 || len(done.Tasks) != 0 {
		t.Errorf("%+v", done)
	}
	f.want("who receives and reviews", f.strings(`SELECT DISTINCT r.code || ' ' || v.code FROM tasks t JOIN agencies r ON r.id = t.recipient_id JOIN agencies v ON v.id = t.reviewer_id`), "sm sm")
	f.want("standing", f.strings(`SELECT a.code FROM plans p JOIN agencies a ON a.id = p.standing_id`), "sm")
	if _, err := f.store.Review(t.Context(), f.session("supervisor.so@dondoc.example"), task.ReviewInput{TaskID: f.taskOf("d1"), Decision: task.Accept}); err != nil {
		t.Error(err)
	}
	history, err := f.store.AgencyHistory(t.Context(), f.focal, f.agencyID("tinh"))
	if err != nil || len(history.Changes) != 1 || history.Changes[0].NameBefore != "UBND tỉnh" {
		t.Errorf("%+v %v", history, err)
	}
	f.want("another level", f.strings(`SELECT level FROM agencies WHERE code = 'd3'`), "ward")
}

func TestWithoutASuccessorNothingIsOwed(t *testing.T) {
	f := newFollowed(t)
	f.clock.set(t, "2026-02-03 09:00")
	if _, err := f.store.ScheduleNextRound(t.Context(), f.duty()); err != nil {
		t.Fatal(err)
	}
	done := f.reorganise("2026-02-03", "changes: [{dissolve: [d1, d2, d3], posts: none}]\nlevels_removed: [district]\n")
	var warned []string
	for _, w := range done.Warnings {
		warned = append(warned, w.Code+" "+w.Agency)
	}
	for _, want := range []string{"agency.no_successor d1", "duty.no_successor d1", "task.no_successor d1", "post.ends d1"} {
		if !slices.Contains(warned, want) {
			t.Errorf("%v lack %s", warned, want)
		}
	}
	f.want("tasks", f.strings(tasksAsTheyStand), "d1 cancelled", "d2 cancelled", "d3 cancelled")
	f.want("what was scheduled is closed", f.strings(`SELECT state FROM rounds ORDER BY id`), "open", "closed")
	if next, err := f.store.ScheduleNextRound(t.Context(), f.duty()); err != nil || !next.Ended {
		t.Errorf("%+v %v", next, err)
	}
	if me := f.session("focal_point.d1@dondoc.example"); len(me.Posts) != 0 {
		t.Errorf("%+v", me.Posts)
	}
}
