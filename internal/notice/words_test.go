package notice_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/notice"
)

var (
	words = notice.Words{BaseURL: "https://dondoc.example"}
	zone  = time.FixedZone("ICT", 7*3600)
	// Monday 23 March 2026, 08:00 in Viet Nam.
	morning = time.Date(2026, 3, 23, 8, 0, 0, 0, zone)
)

func item(id int64, kind notice.Kind, change ...func(*notice.Item)) notice.Item {
	i := notice.Item{
		NotificationID: id, Kind: kind, TaskID: id, AgencyName: "UBND huyện Tân Phú", PlanCode: "ke-hoach",
		DutyCode: "IV.15.h", DutyTitle: "Tên nhiệm vụ không được ra ngoài", PeriodKey: "2026-Q1",
		DueAt: time.Date(2026, 3, 19, 0, 0, 0, 0, zone), TimeZone: "Asia/Ho_Chi_Minh",
	}
	for _, c := range change {
		c(&i)
	}
	return i
}

func requested(i *notice.Item) { i.Requested = true }

func write(t *testing.T, language string, items ...notice.Item) notice.Mail {
	t.Helper()
	m, err := words.Write(notice.Handover{Language: language, Recipient: "Đầu mối UBND huyện Tân Phú", Items: items}, morning)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func wantIn(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			t.Errorf("%q is missing in:\n%s", p, text)
		}
	}
}

func TestSubjectNamesWhatMattersMost(t *testing.T) {
	today := func(i *notice.Item) { i.DueAt = time.Date(2026, 3, 24, 0, 0, 0, 0, zone) }
	for _, c := range []struct {
		name, vi, en string
		items        []notice.Item
	}{
		{"overdue before due today", "[Đôn Đốc] 3 việc quá hạn, 2 việc đến hạn hôm nay", "[Đôn Đốc] 3 tasks overdue, 2 tasks due today", []notice.Item{
			item(1, notice.DueToday, today), item(2, notice.Overdue), item(3, notice.Overdue), item(4, notice.DueToday, today), item(5, notice.Overdue),
		}},
		{"one", "[Đôn Đốc] 1 việc mới", "[Đôn Đốc] 1 new task", []notice.Item{item(1, notice.Opening, today)}},
		{"a request is no order", "[Đôn Đốc] 1 nội dung đã qua thời gian đề nghị", "[Đôn Đốc] 1 requested result outstanding", []notice.Item{item(1, notice.Overdue, requested)}},
		{"more than three kinds", "[Đôn Đốc] 1 báo cáo bị trả lại, 1 việc quá hạn, 1 việc đến hạn hôm nay và 2 mục khác",
			"[Đôn Đốc] 1 result returned, 1 task overdue, 1 task due today and 2 more", []notice.Item{
				item(1, notice.Returned), item(2, notice.Overdue), item(3, notice.DueToday), item(4, notice.Reminder), item(5, notice.Opening),
			}},
		{"two notices of one task are one", "[Đôn Đốc] 1 báo cáo chờ xác nhận", "[Đôn Đốc] 1 result to review", []notice.Item{
			item(1, notice.Submitted), item(2, notice.ReviewReminder, func(i *notice.Item) { i.TaskID = 1 }),
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := write(t, "vi", c.items...).Subject; got != c.vi {
				t.Errorf("vi: %s", got)
			}
			if got := write(t, "en", c.items...).Subject; got != c.en {
				t.Errorf("en: %s", got)
			}
		})
	}
}

func TestNoticeCarriesCodePeriodDueTimeAndLinkOnly(t *testing.T) {
	m := write(t, "vi", item(12, notice.Overdue))
	for _, text := range []string{m.Text, m.HTML} {
		wantIn(t, text, "IV.15.h", "Quý I/2026", "UBND huyện Tân Phú", "hết ngày 18/03/2026", "quá hạn 5 ngày", "https://dondoc.example/viec/12")
		if strings.Contains(text, "Tên nhiệm vụ") {
			t.Errorf("a duty's title left the system:\n%s", text)
		}
	}
	wantIn(t, m.Text, "Kính gửi: Đầu mối UBND huyện Tân Phú")
	if strings.Contains(m.Text, "ke-hoach") {
		t.Error("the plan's code is said although there is one plan only")
	}
	two := write(t, "vi", item(1, notice.Overdue), item(2, notice.Overdue, func(i *notice.Item) { i.PlanCode = "chi-thi" }))
	wantIn(t, two.Text, "IV.15.h (ke-hoach)", "IV.15.h (chi-thi)")
}

