package postgres_test

import (
	"strconv"
	"strings"
	"sync"
	"testing"

	"dondoc/internal/fault"
	"dondoc/internal/idempotency"
	"dondoc/internal/notice"
	"dondoc/internal/policy"
	"dondoc/internal/privacy"
)

const adminEmail = "quan.tri@dondoc.example"

// words are the words of a kind as the page shows them.
func (o *office) words(actor policy.Actor, kind notice.TemplateKind, language string) notice.KeptTemplate {
	o.t.Helper()
	list, err := o.accounts.NoticeTemplates(o.t.Context(), actor)
	if err != nil {
		o.t.Fatal(err)
	}
	for _, k := range list.Templates {
		if k.Kind == kind && k.Language == language {
			return k
		}
	}
	o.t.Fatalf("no words of %s in %s", kind, language)
	return notice.KeptTemplate{}
}

func TestWordsOfANoticeAreChangedAndRestored(t *testing.T) {
	o := newOffice(t)
	admin := o.as(adminEmail)
	was := o.words(admin, "overdue", "vi")
	if was.Own || was.Version != 0 || was.Subject != "{count} việc quá hạn" || was.ChangedAt != nil {
		t.Fatalf("%+v", was)
	}
	in := was.Template
	in.Subject, in.Closing = "{count} việc trễ hạn ", "Liên hệ cơ quan thường trực.\r\n"
	kept, err := o.accounts.SetNoticeTemplate(t.Context(), admin, in)
	if err != nil || !kept.Own || kept.Version != 1 || kept.Subject != "{count} việc trễ hạn" || kept.Closing != "Liên hệ cơ quan thường trực." || kept.ChangedBy != "Quản trị tỉnh" || kept.ChangedAt == nil {
		t.Fatalf("%+v, %v", kept, err)
	}
	if now := o.words(admin, "overdue", "vi"); now.Template != kept.Template || !now.Own {
		t.Errorf("%+v", now)
	}
	if other := o.words(admin, "overdue", "en"); other.Own || other.Version != 0 {
		t.Errorf("the other language: %+v", other)
	}
	// Over what somebody else has changed meanwhile nothing is saved.
	_, err = o.accounts.SetNoticeTemplate(t.Context(), admin, in)
	wantFault(t, "the first version", err, fault.Conflict, "template.changed")
	_, err = o.accounts.RestoreNoticeTemplate(t.Context(), admin, "overdue", "vi", 7)
	wantFault(t, "a version that never was", err, fault.Conflict, "template.changed")
	own, err := o.accounts.OwnWords(t.Context())
	if err != nil || len(own) != 1 {
		t.Errorf("%v, %v", own, err)
	}
	back, err := o.accounts.RestoreNoticeTemplate(t.Context(), admin, "overdue", "vi", 1)
	if err != nil || back.Own || back.Subject != was.Subject || back.Closing != "" || back.Version != 2 {
		t.Errorf("restored: %+v, %v", back, err)
	}
	if own, err = o.accounts.OwnWords(t.Context()); err != nil || len(own) != 0 {
		t.Errorf("after restoring: %v, %v", own, err)
	}
	// Words that were read before they were changed and restored are no longer current.
	in.Version = 1
	_, err = o.accounts.SetNoticeTemplate(t.Context(), admin, in)
	wantFault(t, "changed and restored meanwhile", err, fault.Conflict, "template.changed")
	in.Version = 2
	if kept, err = o.accounts.SetNoticeTemplate(t.Context(), admin, in); err != nil || kept.Version != 3 {
		t.Errorf("%+v, %v", kept, err)
	}
	var trail []string
	if err := o.db.SelectContext(t.Context(), &trail, `SELECT action || ' ' || (after ->> 'kind') || ' ' || (after ->> 'language') || ' ' || (after ? 'text_sha256')::text || ' ' || actor_id
		FROM audit WHERE entity = 'notice_template' ORDER BY id`); err != nil {
		t.Fatal(err)
	}
	by := " " + strconv.FormatInt(admin.UserID, 10)
	if got := strings.Join(trail, "; "); got != "notice_template.changed overdue vi true"+by+"; notice_template.restored overdue vi false"+by+"; notice_template.changed overdue vi true"+by {
		t.Errorf("trail: %s", got)
	}
	if n := o.count(`SELECT count(*) FROM audit WHERE entity = 'notice_template' AND after::text LIKE '%trễ hạn%'`); n != 0 {
		t.Error("the trail, which is never redacted, holds what was typed")
	}
}

