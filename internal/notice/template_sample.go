package notice

import (
	"fmt"
	"slices"
	"time"

	"dondoc/internal/calendar"
)

// The sample's morning: Monday 23 March 2026, 08:00 in Viet Nam.
const sampleZone = "Asia/Ho_Chi_Minh"

func sampleMorning() time.Time { return time.Date(2026, 3, 23, 1, 0, 0, 0, time.UTC) }

// Preview writes the message that a recipient would get in these words, about things
// that are only examples. Faults are those of Clean.
func (w Words) Preview(t Template) (Mail, error) {
	t, err := t.Clean()
	if err != nil {
		return Mail{}, err
	}
	w.Own = Own{t.Key(): t}
	recipient := say(t.Language, "Đầu mối (ví dụ)", "Focal point (example)")
	if kind := AccountKind(t.Kind); accountMail[kind].subject[0] != "" {
		link := w.BaseURL
		if kind == Invitation || kind == Reset {
			link += say(t.Language, "/lien-ket/vi-du", "/lien-ket/example")
		}
		return w.Account(kind, t.Language, recipient, link)
	}
	h := Handover{MessageID: "sample", Language: t.Language, Recipient: recipient}
	if t.Kind == digestTemplate {
		h.Summary = &Summary{On: calendar.NewDate(2026, 3, 23), Open: 5, DueInWeek: 2, Overdue: 1, Waiting: 3}
	} else if h.Items, err = sampleItems(t); err != nil {
		return Mail{}, err
	}
	return w.Write(h, sampleMorning())
}

// sampleItems are two notices of a template's kind.
func sampleItems(t Template) ([]Item, error) {
	for _, p := range allParts {
		for _, requested := range []bool{false, true} {
			if p.template(requested) != t.Kind {
				continue
			}
			var items []Item
			for i, name := range []string{
				say(t.Language, "UBND xã (ví dụ 1)", "Commune (example 1)"),
				say(t.Language, "UBND xã (ví dụ 2)", "Commune (example 2)"),
			} {
				item := Item{
					NotificationID: int64(i + 1), Kind: p.kinds[0], TaskID: int64(i + 1), AgencyName: name,
					PlanCode: "ke-hoach", DutyCode: "IV.15.h",
					Requested: requested, PeriodKey: "2026-M02", DueAt: sampleDue(p, i), TimeZone: sampleZone,
				}
				if p.kinds[0] == RoleGranted || p.kinds[0] == Substitute {
					item = Item{
						NotificationID: item.NotificationID, Kind: item.Kind, AgencyName: name, Role: "head", TimeZone: sampleZone,
					}
				}
				items = append(items, item)
			}
			return items, nil
		}
	}
	return nil, fmt.Errorf("no sample of %q", t.Kind)
}

// sampleDue is late where the colour says so, today where the kind does.
func sampleDue(p part, i int) time.Time {
	midnight := sampleMorning().Add(-8 * time.Hour)
	switch {
	case p.kinds[0] == DueToday:
		return midnight.AddDate(0, 0, 1)
	case slices.Contains([]Kind{Overdue, UrgingDraft, Escalation, PromiseDue, RequestOverdue}, p.kinds[0]):
		return midnight.AddDate(0, 0, -2-i)
	default:
		return midnight.AddDate(0, 0, 4+i)
	}
}