func TestDueWords(t *testing.T) {
	at := func(due time.Time) func(*notice.Item) { return func(i *notice.Item) { i.DueAt = due } }
	for _, c := range []struct {
		name string
		due  time.Time
		want string
		late string
	}{
		{"midnight ends the day before", time.Date(2026, 3, 23, 0, 0, 0, 0, zone), "hết ngày 22/03/2026", "quá hạn 1 ngày"},
		{"an hour", time.Date(2026, 3, 20, 17, 0, 0, 0, zone), "17:00 ngày 20/03/2026", "quá hạn 3 ngày"},
		{"an hour of today is late by no day", time.Date(2026, 3, 23, 7, 30, 0, 0, zone), "07:30 ngày 23/03/2026", ""},
		{"still in time", time.Date(2026, 3, 24, 0, 0, 0, 0, zone), "hết ngày 23/03/2026", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := write(t, "vi", item(1, notice.Overdue, at(c.due))).Text
			wantIn(t, text, "Hạn gửi: "+strings.TrimSuffix(c.want+", "+c.late, ", "))
			if c.late == "" && strings.Contains(text, "quá hạn 0") {
				t.Error(text)
			}
		})
	}
}

func TestRequestsAreWordedAsRequests(t *testing.T) {
	for _, kind := range []notice.Kind{notice.Returned, notice.Overdue, notice.DueToday, notice.Reminder, notice.Opening} {
		text := write(t, "vi", item(1, kind, requested)).Text
		wantIn(t, text, "Kính đề nghị quý cơ quan", "Thời gian đề nghị")
		for _, hard := range []string{"quá hạn", "Hạn gửi", "cần gửi ngay"} {
			if strings.Contains(text, hard) {
				t.Errorf("%s: %q in a request:\n%s", kind, hard, text)
			}
		}
	}
}

func TestNoticesAboutRequestsLeadToTheRequest(t *testing.T) {
	of := func(request int64) func(*notice.Item) {
		return func(i *notice.Item) { i.TaskID, i.RequestID = 7, request }
	}
	// Two requests about one task are two rows; what was told twice of one is one.
	m := write(t, "vi", item(1, notice.RequestAsked, of(30)), item(2, notice.RequestAsked, of(31)), item(3, notice.RequestAsked, of(31)))
	wantIn(t, m.Text, "https://dondoc.example/de-nghi/30", "https://dondoc.example/de-nghi/31")
	if n := strings.Count(m.Text, "/de-nghi/"); n != 2 || strings.Contains(m.Text, "/viec/") {
		t.Errorf("%d rows:\n%s", n, m.Text)
	}
	// A waiver's end is about the task.
	wantIn(t, write(t, "vi", item(1, notice.OwedAgain, of(30))).Text, "https://dondoc.example/viec/7")
}

func TestLongListsAreCut(t *testing.T) {
	var items []notice.Item
	for i := range 35 {
		items = append(items, item(int64(i+1), notice.Overdue))
	}
	m := write(t, "vi", items...)
	if n := strings.Count(m.Text, "/viec/"); n != 20 {
		t.Errorf("%d listed", n)
	}
	wantIn(t, m.Text, "… và 15 việc khác; xem tất cả: https://dondoc.example/viec")
	wantIn(t, m.Subject, "35 việc quá hạn")
}

