package postgres_test

import (
	"fmt"
	"slices"

	"pgregory.net/rapid"

	"dondoc/internal/plan"
	"dondoc/internal/task"
)

// listing is a list that people work by, and what is on it.
type listing struct {
	name   string
	filter task.Filter
	has    func(m *model, p *person, t *taskModel) bool
}

var listings = []listing{
	{"all", task.Filter{}, func(*model, *person, *taskModel) bool { return true }},
	{"overdue", task.Filter{Overdue: true}, func(m *model, _ *person, t *taskModel) bool { return m.status(t) == task.NotDoneOverdue }},
	{"to review", task.Filter{ToReview: true}, func(_ *model, p *person, t *taskModel) bool {
		return waitsForReview(t) && t.duty.Review.Mode != plan.ReviewNone && reviews(p, t)
	}},
	{"to pass on", task.Filter{ToForward: true}, func(_ *model, p *person, t *taskModel) bool { return t.held() && speaksBetween(p, t) }},
	{"mine", task.Filter{Mine: true}, (*model).mineToDo},
}

// mineToDo leaves out what a colleague has in hand, except for heads, and for
// whoever stands in for that colleague.
func (m *model) mineToDo(p *person, t *taskModel) bool {
	if !owns(p, t) || t.hand == nil || p.has(t.agency, asHead) || t.hand.who.id == p.id {
		return owns(p, t)
	}
	return slices.ContainsFunc(m.standIns(m.byID(p.id)), func(s *substitutionModel) bool {
		return s.holder == t.hand.who && slices.Contains(p.posts, s.post)
	})
}

// checkLists: somebody's list has what they may see and nothing else, each task
// with the status that its facts give.
func (m *machine) checkLists(rt *rapid.T) {
	p, actor := m.viewer(rt, "who looks")
	list := oneOf(rt, "list", listings...)
	list.filter.Limit = 200
	page, err := m.store.ListTasks(m.t.Context(), actor, list.filter)
	if err != nil {
		rt.Fatal(err)
	}
	got, want := []string{}, []string{}
	for _, t := range page.Tasks {
		got = append(got, fmt.Sprintf("%d %s", t.ID, t.Status))
	}
	for _, t := range m.tasks {
		if m.sees(p, t) && list.has(&m.model, p, t) {
			want = append(want, fmt.Sprintf("%d %s", t.id, m.status(t)))
		}
	}
	same(rt, fmt.Sprintf("%s of %s", list.name, p), got, want)
}
