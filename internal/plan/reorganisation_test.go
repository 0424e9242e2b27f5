package plan

import (
	"fmt"
	"strings"
	"testing"
)

const goodReorganisation = `format: 1
code: sap-xep
basis: Nghị quyết
effective_on: 2025-07-01
agencies:
  - {code: xm, name: UBND xã Mới, level: commune, parent: tinh}
changes:
  - {merge: [x1, x2], into: xm}
  - divide: x3
    into: [xm, x4]
    duties:
      - {plan: kh, duty: IV.15.h, successor: x4}
  - {dissolve: h1, posts: none}
  - {rename: so, name: Sở Mới}
  - {reclassify: x5, level: ward}
  - {move: [x5, x6], parent: tinh}
levels_removed: district
`

func TestAReorganisationFileIsUnderstood(t *testing.T) {
	x, problems := ReadReorganisation("a.yaml", []byte(goodReorganisation))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	var got []string
	for _, c := range x.Changes {
		got = append(got, fmt.Sprintf("%s %d→%d", c.Act, len(c.Agencies), len(c.Into)))
	}
	if s := strings.Join(got, ", "); s != "merge 2→1, divide 1→2, dissolve 1→0, rename 1→0, reclassify 1→0, move 2→0" {
		t.Error(s)
	}
	if d := x.Changes[1].Duties[0]; d.Plan.Code != "kh" || d.Duty.Code != "IV.15.h" || d.Successor.Code != "x4" || d.Successor.At.Line != 12 {
		t.Errorf("%+v", d)
	}
	if x.EffectiveOn.String() != "2025-07-01" || x.LevelsRemoved[0].Level != "district" || x.Changes[2].Posts.Code != "none" || !x.Changes[0].Ends("x1") {
		t.Errorf("%+v", x)
	}
}

func TestWhatAReorganisationFileMayNotSay(t *testing.T) {
	for _, c := range []struct{ name, from, to, want string }{
		{"nothing", goodReorganisation, " \n", "1:1 file.empty"},
		{"an unknown key", "basis:", "bassis:", "1:1 key.missing, 3:1 key.unknown"},
		{"no day", "effective_on: 2025-07-01\n", "", "1:1 key.missing"},
		{"a far day", "2025-07-01", "1825-07-01", "4:15 date.far"},
		{"two acts in one item", "{merge: [x1, x2], into: xm}", "{merge: x1, rename: x2, into: xm}", "8:25 change.two"},
		{"no act", "{merge: [x1, x2], into: xm}", "{into: xm}", "8:5 change.act"},
		{"a key of another act", "level: ward", "level: ward, into: xm", "15:41 change.key"},
		{"merging into nobody", "{merge: [x1, x2], into: xm}", "{merge: [x1, x2]}", "8:5 key.missing"},
		{"merging into two", "[x1, x2], into: xm", "[x1, x2], into: [xm, x4]", "8:29 change.into"},
		{"dividing into one", "into: [xm, x4]", "into: xm", "10:11 change.divide"},
		{"ending twice", "dissolve: h1", "dissolve: x1", "13:16 change.ended"},
		{"a successor that ends", "into: [xm, x4]", "into: [xm, h1]", "10:16 change.successor"},
		{"a superior that ends", "parent: tinh}\nlevels", "parent: h1}\nlevels", "16:30 change.successor"},
		{"renaming what is founded here", "rename: so", "rename: xm", "14:14 change.new"},
		{"one agency twice in an item", "[x5, x6]", "[x5, x5]", "16:17 change.twice"},
		{"one duty twice", "successor: x4}\n", "successor: x4}\n      - {plan: kh, duty: IV.15.h, successor: xm}\n", "13:26 change.duty"},
	} {
		source := strings.Replace(goodReorganisation, c.from, c.to, 1)
		x, problems := ReadReorganisation("a.yaml", []byte(source))
		var got []string
		for _, p := range problems {
			got = append(got, fmt.Sprintf("%d:%d %s", p.Line, p.Column, p.Code))
			if p.VI == "" || p.EN == "" || strings.Contains(p.EN+p.VI, "%!") {
				t.Errorf("%s: words %q %q", c.name, p.VI, p.EN)
			}
		}
		if s := strings.Join(got, ", "); x != nil || s != c.want {
			t.Errorf("%s: %s, want %s", c.name, s, c.want)
		}
	}
}