// No kind may fall through the sections unsaid, and nothing Vietnamese may
// stand in an English mail besides names.
func TestEveryKindIsSaidInBothLanguages(t *testing.T) {
	vietnamese := regexp.MustCompile(`[ăâđêôơưĂÂĐÊÔƠƯáàảãạấầẩẫậắằẳẵặéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ]`)
	names := strings.NewReplacer("Đôn Đốc", "", "UBND huyện Tân Phú", "", "Đầu mối", "")
	for _, kind := range []notice.Kind{
		notice.Opening, notice.Reminder, notice.DueToday, notice.Overdue, notice.UrgingDraft, notice.Escalation,
		notice.ReviewReminder, notice.ReviewOverdue, notice.Submitted, notice.Receipt, notice.Returned, notice.Accepted, notice.DueMoved,
		notice.Contested, notice.ContestUpheld, notice.ContestOverturned, notice.Reopened, notice.Urging, notice.PromiseDue,
		notice.RequestAsked, notice.RequestOpinion, notice.RequestReminder, notice.RequestOverdue, notice.RequestDecided, notice.RequestLapsed,
		notice.RequestUndecided, notice.Waived, notice.OwedAgain,
		notice.Prepared, notice.GivenBack, notice.Recorded, notice.TaskHanded, notice.Inherited,
		notice.ToForward, notice.ForwardReminder, notice.ForwardOverdue, notice.CorrectionSent, notice.CorrectionReminder, notice.CorrectionOverdue,
		notice.CorrectionAccepted, notice.CorrectionRefused, notice.Corrected,
		notice.Commented, notice.ConsolidationStale, notice.ConsolidationComplete, notice.ConsolidationCutOff,
	} {
		for _, asked := range []bool{false, true} {
			i := item(7, kind)
			i.Requested = asked
			vi, en := write(t, "vi", i), write(t, "en", i)
			wantIn(t, vi.Text, "/viec/7")
			for _, text := range []string{en.Subject, en.Text, en.HTML} {
				if found := vietnamese.FindString(names.Replace(text)); found != "" {
					t.Errorf("%s (requested %t): %q in English:\n%s", kind, asked, found, text)
				}
			}
			if vi.Subject == en.Subject {
				t.Errorf("%s: one subject for both languages: %s", kind, vi.Subject)
			}
		}
	}
}

func TestDigestSummary(t *testing.T) {
	h := notice.Handover{Language: "vi", Recipient: "Người theo dõi", Summary: &notice.Summary{
		On: calendar.NewDate(2026, 3, 23), Open: 5, DueInWeek: 2, Overdue: 1, Waiting: 3,
	}}
	m, err := words.Write(h, morning)
	if err != nil {
		t.Fatal(err)
	}
	if m.Subject != "[Đôn Đốc] tổng hợp tuần" {
		t.Error(m.Subject)
	}
	wantIn(t, m.Text, "Tổng hợp tuần, ngày 23/03/2026", "Việc đang mở: 5", "Đến hạn trong 7 ngày tới: 2", "Quá hạn: 1", "Báo cáo chờ xác nhận: 3")
	h.Language = "en"
	if m, err = words.Write(h, morning); err != nil {
		t.Fatal(err)
	}
	wantIn(t, m.HTML, "Weekly digest, 23/03/2026", "Results waiting for your decision")
}

func TestHTMLIsInertAndEscaped(t *testing.T) {
	m := write(t, "vi", item(1, notice.Overdue, func(i *notice.Item) { i.AgencyName = `<script>alert(1)</script>` }))
	if strings.Contains(m.HTML, "<script") {
		t.Error("a name became markup")
	}
	for _, remote := range []string{"<img", "src=", "url(", "<link", "@import"} {
		if strings.Contains(m.HTML, remote) {
			t.Errorf("the mail loads something: %s", remote)
		}
	}
}

func TestAnEmptyMessageIsAnError(t *testing.T) {
	if m, err := words.Write(notice.Handover{Language: "vi", Recipient: "Đầu mối"}, morning); err == nil {
		t.Errorf("written: %+v", m)
	}
}

func TestAccountMail(t *testing.T) {
	const link = "https://dondoc.example/lien-ket/abc"
	for _, c := range []struct {
		kind             notice.AccountKind
		language, expiry string
	}{
		{notice.Invitation, "vi", "7 ngày"}, {notice.Invitation, "en", "7 days"},
		{notice.Reset, "vi", "30 phút"}, {notice.Reset, "en", "30 minutes"},
	} {
		t.Run(fmt.Sprint(c.kind, c.language), func(t *testing.T) {
			m, err := words.Account(c.kind, c.language, "Đầu mối Sở", link)
			if err != nil {
				t.Fatal(err)
			}
			for _, text := range []string{m.Text, m.HTML} {
				wantIn(t, text, link, c.expiry, "Đầu mối Sở")
			}
		})
	}
}
