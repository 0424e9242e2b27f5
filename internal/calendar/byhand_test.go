package calendar

import "testing"

func TestKeysOfRoundsOpenedByHand(t *testing.T) {
	for _, c := range []struct {
		cadence     Cadence
		key, vi, en string
	}{
		{AdHoc, "adhoc-2026-11-25-1", "Đột xuất 25/11/2026, lần 1", "Ad hoc 25/11/2026, no. 1"},
		{Flash, "flash-2026-11-25-12", "Báo cáo nhanh 25/11/2026, lần 12", "Flash report 25/11/2026, no. 12"},
		{Event, "event-2026-11-25-2", "Theo sự việc 25/11/2026, lần 2", "Event 25/11/2026, no. 2"},
	} {
		n := map[Cadence]int{AdHoc: 1, Flash: 12, Event: 2}[c.cadence]
		if got := ByHandKey(c.cadence, NewDate(2026, 11, 25), n); got != c.key || !IsByHandKey(got) {
			t.Errorf("key %q, want %q", got, c.key)
		}
		if vi, en := LabelOf(c.key, "vi"), LabelOf(c.key, "en"); vi != c.vi || en != c.en {
			t.Errorf("%s: %q, %q", c.key, vi, en)
		}
	}
	for _, key := range []string{"once", "2026-M01", "adhoc-2026-11-25", "adhoc-2026-13-45-1", "adhoc-2026-11-25-0"} {
		if label := LabelOf(key, "vi"); key != "once" && key != "2026-M01" && label != key {
			t.Errorf("%s is shown as %q", key, label)
		}
	}
}
