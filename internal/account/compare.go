package account

import (
	"slices"

	"dondoc/internal/calendar"
	"dondoc/internal/policy"
)

// Held is a post as it is stored.
type Held struct {
	ID                 int64
	AgencyID           int64
	Role               policy.Role
	ValidFrom, ValidTo calendar.Date // zero ValidTo: no end
}

// Known is a person as stored, for comparison with a list.
type Known struct {
	ID                    int64
	Name, Phone, Language string
	// Editable: the importing administrator administers one of their posts. The
	// facts of others stay as they are; they may still be given posts.
	Editable bool
	Posts    []Held
}

// PersonChange is what an import has to write about one person.
type PersonChange struct {
	Line
	UserID                int64 // 0: new
	Name, Phone, Language string
	FactsChanged          bool
	Posts                 []Held // ID 0: new; otherwise with its new days
}

// Compare holds a list against what is stored on the business day and tells
// what to write. A list speaks only of the posts that it names; to end one, it
// gives its last day. It returns Problems if any line cannot stand.
func Compare(rows []Row, known map[string]Known, agencies map[string]int64, today calendar.Date) ([]PersonChange, error) {
	c := comparison{known: known, agencies: agencies, today: today, people: map[string]*PersonChange{}, taken: map[int64]bool{}}
	var order []*PersonChange
	for _, row := range rows {
		p, seen := c.people[row.Email]
		if !seen {
			p = c.person(row)
			c.people[row.Email] = p
			order = append(order, p)
		}
		c.post(p, row)
	}
	if len(c.problems) > 0 {
		return nil, c.problems[:min(len(c.problems), maxProblems)]
	}
	changes := make([]PersonChange, len(order))
	for i, p := range order {
		if p.Outcome == Unchanged && len(p.Changes) > 0 {
			p.Outcome = Changed
		}
		changes[i] = *p
	}
	return changes, nil
}

// Tally counts the outcomes.
func Tally(changes []PersonChange, dryRun bool) Report {
	report := Report{DryRun: dryRun, Lines: make([]Line, len(changes))}
	for i, c := range changes {
		report.Lines[i] = c.Line
		switch c.Outcome {
		case New:
			report.New++
		case Changed:
			report.Changed++
		case Unchanged:
			report.Unchanged++
		}
	}
	return report
}

// CheckOwnPosts refuses a list by which whoever imports it would change a post of
// their own that reads: that takes somebody else.
func CheckOwnPosts(rows []Row, changes []PersonChange, importer int64) error {
	var problems Problems
	for _, c := range changes {
		if importer == 0 || c.UserID != importer {
			continue
		}
		for _, row := range rows {
			changed := func(p Held) bool { return p.Role == row.Role }
			if row.Email == c.Email && !policy.GiveOneself(row.Role) && slices.ContainsFunc(c.Posts, changed) {
				problems.Add(row, "role", "people.oneself",
					"Không tự giao cho mình vai trò được xem kết quả; việc này do người khác làm.",
					"Nobody gives themselves a role that reads results; somebody else must.")
			}
		}
	}
	if len(problems) > 0 {
		return problems
	}
	return nil
}

type comparison struct {
	known    map[string]Known
	agencies map[string]int64
	today    calendar.Date
	people   map[string]*PersonChange
	taken    map[int64]bool // stored posts that a line stands for
	problems Problems
}

func (c *comparison) person(row Row) *PersonChange {
	k, stored := c.known[row.Email]
	p := &PersonChange{Line: Line{Line: row.Line, Email: row.Email, Outcome: Unchanged}, UserID: k.ID, Name: row.Name, Phone: row.Phone, Language: row.Language}
	if !stored {
		p.Outcome = New
		if p.Language == "" {
			p.Language = "vi"
		}
		if p.Name == "" {
			c.problems.Add(row, "name", "people.name_missing", "Người mới: ghi tên hiển thị.", "A new person needs a name to be shown.")
		}
		return p
	}
	for _, fact := range []struct {
		field  string
		value  *string
		stored string
	}{{"name", &p.Name, k.Name}, {"phone", &p.Phone, k.Phone}, {"language", &p.Language, k.Language}} {
		if *fact.value == "" || !k.Editable {
			*fact.value = fact.stored
		}
		if *fact.value != fact.stored {
			p.FactsChanged = true
			p.Changes = append(p.Changes, fact.field)
		}
	}
	return p
}

func (c *comparison) post(p *PersonChange, row Row) {
	agency, ok := c.agencies[row.AgencyCode]
	if !ok {
		c.problems.Add(row, "agency_code", "people.agency_unknown",
			"Không có đơn vị mã %q, hoặc đơn vị không thuộc phạm vi quản trị.", "There is no agency %q, or it is not yours to administer.", row.AgencyCode)
		return
	}
	post := Held{AgencyID: agency, Role: row.Role, ValidFrom: row.ValidFrom, ValidTo: row.ValidTo}
	if post.ValidFrom.IsZero() {
		post.ValidFrom = c.today
	}
	held, matches := c.match(p, post)
	switch {
	case matches > 1:
		c.problems.Add(row, "valid_from", "people.post_overlaps",
			"Người này đã giữ vai trò ấy ở đơn vị trong nhiều khoảng thời gian, dòng này trùng với hơn một khoảng.",
			"This person holds that role at the agency for several spans; this line overlaps more than one.")
		return
	case matches == 1:
		c.taken[held.ID] = true
		post.ID = held.ID
		if row.ValidFrom.IsZero() {
			post.ValidFrom = held.ValidFrom
		}
		if post == held {
			return
		}
	}
	if !post.ValidTo.IsZero() && post.ValidTo.Before(post.ValidFrom) {
		c.problems.Add(row, "valid_to", "people.span", "Ngày kết thúc %s trước ngày bắt đầu %s.", "The last day %s is before the first, %s.", post.ValidTo, post.ValidFrom)
		return
	}
	p.Posts = append(p.Posts, post)
	p.Changes = append(p.Changes, "post:"+row.AgencyCode+":"+string(row.Role))
}

// match finds the stored post of the same role that a line's days touch.
func (c *comparison) match(p *PersonChange, post Held) (found Held, matches int) {
	for _, held := range c.known[p.Email].Posts {
		if held.AgencyID != post.AgencyID || held.Role != post.Role || c.taken[held.ID] {
			continue
		}
		if overlap(Row{ValidFrom: held.ValidFrom, ValidTo: held.ValidTo}, Row{ValidFrom: post.ValidFrom, ValidTo: post.ValidTo}) {
			found = held
			matches++
		}
	}
	return found, matches
}

// Emails lists the addresses of a list, each once.
func Emails(rows []Row) []string {
	return distinct(rows, func(r Row) string { return r.Email })
}

// AgencyCodes lists the agencies of a list, each once.
func AgencyCodes(rows []Row) []string {
	return distinct(rows, func(r Row) string { return r.AgencyCode })
}

func distinct(rows []Row, of func(Row) string) []string {
	values := make([]string, len(rows))
	for i, r := range rows {
		values[i] = of(r)
	}
	slices.Sort(values)
	return slices.Compact(values)
}
