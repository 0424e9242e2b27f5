package postgres_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"dondoc/internal/account"
	"dondoc/internal/audit"
	"dondoc/internal/clock"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/postgres"
	"dondoc/internal/request"
	"dondoc/internal/task"
)

const trailOfD1 = `SELECT h.action || ' ' || u.email || COALESCE(' for ' || f.email, '') FROM audit h JOIN users u ON u.id = h.actor_id
	LEFT JOIN users f ON f.id = h.stood_in_for WHERE h.entity = 'task' AND h.entity_id = $1 ORDER BY h.id`

func TestASubstituteActsAndBothNamesStand(t *testing.T) {
	s := newStaff(t)
	s.clock.set(t, "2026-02-02 09:00")
	if _, err := s.accounts.SetTwoSignatures(t.Context(), s.admin, s.agency("d1"), 0, true); err != nil {
		t.Fatal(err)
	}
	named, err := s.name(s.who(headD1), headD1, "head", twoD1, february(2), february(4))
	if err != nil || !named.Running || named.Holder.Name != headD1 || named.Substitute.Name != twoD1 {
		t.Fatalf("%+v, %v", named, err)
	}
	two := s.who(twoD1)
	if len(two.Posts) != 2 || two.Posts[1].ForName != headD1 || two.ForID != 0 {
		t.Fatalf("posts %+v", two.Posts)
	}
	result := s.taskOf("d1")
	// What one may do oneself one does in one's own name …
	submit := func(ctx context.Context, actor policy.Actor) (task.Receipt, error) {
		return s.store.Submit(ctx, actor, task.SubmitInput{TaskID: result, Kind: task.Report, Narrative: "Đã làm."})
	}
	if receipt, err := acts(t, two, submit); err != nil || receipt.Task.State != task.StatePrepared {
		t.Fatalf("%+v, %v", receipt, err)
	}
	// … and what only the head may, in the head's.
	approve := func(ctx context.Context, actor policy.Actor) (task.Receipt, error) {
		return s.store.DecidePreparation(ctx, actor, task.PreparationInput{TaskID: result, Decision: task.Approve})
	}
	if _, err := acts(t, s.who(focalD1), approve); !fault.Is(err, fault.Forbidden) {
		t.Errorf("another focal point approves: %v", err)
	}
	if receipt, err := acts(t, two, approve); err != nil || receipt.Task.State != task.StateSubmitted {
		t.Fatalf("%+v, %v", receipt, err)
	}
	s.want("trail", s.strings(trailOfD1, s.taskOf("d1")), "task.prepared "+twoD1, "task.submitted "+twoD1+" for "+headD1)
	d := s.detail(s.supervisor, "d1")
	if last := d.History[len(d.History)-1]; last.Actor != twoD1 || last.For != headD1 {
		t.Errorf("history %+v", last)
	}
	if sent := d.Submissions[0]; sent.SubmittedByName != twoD1 || sent.SubmittedFor != headD1 || sent.PreparedByName != twoD1 {
		t.Errorf("submission %+v", sent)
	}
	s.want("nothing is left behind for the next transaction", s.strings(`SELECT COALESCE(NULLIF(current_setting('dondoc.stood_in_for', true), ''), 'nobody')`), "nobody")
}

