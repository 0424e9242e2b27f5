package postgres_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"dondoc/internal/notice"
	"dondoc/internal/request"
)

// handover is the one message that is ready for an address at the business
// instant of the clock, as it would be handed over; nil where nothing is left to say.
func (a *asks) handover(address string) *notice.Handover {
	a.t.Helper()
	now, _ := a.clock.Now(a.t.Context())
	if _, err := a.store.ComposeMessages(a.t.Context(), now, "dondoc.example"); err != nil {
		a.t.Fatal(err)
	}
	leases, err := a.store.LeaseMessages(a.t.Context(), 100, time.Minute)
	if err != nil {
		a.t.Fatal(err)
	}
	var found *notice.Handover
	for _, lease := range leases {
		h, ok, err := a.store.CheckMessage(a.t.Context(), lease, now)
		if err != nil {
			a.t.Fatal(err)
		}
		if ok && h.Address == address {
			if found != nil {
				a.t.Errorf("%s gets two messages", address)
			}
			found = &h
		}
	}
	if err := a.store.ReleaseMessages(a.t.Context(), leases); err != nil {
		a.t.Fatal(err)
	}
	return found
}

func TestMailAboutRequestsNamesThemAndNotTheirText(t *testing.T) {
	a := newAsks(t, nil)
	a.exec(`UPDATE notifications SET dropped_at = created_at`) // the opening is another test's
	extension := a.ask(a.focal, a.extension(12))
	waiver := request.AskInput{TaskID: a.taskOf("d2"), Kind: request.Waiver, Text: "Chờ số liệu"}
	a.ask(a.actor("focal_point.d2@dondoc.example"), waiver)
	if h := a.handover("plan_authority.tinh@dondoc.example"); h != nil {
		t.Errorf("told before the morning: %+v", h.Items)
	}
	a.clock.set(t, "2026-01-21 08:00")
	h := a.handover("plan_authority.tinh@dondoc.example")
	if h == nil || len(h.Items) != 2 {
		t.Fatalf("in the morning: %+v", h)
	}
	now, _ := a.clock.Now(t.Context())
	mail, err := notice.Words{BaseURL: "https://dondoc.example"}.Write(*h, now)
	if err != nil {
		t.Fatal(err)
	}
	for _, piece := range []string{"Đề nghị mới, chờ trả lời", "IV.15.h", "hết ngày 05/02/2026", "hết ngày 23/01/2026", fmt.Sprintf("https://dondoc.example/de-nghi/%d", extension.ID)} {
		if !strings.Contains(mail.Text, piece) {
			t.Errorf("the mail lacks %q:\n%s", piece, mail.Text)
		}
	}
	if strings.Contains(mail.Text+mail.HTML, "số liệu") {
		t.Errorf("the mail tells what was asked:\n%s", mail.Text)
	}

	// Decided before the hand-over: of that one nobody is told to decide any more.
	a.decide(a.authority, request.Act{ID: extension.ID, Grant: true})
	if h = a.handover("plan_authority.tinh@dondoc.example"); h == nil || len(h.Items) != 1 || h.Items[0].TaskID != waiver.TaskID {
		t.Errorf("after the decision: %+v", h)
	}
	if h = a.handover("focal_point.d1@dondoc.example"); h == nil || len(h.Items) != 1 || h.Items[0].Kind != notice.RequestDecided {
		t.Errorf("who asked: %+v", h)
	}
	page, err := a.store.ListNotices(t.Context(), a.authority, 10, "")
	if err != nil || page.Items[0].Kind != notice.RequestAsked || page.Items[0].DueAt.IsZero() {
		t.Errorf("inside the system: %+v, %v", page.Items, err)
	}
}
