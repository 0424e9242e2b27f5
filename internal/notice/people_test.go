package notice_test

import (
	"slices"
	"strings"
	"testing"

	"dondoc/internal/notice"
)

// Of two posts granted on one day both are told, by role and agency; no person is named.
func TestNoticesAboutPosts(t *testing.T) {
	granted := func(id int64, role, agency string) notice.Item {
		return notice.Item{NotificationID: id, Kind: notice.RoleGranted, Role: role, AgencyName: agency}
	}
	items := []notice.Item{granted(1, "supervisor", "Sở Một"), granted(2, "auditor", "Sở Hai"), item(3, notice.TaskHanded)}
	m := write(t, "vi", items...)
	wantIn(t, m.Text, "- Người theo dõi, đôn đốc · Sở Một", "- Người kiểm tra · Sở Hai", "https://dondoc.example/thong-bao",
		"Việc được giao xử lý thay", "- IV.15.h · Quý I/2026 · UBND huyện Tân Phú", "https://dondoc.example/viec/3")
	if m.Subject != "[Đôn Đốc] 1 việc được giao xử lý, 2 vai trò được đọc báo cáo vừa được giao" {
		t.Errorf("subject %q", m.Subject)
	}
	wantIn(t, write(t, "en", items...).Text, "Supervisor · ", "Auditor · ", "Tasks handed over to you")
	one := write(t, "en", notice.Item{NotificationID: 4, Kind: notice.Substitute, Role: "head", AgencyName: "Sở Một"})
	wantIn(t, one.Text, "Substitution", "- Head · Sở Một", "https://dondoc.example/cai-dat")
	if strings.Contains(one.HTML, "ke-hoach") {
		t.Error("a post belongs to no plan")
	}
}

func TestAnAddressThatWasChangedIsToldWithoutAuthority(t *testing.T) {
	for _, language := range []string{"vi", "en"} {
		m, err := words.Account(notice.AddressChanged, language, "Đầu mối", "https://dondoc.example")
		if err != nil || strings.Contains(m.Text, "/lien-ket/") || !strings.Contains(m.Text, "https://dondoc.example") || m.Subject == "" {
			t.Errorf("%s: %+v, %v", language, m, err)
		}
	}
}

// Each group that can be turned off turns off its own kinds and no others.
func TestGroupsOfMail(t *testing.T) {
	seen := map[notice.Kind]notice.Group{}
	for _, group := range notice.Groups {
		kinds := notice.Muted([]string{string(group)})
		if len(kinds) == 0 {
			t.Errorf("%s turns nothing off", group)
		}
		for _, kind := range kinds {
			if other, twice := seen[kind]; twice {
				t.Errorf("%s is in %s and %s", kind, other, group)
			}
			seen[kind] = group
			if of, can := notice.GroupOf(kind); !can || of != group {
				t.Errorf("%s belongs to %q", kind, of)
			}
		}
	}
	all := []string{"nonsense"}
	for _, group := range notice.Groups {
		all = append(all, string(group))
	}
	muted := notice.Muted(all)
	for _, never := range []notice.Kind{notice.Returned, notice.GivenBack, notice.Urging, notice.Overdue, notice.UrgingDraft, notice.Escalation, notice.ReviewOverdue,
		notice.Reopened, notice.Contested, notice.RequestDecided, notice.RequestOverdue, notice.OwedAgain, notice.Prepared, notice.TaskHanded, notice.RoleGranted} {
		if slices.Contains(muted, never) {
			t.Errorf("%s can be turned off", never)
		}
	}
	if len(notice.Muted(nil)) != 0 {
		t.Error("nothing chosen turns something off")
	}
}