func TestAChosenPostIsTheOnlyOne(t *testing.T) {
	s := newStaff(t)
	s.clock.set(t, "2026-02-02 09:00")
	if err := s.accounts.SetPassword(t.Context(), twoD1, password); err != nil {
		t.Fatal(err)
	}
	token, alone, err := s.accounts.SignIn(t.Context(), twoD1, password)
	if err != nil || len(alone.Held) != 0 {
		t.Fatalf("%+v, %v: with one post there is nothing to choose", alone, err)
	}
	s.exec(`INSERT INTO memberships (user_id, agency_id, role, valid_from_on) VALUES ($1, $2, 'supervisor', '2026-01-01')`, s.user(twoD1), s.agency("so"))
	if _, err := s.name(s.who(headD1), headD1, "head", focalD1, february(2), february(4)); err != nil {
		t.Fatal(err)
	}
	actor := s.who(twoD1)
	supervises := actor.Posts[0]
	if supervises.Role != policy.Supervisor {
		supervises = actor.Posts[1]
	}
	chosen, err := s.store.ChoosePost(t.Context(), actor, token, supervises.ID)
	if err != nil || len(chosen.Posts) != 1 || len(chosen.Held) != 2 || chosen.Chosen != supervises.ID {
		t.Fatalf("%+v, %v", chosen, err)
	}
	again, err := s.accounts.ActorOf(t.Context(), token)
	if err != nil || len(again.Posts) != 1 || again.HasAt(s.agency("d1"), policy.FocalPoint) {
		t.Fatalf("the session forgot its post: %+v, %v", again.Posts, err)
	}
	// A chosen post opens no way to decide on one's own agency's result.
	relation := policy.Task{AgencyID: s.agency("d1"), ReviewerID: s.agency("so"), RecipientID: s.agency("so"), IssuerID: s.agency("tinh")}
	if policy.ReviewTask(again, relation) || policy.ReopenTask(again, relation) {
		t.Error("somebody decides on their own agency's result in another post")
	}
	if all, err := s.store.ChoosePost(t.Context(), again, token, 0); err != nil || len(all.Posts) != 2 || all.Chosen != 0 {
		t.Errorf("%+v, %v", all.Posts, err)
	}
	_, err = s.store.ChoosePost(t.Context(), again, token, s.post(headD1, "head"))
	wantFault(t, "somebody else's post", err, fault.Invalid, "post.not_held")
	// A post that ends leaves the session in those that are left.
	if _, err := s.store.ChoosePost(t.Context(), again, token, supervises.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.accounts.EndPost(t.Context(), s.admin, account.EndInput{PostID: supervises.ID, LastOn: february(1)}); err != nil {
		t.Fatal(err)
	}
	if left, err := s.accounts.ActorOf(t.Context(), token); err != nil || len(left.Posts) != 1 || left.Posts[0].Role != policy.FocalPoint || left.Chosen != 0 {
		t.Errorf("%+v, %v", left, err)
	}
}

// The days are those of Viet Nam, which is also the zone of the plan: at its
// midnight the substitute's post is over, in acts and in notices alike.
func TestASubstitutionEndsByItselfAtMidnight(t *testing.T) {
	s := newStaff(t)
	s.clock.set(t, "2026-02-03 09:00")
	if _, err := s.name(s.who(watcherSo), watcherSo, "supervisor", "head.so@dondoc.example", february(4), february(6)); err != nil {
		t.Fatal(err)
	}
	substitute := "head.so@dondoc.example"
	for _, c := range []struct {
		at   string
		want bool
	}{
		{"2026-02-03 23:59", false}, {"2026-02-04 00:00", true}, {"2026-02-06 23:59", true}, {"2026-02-07 00:00", false},
	} {
		s.clock.set(t, c.at)
		if actor := s.who(substitute); actor.HasAt(s.agency("so"), policy.Supervisor) != c.want {
			t.Errorf("%s: posts %+v", c.at, actor.Posts)
		}
		late := s.taskOf("d2")
		_, err := acts(t, s.who(substitute), func(ctx context.Context, actor policy.Actor) (task.UrgeReceipt, error) {
			receipt, err := s.store.Urge(ctx, actor, task.UrgeInput{TaskIDs: []int64{late}, Kind: task.UrgePhone, WithWhom: "Văn phòng"})
			if err == nil && receipt.Outcomes[0].Fault != nil {
				return receipt, receipt.Outcomes[0].Fault
			}
			return receipt, err
		})
		if (err == nil) != c.want {
			t.Errorf("%s: urging: %v", c.at, err)
		}
	}
}

// An answer to a request bears both names too, where it is read.
func TestARequestDecidedByASubstitute(t *testing.T) {
	s := newStaff(t)
	s.clock.set(t, "2026-02-02 09:00")
	const holder = "plan_authority.tinh@dondoc.example"
	deputy := s.colleague("pho.tinh@dondoc.example", "focal_point", "tinh")
	if _, err := s.name(s.who(holder), holder, "plan_authority", "pho.tinh@dondoc.example", february(2), february(4)); err != nil {
		t.Fatal(err)
	}
	asked, err := s.store.AskRequest(t.Context(), s.who(focalD1), request.AskInput{
		TaskID: s.taskOf("d1"), Kind: request.Extension, Text: "Chờ số liệu", ProposedOn: february(9),
	})
	if err != nil {
		t.Fatal(err)
	}
	id := asked.Requests[0].ID
	if _, err := acts(t, s.who("pho.tinh@dondoc.example"), func(ctx context.Context, actor policy.Actor) (request.Receipt, error) {
		return s.store.DecideRequest(ctx, actor, request.Act{ID: id, Grant: true})
	}); err != nil {
		t.Fatal(err)
	}
	d, err := s.store.FindRequest(t.Context(), s.who(focalD1), id)
	if err != nil {
		t.Fatal(err)
	}
	if last := d.Events[len(d.Events)-1]; last.Action != "granted" || last.For != holder || d.Events[0].For != "" {
		t.Errorf("%+v, deputy %d", d.Events, deputy)
	}
}

// Many at once: where none of them is one's own to decide on they are decided
// on for whom one stands in; where some are, these and no others.
func TestManyAtOnceByASubstitute(t *testing.T) {
	s := newStaff(t)
	s.clock.set(t, "2026-02-02 09:00")
	if _, err := s.name(s.who(watcherSo), watcherSo, "supervisor", headSo, february(2), february(4)); err != nil {
		t.Fatal(err)
	}
	s.send("d1")
	s.send("d2")
	items := []task.AcceptItem{{TaskID: s.taskOf("d1"), Version: 2}, {TaskID: s.taskOf("d2"), Version: 2}}
	outcomes, err := acts(t, s.who(headSo), func(ctx context.Context, actor policy.Actor) ([]task.Outcome, error) {
		return s.store.AcceptMany(ctx, actor, items)
	})
	if err != nil {
		t.Fatal(err)
	}
	s.want("outcomes", tellOutcomes(outcomes), "done v3", "done v3")
	s.want("trail", s.strings(`SELECT DISTINCT f.email FROM audit h JOIN users f ON f.id = h.stood_in_for WHERE h.action = 'task.accepted'`), watcherSo)
	// Again: it is told what stands in the way, for whom one stands in.
	outcomes, err = acts(t, s.who(headSo), func(ctx context.Context, actor policy.Actor) ([]task.Outcome, error) {
		return s.store.AcceptMany(ctx, actor, items)
	})
	if err != nil || outcomes[0].Fault == nil || outcomes[0].Fault.Kind != fault.Conflict {
		t.Errorf("%+v, %v", outcomes, err)
	}
}

func TestNoticesGoToBothWhileItRuns(t *testing.T) {
	s := newStaff(t)
	s.clock.set(t, "2026-02-02 09:00")
	if _, err := s.name(s.who(watcherSo), watcherSo, "supervisor", "head.so@dondoc.example", february(2), february(4)); err != nil {
		t.Fatal(err)
	}
	told := func() []string {
		return s.strings(`SELECT u.email FROM notifications n JOIN users u ON u.id = n.user_id WHERE n.kind = 'submitted' ORDER BY 1`)
	}
	s.send("d1")
	s.want("both", told(), "head.so@dondoc.example", watcherSo)
	s.clock.set(t, "2026-02-05 09:00")
	s.send("d2")
	s.want("one more for the holder alone", told(), "head.so@dondoc.example", watcherSo, watcherSo)
}

func TestWhoMayStandInForWhom(t *testing.T) {
	s := newStaff(t)
	s.clock.set(t, "2026-02-02 09:00")
	s.exec(`INSERT INTO memberships (user_id, agency_id, role, valid_from_on) VALUES ($1, $2, 'head', '2026-01-01')`, s.user("head.so@dondoc.example"), s.agency("d3"))
	s.colleague("hai.so@dondoc.example", "focal_point", "so")
	s.colleague("quan.tri.so@dondoc.example", "administrator", "so")
	s.colleague("kiem.tra.so@dondoc.example", "auditor", "so")
	s.exec(`UPDATE memberships SET valid_to_on = '2026-02-10' WHERE id = $1`, s.post(focalD1, "focal_point"))
	own := s.who(headD1)
	for _, c := range []struct {
		what             string
		as               policy.Actor
		holder, role, to string
		from, until      int
		code             string
	}{
		{"oneself", own, headD1, "head", headD1, 2, 4, "substitution.self"},
		{"somebody of another agency", own, headD1, "head", "focal_point.d2@dondoc.example", 2, 4, "substitution.not_colleague"},
		{"somebody else's post", s.who(twoD1), headD1, "head", twoD1, 2, 4, "not_found"},
		{"a post of another agency", s.other, headD1, "head", twoD1, 2, 4, "not_found"},
		{"the past", own, headD1, "head", twoD1, 1, 4, "substitution.past"},
		{"backwards", own, headD1, "head", twoD1, 4, 3, "substitution.span"},
		{"beyond the post", s.who(focalD1), focalD1, "focal_point", headD1, 9, 11, "substitution.beyond_post"},
		{"who holds the same", s.who(focalD1), focalD1, "focal_point", twoD1, 2, 4, "substitution.holds"},
		{"the head names for a focal point", own, focalD1, "focal_point", headD1, 2, 4, "substitution.self"},
		// The head of d3 would review d3's results.
		{"who would decide on their own", s.who(watcherSo), watcherSo, "supervisor", "head.so@dondoc.example", 2, 4, "substitution.conflict"},
		{"an auditor's post", s.who("kiem.tra.so@dondoc.example"), "kiem.tra.so@dondoc.example", "auditor", "hai.so@dondoc.example", 2, 4, "substitution.auditor"},
		{"an administrator makes an administrator read", s.admin, watcherSo, "supervisor", "quan.tri.so@dondoc.example", 2, 4, "substitution.administrator"},
		{"an administrator makes themselves read", s.admin, watcherSo, "supervisor", "administrator.tinh@dondoc.example", 2, 4, "substitution.self"},
		{"a colleague", s.who(watcherSo), watcherSo, "supervisor", "hai.so@dondoc.example", 2, 4, ""},
		{"a second one on the same days", s.who(watcherSo), watcherSo, "supervisor", "quan.tri.so@dondoc.example", 4, 5, "substitution.taken"},
		{"by an administrator", s.admin, headD1, "head", twoD1, 2, 4, ""},
	} {
		_, err := s.name(c.as, c.holder, c.role, c.to, february(c.from), february(c.until))
		if c.code == "" {
			if err != nil {
				t.Errorf("%s: %v", c.what, err)
			}
			continue
		}
		if f := fault.Of(err); f == nil || f.Code != c.code {
			t.Errorf("%s: %v, want %s", c.what, err, c.code)
		}
	}
	// What is held for somebody is not passed on.
	given := s.ids(`SELECT id FROM memberships WHERE substitution_id IS NOT NULL AND user_id = $1`, s.user(twoD1))[0]
	_, err := s.store.NameSubstitute(t.Context(), s.who(twoD1), account.SubstituteInput{PostID: given, SubstituteID: s.user(focalD1), From: february(2), To: february(3)})
	wantFault(t, "a chain", err, fault.Invalid, "substitution.chain")
	// The one that an administrator named is told to the plan authority, the person's own affair is not.
	s.want("grants", s.strings(`SELECT u.email FROM notifications n JOIN users u ON u.id = n.user_id WHERE n.kind = 'role_granted'`), "plan_authority.tinh@dondoc.example")
}

func TestASubstitutionEndsWithItsPostOrWhenRevoked(t *testing.T) {
	s := newStaff(t)
	s.clock.set(t, "2026-02-02 09:00")
	first, err := s.name(s.who(headD1), headD1, "head", twoD1, february(2), february(20))
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.store.RevokeSubstitution(t.Context(), s.other, first.ID)
	wantFault(t, "a stranger", err, fault.NotFound, "not_found")
	if page, err := s.store.ListSubstitutions(t.Context(), s.other, 0, ""); err != nil || len(page.Substitutions) != 0 {
		t.Errorf("a stranger sees %+v, %v", page, err)
	}
	ended, err := s.store.RevokeSubstitution(t.Context(), s.who(twoD1), first.ID)
	if err != nil || ended.Running || ended.RevokedAt == nil {
		t.Errorf("%+v, %v", ended, err)
	}
	if again, err := s.store.RevokeSubstitution(t.Context(), s.who(headD1), first.ID); err != nil || again.RevokedAt == nil {
		t.Errorf("a second time: %+v, %v", again, err)
	}
	if s.who(twoD1).HasAt(s.agency("d1"), policy.Head) {
		t.Error("the post stays after revoking")
	}
	// Free again, also on the same days; and a post that ends takes it along.
	if _, err := s.name(s.who(headD1), headD1, "head", twoD1, february(2), february(20)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.accounts.EndPost(t.Context(), s.admin, account.EndInput{PostID: s.post(headD1, "head"), LastOn: february(3)}); err != nil {
		t.Fatal(err)
	}
	s.clock.set(t, "2026-02-03 23:00")
	if !s.who(twoD1).HasAt(s.agency("d1"), policy.Head) {
		t.Error("it ended too early")
	}
	s.clock.set(t, "2026-02-04 00:00")
	if s.who(twoD1).HasAt(s.agency("d1"), policy.Head) {
		t.Error("the substitute outlives the post")
	}
	if page, err := s.store.ListSubstitutions(t.Context(), s.who(headD1), 1, ""); err != nil || len(page.Substitutions) != 1 || page.Next == "" {
		t.Errorf("%+v, %v", page, err)
	}
}

func TestOfManyWhoNameASubstituteAtOnceOneDoes(t *testing.T) {
	s := newStaff(t)
	s.clock.set(t, "2026-02-02 09:00")
	s.colleague("ba.d1@dondoc.example", "focal_point", "d1")
	var group sync.WaitGroup
	results := make([]error, 12)
	for i := range results {
		to := []string{twoD1, "ba.d1@dondoc.example"}[i%2]
		group.Go(func() {
			_, results[i] = s.name(s.who(headD1), headD1, "head", to, february(2), february(4))
		})
	}
	group.Wait()
	won := 0
	for _, err := range results {
		switch f := fault.Of(err); {
		case err == nil:
			won++
		case f == nil || f.Kind != fault.Conflict:
			t.Errorf("%v", err)
		}
	}
	if won != 1 || len(s.ids(`SELECT id FROM memberships WHERE substitution_id IS NOT NULL`)) != 1 {
		t.Errorf("%d won", won)
	}
}

// A row that names two people is sealed with both: neither can be exchanged or left out.
func TestTheSecondNameIsSealed(t *testing.T) {
	s := newStaff(t)
	s.clock.set(t, "2026-02-02 09:00")
	if _, err := s.name(s.who(watcherSo), watcherSo, "supervisor", "head.so@dondoc.example", february(2), february(4)); err != nil {
		t.Fatal(err)
	}
	s.send("d1")
	accepted := task.ReviewInput{TaskID: s.taskOf("d1"), Decision: task.Accept}
	if _, err := acts(t, s.who("head.so@dondoc.example"), func(ctx context.Context, actor policy.Actor) (task.Receipt, error) {
		return s.store.Review(ctx, actor, accepted)
	}); err != nil {
		t.Fatal(err)
	}
	a := newTrail(t)
	heads, err := audit.OpenHeadLog(a.path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := heads.Close(); err != nil {
			t.Error(err)
		}
	})
	a.db, a.sealer = s.db, postgres.NewSealer(s.db, clock.SystemWall, heads)
	rows := len(s.ids(`SELECT id FROM audit`))
	a.sealOwn(rows, rows)
	if report := a.verify(); !report.Intact() || report.Rows != int64(rows) {
		t.Fatalf("untouched: %+v", report)
	}
	for _, change := range []string{`NULL`, fmt.Sprint(s.user(headD1))} {
		for _, statement := range []string{`ALTER TABLE audit DISABLE TRIGGER ALL`,
			`UPDATE audit SET stood_in_for = ` + change + ` WHERE id = (SELECT max(id) FROM audit WHERE action = 'task.accepted')`, `ALTER TABLE audit ENABLE TRIGGER ALL`} {
			s.exec(statement)
		}
		if report := a.verify(); len(report.Altered) != 1 {
			t.Errorf("stood_in_for = %s goes unnoticed: %+v", change, report)
		}
	}
}
