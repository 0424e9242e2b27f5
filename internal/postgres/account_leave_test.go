package postgres_test

import (
	"fmt"
	"path"
	"slices"
	"sync"
	"testing"
	"time"

	"dondoc/internal/account"
	"dondoc/internal/clock"
	"dondoc/internal/fault"
	"dondoc/internal/feed"
	"dondoc/internal/notice"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

func (s *staff) leave(email, to string, leave bool) (account.Left, error) {
	s.t.Helper()
	in := account.LeaveInput{UserID: s.user(email), LeaveToAgency: leave}
	if to != "" {
		in.ToUser, in.Reason = s.user(to), "Chuyển công tác"
	}
	return s.accounts.Deactivate(s.t.Context(), s.admin, in)
}

func TestWhoeverLeavesHandsOnWhatTheyHave(t *testing.T) {
	s := newStaff(t)
	s.clock.set(t, "2026-02-02 09:00")
	if err := s.accounts.SetPassword(t.Context(), twoD1, password); err != nil {
		t.Fatal(err)
	}
	token, _, err := s.accounts.SignIn(t.Context(), twoD1, password)
	if err != nil {
		t.Fatal(err)
	}
	created, err := s.accounts.CreateFeed(t.Context(), s.who(twoD1), feed.Wanted{Scope: feed.Person})
	if err != nil {
		t.Fatal(err)
	}
	program, err := s.accounts.CreateToken(t.Context(), s.who(twoD1), account.NewTokenInput{
		Name: "Phần mềm văn bản", Scopes: []policy.Scope{policy.TasksRead}, ExpiresAt: clock.SystemWall().Add(90 * 24 * time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	feedToken, _ := feed.TokenIn(path.Base(created.Address))
	if _, err := s.accounts.ReadFeed(t.Context(), feedToken); err != nil {
		t.Fatal(err)
	}
	if _, err := s.hand(s.who(headD1), "d1", twoD1, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := s.name(s.who(headD1), headD1, "head", twoD1, february(2), february(9)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.save(twoD1, 0, task.Content{Kind: task.Report, Narrative: "Đang viết"}); err != nil {
		t.Fatal(err)
	}
	work, err := s.accounts.OpenWork(t.Context(), s.admin, s.user(twoD1))
	if err != nil || len(work.Tasks) != 1 || len(work.Drafts) != 1 || len(work.Substitutions) != 1 || len(work.Requests) != 0 ||
		len(work.Posts) != 1 || work.Posts[0].Others != 1 || work.Tasks[0].DutyCode != "IV.15.h" {
		t.Fatalf("%+v, %v", work, err)
	}
	_, err = s.leave(twoD1, "", false)
	wantFault(t, "nobody named", err, fault.Invalid, "leave.open_work")
	_, err = s.leave(twoD1, "focal_point.d2@dondoc.example", false)
	wantFault(t, "somebody of another agency", err, fault.Invalid, "handover.not_colleague")
	_, err = s.leave(twoD1, twoD1, false)
	wantFault(t, "themselves", err, fault.Invalid, "leave.self")
	left, err := s.leave(twoD1, focalD1, false)
	if err != nil || left.Tasks != 1 || left.Substitutions != 1 {
		t.Fatalf("%+v, %v", left, err)
	}
	if running := s.hands(s.who(headD1), "d1").Running(); running == nil || running.UserName != focalD1 || running.Reason != "Chuyển công tác" {
		t.Errorf("in hand: %+v", running)
	}
	_, err = s.accounts.ActorOf(t.Context(), token)
	wantFault(t, "the session", err, fault.Unauthenticated, "session.none")
	s.want("its tokens", s.strings(`SELECT name FROM api_tokens WHERE user_id = $1 AND revoked_at IS NULL`, s.user(twoD1)))
	if _, err := s.accounts.ReadFeed(t.Context(), feedToken); !fault.Is(err, fault.NotFound) {
		t.Errorf("the calendar feed: %v", err)
	}
	if draft, err := s.store.FindDraft(t.Context(), s.who(focalD1), s.taskOf("d1")); err != nil || draft.Content.Narrative != "Đang viết" {
		t.Errorf("the draft stays with the task: %+v, %v", draft, err)
	}
	_, err = s.leave(twoD1, "", true)
	wantFault(t, "a second time", err, fault.Conflict, "user.inactive")

	// Opened again, the posts are back, and nothing else.
	person, err := s.accounts.Reactivate(t.Context(), s.admin, s.user(twoD1), left.Version)
	if err != nil || !person.Active {
		t.Fatalf("%+v, %v", person, err)
	}
	if back := s.who(twoD1); len(back.Posts) != 1 || back.Posts[0].Role != policy.FocalPoint {
		t.Errorf("%+v", back.Posts)
	}
	_, err = s.accounts.ActorOf(t.Context(), token)
	wantFault(t, "the old session", err, fault.Unauthenticated, "session.none")
	if _, err := s.accounts.ActorOfToken(t.Context(), program.Secret); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("the old token: %v", err)
	}
	if _, err := s.accounts.ReadFeed(t.Context(), feedToken); !fault.Is(err, fault.NotFound) {
		t.Errorf("the old calendar feed: %v", err)
	}
}

// Notices that wait when somebody leaves go to those who stay, and none is told twice.
func TestNoticesOfWhoLeftGoToWhoIsThere(t *testing.T) {
	s := newStaff(t)
	s.clock.set(t, "2026-02-03 09:00")
	if _, err := s.hand(s.who(headD1), "d1", twoD1, 0); err != nil {
		t.Fatal(err)
	}
	s.clock.set(t, "2026-02-04 08:00")
	s.run(s.round) // the reminder goes to the colleague alone
	left, err := s.leave(twoD1, "", true)
	if err != nil || left.Tasks != 1 || left.Notices == 0 {
		t.Fatalf("%+v, %v", left, err)
	}
	addressed := func(kind notice.Kind) []string {
		return s.strings(`SELECT COALESCE(u.email, g.code) FROM notifications n LEFT JOIN users u ON u.id = n.user_id LEFT JOIN agencies g ON g.id = n.mailbox_agency_id
			JOIN tasks t ON t.id = n.task_id JOIN agencies a ON a.id = t.agency_id WHERE a.code = 'd1' AND n.kind = $1 AND n.dropped_at IS NULL ORDER BY 1`, kind)
	}
	s.want("reminder", addressed(notice.Reminder), "d1", focalD1)
	s.want("handed over", addressed(notice.TaskHanded))
	mails := s.mails()
	for _, mail := range mails {
		if mail == twoD1 {
			t.Errorf("mail to who has left: %v", mails)
		}
	}
	// Then the last one leaves: the mailbox, and the supervisor of the reviewing agency.
	s.clock.set(t, "2026-02-05 08:00")
	s.run(s.round)
	if _, err := s.leave(focalD1, "", false); err != nil {
		t.Fatal(err)
	}
	s.want("due today, with the head left", addressed(notice.DueToday), "d1", headD1)
	if _, err := s.leave(headD1, "", false); err != nil {
		t.Fatal(err)
	}
	s.want("due today, with nobody left", addressed(notice.DueToday), "d1", watcherSo)
}

// mails hands over what is ready and returns the addresses.
func (s *staff) mails() []string {
	s.t.Helper()
	now, _ := s.clock.Now(s.t.Context())
	if _, err := s.store.ComposeMessages(s.t.Context(), now, "dondoc.example"); err != nil {
		s.t.Fatal(err)
	}
	return s.sendLeased(s.leased(), now)
}

func (s *staff) leased() []notice.Lease {
	s.t.Helper()
	leases, err := s.store.LeaseMessages(s.t.Context(), 50, time.Minute)
	if err != nil {
		s.t.Fatal(err)
	}
	return leases
}

func (s *staff) sendLeased(leases []notice.Lease, now time.Time) []string {
	s.t.Helper()
	sent := []string{}
	for _, lease := range leases {
		h, called, err := s.store.CheckMessage(s.t.Context(), lease, now)
		if err != nil {
			s.t.Fatal(err)
		}
		if !called {
			continue
		}
		sent = append(sent, h.Address)
		if err := s.store.MarkHandedOver(s.t.Context(), []notice.HandedOver{{Lease: lease, At: now}}); err != nil {
			s.t.Fatal(err)
		}
	}
	slices.Sort(sent)
	return sent
}

// Somebody leaves, or loses the post, between the writing of the messages and
// their hand-over: the message stays, and its notices reach a colleague once.
func TestAnAccountClosedWhileMailIsInFlight(t *testing.T) {
	for _, c := range []struct {
		name string
		gone func(s *staff)
	}{
		{"closed", func(s *staff) {
			if _, err := s.leave(twoD1, "", true); err != nil {
				s.t.Fatal(err)
			}
		}},
		{"without the post", func(s *staff) {
			if _, err := s.accounts.EndPost(s.t.Context(), s.admin, account.EndInput{PostID: s.post(twoD1, "focal_point"), LastOn: february(3)}); err != nil {
				s.t.Fatal(err)
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStaff(t)
			s.clock.set(t, "2026-02-03 09:00")
			s.mails()
			if _, err := s.hand(s.who(headD1), "d1", twoD1, 0); err != nil {
				t.Fatal(err)
			}
			s.clock.set(t, "2026-02-04 08:00")
			s.run(s.round)
			now, _ := s.clock.Now(t.Context())
			if _, err := s.store.ComposeMessages(t.Context(), now, "dondoc.example"); err != nil {
				t.Fatal(err)
			}
			flying := s.leased()
			c.gone(s)
			told := map[string]int{}
			for _, address := range append(s.sendLeased(flying, now), s.mails()...) {
				told[address]++
			}
			if told[twoD1] != 0 || told[focalD1] != 1 || told["d1@dondoc.example"] != 1 {
				t.Errorf("mail went to %v", told)
			}
			s.want("nothing waits", s.strings(`SELECT id::text FROM notifications WHERE message_id IS NULL AND dropped_at IS NULL AND deliver_at <= $1`, now))
		})
	}
}

// Accounts are closed while senders are at work: nobody fails, and of what was
// due the mailbox and whoever stays have one copy each.
func TestClosingAccountsWhileMailGoesOut(t *testing.T) {
	s := newStaff(t)
	s.clock.set(t, "2026-02-04 08:00")
	leavers := []string{twoD1, focalD1}
	for i := range 6 {
		email := fmt.Sprintf("p%d.d1@dondoc.example", i)
		s.colleague(email, "focal_point", "d1")
		leavers = append(leavers, email)
	}
	s.run(s.round)
	now, _ := s.clock.Now(t.Context())
	var group sync.WaitGroup
	stop := make(chan struct{})
	var mu sync.Mutex
	told := map[string]int{}
	send := func() error {
		if _, err := s.store.ComposeMessages(t.Context(), now, "dondoc.example"); err != nil {
			return err
		}
		leases, err := s.store.LeaseMessages(t.Context(), 3, time.Minute)
		if err != nil {
			return err
		}
		for _, lease := range leases {
			h, called, err := s.store.CheckMessage(t.Context(), lease, now)
			if err != nil {
				return err
			}
			if !called {
				continue
			}
			mu.Lock()
			for _, one := range h.Items {
				if one.AgencyName == "UBND huyện Một" && one.Kind == notice.Reminder {
					told[h.Address]++
				}
			}
			mu.Unlock()
			if err := s.store.MarkHandedOver(t.Context(), []notice.HandedOver{{Lease: lease, At: now}}); err != nil {
				return err
			}
		}
		return nil
	}
	for range 3 {
		group.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if err := send(); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	var closing sync.WaitGroup
	for _, email := range leavers {
		closing.Go(func() {
			if _, err := s.leave(email, "", false); err != nil {
				t.Errorf("%s: %v", email, err)
			}
		})
	}
	closing.Wait()
	close(stop)
	group.Wait()
	for range 5 {
		if err := send(); err != nil {
			t.Fatal(err)
		}
	}
	if told["d1@dondoc.example"] != 1 || told[headD1] > 1 {
		t.Errorf("told %v", told)
	}
	for address, n := range told {
		if n > 1 {
			t.Errorf("%s was told %d times", address, n)
		}
	}
	s.want("nothing waits", s.strings(`SELECT id::text FROM notifications WHERE message_id IS NULL AND dropped_at IS NULL AND deliver_at <= $1`, now))
	s.want("no message to who has left", s.strings(`SELECT address FROM messages x JOIN users u ON u.id = x.user_id WHERE NOT u.active AND x.state = 'pending'`))
}

func TestWhoMayCloseWhichAccount(t *testing.T) {
	s := newStaff(t)
	s.clock.set(t, "2026-02-02 09:00")
	_, err := s.accounts.Deactivate(t.Context(), s.who(headD1), account.LeaveInput{UserID: s.user(twoD1)})
	wantFault(t, "a head", err, fault.Forbidden, "people.not_administrator")
	_, err = s.leave(adminAt, "", false)
	wantFault(t, "oneself", err, fault.Conflict, "person.self")
	second := s.colleague("hai.quan.tri@dondoc.example", "administrator", "tinh")
	below := s.colleague("quan.tri.d1@dondoc.example", "administrator", "d1")
	s.exec(`UPDATE users SET password_hash = 'x' WHERE id = $1`, below)
	local := s.who("quan.tri.d1@dondoc.example")
	_, err = s.accounts.Deactivate(t.Context(), local, account.LeaveInput{UserID: s.user("focal_point.d2@dondoc.example")})
	wantFault(t, "somebody of another agency", err, fault.NotFound, "not_found")
	s.exec(`INSERT INTO memberships (user_id, agency_id, role, valid_from_on) VALUES ($1, $2, 'supervisor', '2026-01-01')`, s.user(twoD1), s.agency("so"))
	_, err = s.accounts.Deactivate(t.Context(), local, account.LeaveInput{UserID: s.user(twoD1)})
	wantFault(t, "who also works elsewhere", err, fault.Conflict, "person.elsewhere")
	// The last administrator stays: the others have not set a password, or are gone.
	if _, err := s.accounts.Deactivate(t.Context(), s.admin, account.LeaveInput{UserID: below}); err != nil {
		t.Fatal(err)
	}
	_, err = s.accounts.Deactivate(t.Context(), s.who("hai.quan.tri@dondoc.example"), account.LeaveInput{UserID: s.user(adminAt)})
	wantFault(t, "the last administrator's account", err, fault.Conflict, "person.last_administrator")
	_, err = s.accounts.EndPost(t.Context(), s.who("hai.quan.tri@dondoc.example"), account.EndInput{PostID: s.post(adminAt, "administrator"), LastOn: february(2)})
	wantFault(t, "the last administrator's post", err, fault.Conflict, "person.last_administrator")
	s.exec(`UPDATE users SET password_hash = 'x' WHERE id = $1`, second)

	// Two who remove each other at the same moment: one stays.
	var group sync.WaitGroup
	results := make([]error, 2)
	first, other := s.who(adminAt), s.who("hai.quan.tri@dondoc.example")
	group.Go(func() {
		_, results[0] = s.accounts.Deactivate(t.Context(), first, account.LeaveInput{UserID: second})
	})
	group.Go(func() {
		_, results[1] = s.accounts.EndPost(t.Context(), other, account.EndInput{PostID: s.post(adminAt, "administrator"), LastOn: february(2)})
	})
	group.Wait()
	if (results[0] == nil) == (results[1] == nil) {
		t.Errorf("both or neither: %v", results)
	}
}