func TestOnlyTheTopmostAdministratorsChangeWords(t *testing.T) {
	o := newOffice(t)
	o.load(policy.Actor{}, "quan.tri.huyen@dondoc.example,Quản trị huyện,H1,administrator,,\n")
	in := notice.Template{Kind: "overdue", Language: "vi", Subject: "{count} việc", Lead: "Gửi ngay"}
	for email, sees := range map[string]bool{"quan.tri.huyen@dondoc.example": true, "thu.truong@dondoc.example": false, "dau.moi@dondoc.example": false} {
		actor := o.as(email)
		list, err := o.accounts.NoticeTemplates(t.Context(), actor)
		if sees && (err != nil || list.MayChange || len(list.Templates) < 120) || !sees && !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s: %v, may change %t", email, err, list.MayChange)
		}
		if _, err := o.accounts.PreviewNoticeTemplate(t.Context(), actor, in); sees && err != nil || !sees && !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s previews: %v", email, err)
		}
		_, err = o.accounts.SetNoticeTemplate(t.Context(), actor, in)
		wantFault(t, email+" sets", err, fault.Forbidden, "template.forbidden")
		_, err = o.accounts.RestoreNoticeTemplate(t.Context(), actor, "overdue", "vi", 0)
		wantFault(t, email+" restores", err, fault.Forbidden, "template.forbidden")
	}
	if n := o.count(`SELECT count(*) FROM notice_templates`); n != 0 {
		t.Errorf("%d rows", n)
	}
	if list, err := o.accounts.NoticeTemplates(t.Context(), o.as(adminEmail)); err != nil || !list.MayChange {
		t.Errorf("the topmost: %v", err)
	}
}

func TestWordsAreCheckedBeforeTheyAreKept(t *testing.T) {
	o := newOffice(t)
	admin := o.as(adminEmail)
	in := notice.Template{Kind: "overdue", Language: "vi", Subject: "{count} việc {nobody}", Lead: "Gửi ngay"}
	_, err := o.accounts.SetNoticeTemplate(t.Context(), admin, in)
	wantFault(t, "a placeholder", err, fault.Invalid, "template.invalid")
	in.Subject = "{count} việc"
	in.Closing = "Hỏi số 0912345678"
	_, err = o.accounts.SetNoticeTemplate(t.Context(), admin, in)
	wantFault(t, "a telephone number", err, fault.Invalid, "privacy.unconfirmed")
	if kept, err := o.accounts.SetNoticeTemplate(privacy.Confirm(t.Context()), admin, in); err != nil || !kept.Own {
		t.Errorf("confirmed: %v", err)
	}
	in.Kind = "nonsense"
	_, err = o.accounts.SetNoticeTemplate(t.Context(), admin, in)
	wantFault(t, "an unknown kind", err, fault.NotFound, "template.unknown")
	for _, unknown := range [][2]string{{"nonsense", "vi"}, {"overdue", "fr"}} {
		_, err = o.accounts.RestoreNoticeTemplate(t.Context(), admin, notice.TemplateKind(unknown[0]), unknown[1], 0)
		wantFault(t, "restoring "+unknown[0], err, fault.NotFound, "not_found")
	}
	if n := o.count(`SELECT count(*) FROM notice_templates`); n != 1 {
		t.Errorf("%d rows", n)
	}
}

