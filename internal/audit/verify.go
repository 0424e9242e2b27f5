package audit

import (
	"bufio"
	"crypto/hmac"
	"errors"
	"io"
	"slices"
)

// maxNamed bounds how many findings of one sort a report names, maxSuspects
// how many rows are kept to find out whether they only changed places, and
// recentRows how many MACs are kept for heads that were logged out of order.
const (
	maxNamed    = 1000
	maxSuspects = 32
	recentRows  = 1 << 14
)

// Verifier holds rows against the chain as they stream by, in bounded memory.
type Verifier struct {
	key    []byte
	heads  headReader
	head   Head // the next head of the log; Number 0 at its end
	begun  bool
	beyond int64 // the highest number that the log knows

	last Sealed // the last row seen
	// before holds what may stand before the next row: the last row's MAC as
	// it is stored and as it should be; empty after a gap.
	before   [][]byte
	suspects []suspect
	recent   []recentMAC
	report   Report
}

type suspect struct {
	Sealed
	before [][]byte
}

type recentMAC struct {
	number int64
	mac    []byte
}

// NewVerifier verifies with the sealing key against a log of heads.
func NewVerifier(key []byte, heads io.Reader) *Verifier {
	return &Verifier{
		key: key, heads: headReader{lines: bufio.NewReader(heads)}, before: [][]byte{Genesis()},
		recent: make([]recentMAC, recentRows),
	}
}

// Add takes the next row, in ascending order of numbers. Its error is one of
// reading the heads log, never a finding.
func (v *Verifier) Add(r Sealed) error {
	v.report.Rows++
	if r.Number <= v.last.Number {
		v.name(&v.report.Altered, r.Number) // two rows bear one number
		return nil
	}
	if r.Number > v.last.Number+1 {
		v.report.removed(Range{v.last.Number + 1, r.Number - 1})
		v.before = nil
	}
	if err := v.compareHeads(r); err != nil {
		return err
	}
	v.recent[r.Number%recentRows] = recentMAC{r.Number, r.MAC}
	whole := false
	var should []byte // the MAC as it would follow from what should stand before
	for _, before := range v.before {
		should = Seal(v.key, before, r.Row, r.Number)
		if whole = hmac.Equal(should, r.MAC); whole {
			break
		}
	}
	after := [][]byte{r.MAC}
	if !whole {
		v.suspect(r)
		if should != nil {
			after = append(after, should)
		}
	}
	v.last, v.before = r, after
	return nil
}

func (v *Verifier) suspect(r Sealed) {
	if len(v.suspects) < maxSuspects {
		v.suspects = append(v.suspects, suspect{r, v.before})
		return
	}
	v.judge(suspect{r, v.before})
}

// judge names a row that does not verify anywhere.
func (v *Verifier) judge(s suspect) {
	if len(s.before) == 0 {
		v.name(&v.report.Unproven, s.Number)
		return
	}
	v.name(&v.report.Altered, s.Number)
}

// compareHeads holds the log's heads up to this row against the rows.
func (v *Verifier) compareHeads(r Sealed) error {
	if !v.begun {
		v.begun = true
		if err := v.nextHead(); err != nil {
			return err
		}
	}
	for v.head.Number != 0 && v.head.Number <= r.Number {
		switch h := v.head; {
		case h.Number == r.Number:
			if !hmac.Equal(h.MAC, r.MAC) {
				v.name(&v.report.Rewritten, h.Number)
			}
		case h.Number <= v.last.Number:
			v.lateHead(h)
		case h.Number == r.Number-1:
			v.before = append(v.before, h.MAC) // of a removed row: its successor can be proven
		}
		if err := v.nextHead(); err != nil {
			return err
		}
	}
	return nil
}

// lateHead is one that was logged after a higher one.
func (v *Verifier) lateHead(h Head) {
	switch kept := v.recent[h.Number%recentRows]; {
	case kept.number != h.Number:
		v.report.UncheckedHeads++
	case !hmac.Equal(kept.mac, h.MAC):
		v.name(&v.report.Rewritten, h.Number)
	}
}

func (v *Verifier) nextHead() error {
	head, err := v.heads.next()
	if errors.Is(err, io.EOF) {
		v.head = Head{}
		return nil
	}
	v.head = head
	v.beyond = max(v.beyond, head.Number)
	return err
}

// Finish reads the rest of the log and judges. latest is asked afterwards for
// the highest number in the database at that moment: rows sealed while the
// others streamed by are no cut tail.
func (v *Verifier) Finish(latest func() (int64, error)) (Report, error) {
	if !v.begun {
		v.begun = true
		if err := v.nextHead(); err != nil {
			return Report{}, err
		}
	}
	for v.head.Number != 0 {
		if v.head.Number <= v.last.Number {
			v.lateHead(v.head)
		}
		if err := v.nextHead(); err != nil {
			return Report{}, err
		}
	}
	v.report.UnreadableHeads = v.heads.unreadable
	v.report.LoggedHead, v.report.Last = v.beyond, v.last.Number
	highest, err := latest()
	if err != nil {
		return Report{}, err
	}
	if highest = max(highest, v.last.Number); v.beyond > highest {
		v.report.CutTail = &Range{highest + 1, v.beyond}
	}
	v.findMoved()
	slices.Sort(v.report.Altered)
	v.report.Altered = slices.Compact(v.report.Altered)
	return v.report, nil
}

// findMoved tells rows that changed places from rows that were altered: a
// moved row still verifies at its old number.
func (v *Verifier) findMoved() {
	for _, s := range v.suspects {
		belongs, found := v.placeOf(s)
		switch {
		case !found:
			v.judge(s)
		case belongs != s.Number:
			if len(v.report.Moved) == maxNamed {
				v.report.More++
				continue
			}
			v.report.Moved = append(v.report.Moved, Move{ID: s.ID, Found: s.Number, Belongs: belongs})
		}
	}
}

// placeOf finds the number at which a suspect row verifies, whether its MAC
// travelled with it or stayed. Its own number means that only its neighbours changed.
func (v *Verifier) placeOf(s suspect) (int64, bool) {
	// At its own number first: there the row needs no other explanation.
	for _, there := range append([]suspect{s}, v.suspects...) {
		candidates := there.before
		for _, other := range v.suspects {
			candidates = append(candidates[:len(candidates):len(candidates)], other.MAC)
		}
		for _, before := range candidates {
			computed := Seal(v.key, before, s.Row, there.Number)
			if hmac.Equal(computed, s.MAC) || hmac.Equal(computed, there.MAC) {
				return there.Number, true
			}
		}
	}
	return 0, false
}

func (v *Verifier) name(list *[]int64, number int64) {
	if len(*list) == maxNamed {
		v.report.More++
		return
	}
	*list = append(*list, number)
}