func TestOfTwoWhoChangeWordsAtOnceOneDoes(t *testing.T) {
	o := newOffice(t)
	admin := o.as(adminEmail)
	for version := range 3 {
		errs := make([]error, 6)
		var group sync.WaitGroup
		for i := range errs {
			group.Go(func() {
				in := notice.Template{Kind: "opening", Language: "en", Subject: "{count} tasks", Lead: "By " + strconv.Itoa(i), Version: version}
				_, errs[i] = o.accounts.SetNoticeTemplate(t.Context(), admin, in)
			})
		}
		group.Wait()
		won := 0
		for _, err := range errs {
			switch f := fault.Of(err); {
			case err == nil:
				won++
			case f == nil || f.Code != "template.changed":
				t.Errorf("%v", err)
			}
		}
		if won != 1 {
			t.Errorf("version %d: %d were kept", version, won)
		}
	}
	if n := o.count(`SELECT count(*) FROM audit WHERE entity = 'notice_template'`); n != 3 {
		t.Errorf("%d in the trail", n)
	}
}

func TestTheSameSaveTwiceIsOne(t *testing.T) {
	o := newOffice(t)
	admin := o.as(adminEmail)
	ctx := idempotency.With(t.Context(), idempotency.Key{Value: "mot-lan-luu", RequestHash: []byte("x")})
	in := notice.Template{Kind: "receipt", Language: "vi", Subject: "{count} báo cáo", Lead: "Đã nhận"}
	first, err := o.accounts.SetNoticeTemplate(ctx, admin, in)
	if err != nil {
		t.Fatal(err)
	}
	again, err := o.accounts.SetNoticeTemplate(ctx, admin, in)
	if err != nil || again.Version != first.Version || again.Template != first.Template {
		t.Errorf("%+v, %v", again, err)
	}
}

// A row that the rules of today refuse shows what is wrong with it, hurts nothing
// else and is mended by saving or restoring.
func TestBrokenWordsAreShownAndStopNothing(t *testing.T) {
	o := newOffice(t)
	admin := o.as(adminEmail)
	o.exec(`INSERT INTO notice_templates (kind, language, own, subject, subject_one, lead, closing, changed_at, changed_by)
		VALUES ('reset', 'vi', true, 'Mật khẩu', '', 'Chào {gone}', '', now(), $1), ('kind_of_old', 'vi', true, 'x', '', 'x', '', now(), $1)`, admin.UserID)
	shown := o.words(admin, "reset", "vi")
	if !shown.Own || shown.Broken == nil || len(shown.Broken.Details) != 2 || shown.Broken.Details[0].Field != "lead" || shown.Lead != "Chào {gone}" {
		t.Errorf("%+v", shown)
	}
	if err := o.accounts.RequestReset(t.Context(), "dau.moi@dondoc.example"); err != nil {
		t.Fatal(err)
	}
	if n := o.count(`SELECT count(*) FROM messages WHERE kind = 'account' AND subject = '[Đôn Đốc] Đặt lại mật khẩu' AND address = 'dau.moi@dondoc.example'`); n != 1 {
		t.Error("the standard words do not go")
	}
	if back, err := o.accounts.RestoreNoticeTemplate(t.Context(), admin, "reset", "vi", shown.Version); err != nil || back.Broken != nil || back.Own {
		t.Errorf("%+v, %v", back, err)
	}
}

func TestAccountMailBearsTheChangedWords(t *testing.T) {
	o := newOffice(t)
	in := notice.Template{Kind: "reset", Language: "vi", Subject: "Mật khẩu mới cho {recipient}", Lead: "Mở đường dẫn:", Closing: "Trong {validity}, một lần."}
	if _, err := o.accounts.SetNoticeTemplate(t.Context(), o.as(adminEmail), in); err != nil {
		t.Fatal(err)
	}
	if err := o.accounts.RequestReset(t.Context(), "dau.moi@dondoc.example"); err != nil {
		t.Fatal(err)
	}
	if n := o.count(`SELECT count(*) FROM messages WHERE subject = '[Đôn Đốc] Mật khẩu mới cho Đầu mối UBND huyện'
		AND body_text LIKE '%Trong 30 phút, một lần.%' AND body_html LIKE '%Trong 30 phút, một lần.%'`); n != 1 {
		t.Error("it does not")
	}
	if o.link("dau.moi@dondoc.example") == "" {
		t.Error("no link")
	}
}
