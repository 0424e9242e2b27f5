package web

import (
	"cmp"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// How much "my tasks" shows of each section.
const (
	todoShown      = 50
	reviewShown    = 20
	doneShown      = 6
	upcomingShown  = 6
	doneLookBack   = 120 // days before today that "recently done" looks at
	quotedReturned = 5   // returned tasks whose reason is quoted
)

// tasksView is "my tasks": what to do in the order to do it, then what waits
// for one's decision, what was done and what comes.
type tasksView struct {
	frame
	Agency, RoleAndTime string
	Todo                []todoItem
	Total               int
	More                string // address of the next page; empty at the end
	Review              []lineItem
	// Forward waits to be passed on, Corrections to be decided on.
	Forward, Corrections []lineItem
	Done, Upcoming       []lineItem
	Shut                 []lineItem
	Contact              string
	// NextUp says what comes next where nothing is to be done.
	NextUp string
}

// todoItem is a task that the agency owes.
type todoItem struct {
	Number       int
	Address      string
	Glyph        glyph
	State        string
	Late         bool
	Title, About string
	DueLead, Due string
	Reason, By   string
	Derivation   template.HTML
	Strip        *strip
	FirstSent    string
	Returned     bool
	NilReturn    bool // can be sent with one tap, with the key and the task's version
	Key          string
	Version      int
	Requested    bool
	ShowFilled   bool
}

// lineItem is a task in one of the short lists.
type lineItem struct {
	Glyph        glyph
	Address      string
	Title, Facts string
}

func (p *pages) myTasks(c *gin.Context, actor policy.Actor) error {
	now, err := p.now(c)
	if err != nil {
		return err
	}
	view := tasksView{frame: p.frameFor(c, "")}
	l := view.lexicon()
	view.Title = l.say("tasks.title")
	view.Agency, view.RoleAndTime = p.headOf(l, actor, now)
	cursor := c.Query("tiep")
	if err := p.fillTodo(c, l, actor, &view, cursor, now); err != nil {
		return err
	}
	if actor.Has(policy.Supervisor) {
		waiting, err := p.service.ListTasks(c.Request.Context(), actor, task.Filter{ToReview: true, Limit: reviewShown})
		if err != nil {
			return err
		}
		for _, t := range waiting.Tasks {
			view.Review = append(view.Review, p.reviewLine(l, t))
		}
	}
	if err := p.fillWaiting(c, l, actor, &view); err != nil {
		return err
	}
	if cursor == "" {
		if err := p.fillDone(c, l, actor, &view, now); err != nil {
			return err
		}
		if err := p.fillUpcoming(c, l, actor, &view, now); err != nil {
			return err
		}
	}
	return p.render.write(c, http.StatusOK, "tasks", l, view)
}

func (p *pages) headOf(l lexicon, actor policy.Actor, now time.Time) (agency, roleAndTime string) {
	today := calendar.DateOf(now, p.zone)
	when := l.say("tasks.when", l.weekday(today), today.VN(), clockOf(now, p.zone))
	for _, post := range actor.Posts {
		if post.Role.Reads() {
			return post.AgencyName, l.sayOr("role."+string(post.Role), "role.other") + " · " + when
		}
	}
	return actor.Name, when
}

// fillTodo lists what is owed: returned first, then by due time, so that what
// is overdue stands above what is due soon.
func (p *pages) fillTodo(c *gin.Context, l lexicon, actor policy.Actor, view *tasksView, cursor string, now time.Time) error {
	var owed []task.Task
	if cursor == "" {
		returned, err := p.service.ListTasks(c.Request.Context(), actor, task.Filter{Mine: true, State: []task.State{task.StateReturned}, Limit: todoShown})
		if err != nil {
			return err
		}
		owed = returned.Tasks
		sortByDue(owed)
	}
	open, err := p.service.ListTasks(c.Request.Context(), actor, task.Filter{
		Mine: true, State: []task.State{task.StateOpen, task.StatePrepared}, Limit: todoShown, Cursor: cursor,
	})
	if err != nil {
		return err
	}
	sortByDue(open.Tasks)
	for i, t := range append(owed, open.Tasks...) {
		if t.ClosedAt != nil && t.State != task.StateReturned {
			view.Shut = append(view.Shut, p.shutLine(l, t))
			continue
		}
		item := p.todo(l, t, now)
		item.Number = len(view.Todo) + 1
		if t.State == task.StateReturned && i < quotedReturned {
			if err := p.quoteReview(c, l, actor, t, &item); err != nil {
				return err
			}
		}
		view.Todo = append(view.Todo, item)
		if view.Contact == "" {
			view.Contact = t.ReviewerName
		}
	}
	// One filled button per item, and on this page only what comes first and
	// what is late or nearly due asks for attention by it.
	for i := range view.Todo {
		view.Todo[i].ShowFilled = view.Todo[i].ShowFilled || i == 0
	}
	view.Total = len(view.Todo)
	if open.Next != "" {
		view.More = "/viec?tiep=" + url.QueryEscape(open.Next)
	}
	return nil
}

func sortByDue(tasks []task.Task) {
	slices.SortStableFunc(tasks, func(a, b task.Task) int {
		if c := a.EffectiveDueAt.Compare(b.EffectiveDueAt); c != 0 {
			return c
		}
		return cmp.Compare(a.ID, b.ID)
	})
}

func (p *pages) todo(l lexicon, t task.Task, now time.Time) todoItem {
	zone := p.zoneOf(t.TimeZone)
	late := t.Status == task.NotDoneOverdue
	left := p.workingDaysLeft(t.EffectiveDueAt, now, zone)
	item := todoItem{
		Address: taskAddress(t.ID), Glyph: l.glyphOf(t), State: l.stateLine(t, left), Late: late,
		Title: l.taskTitle(t), About: l.aboutTask(t),
		DueLead: l.say("due.lead"), Due: l.untilFrom(t.EffectiveDueAt, now, zone),
		Derivation: emphasise(t.Derivation.Sentence(l.code), calendar.DueDay(t.EffectiveDueAt, zone).VN()),
		Returned:   t.State == task.StateReturned, Requested: t.Mode == "requested",
		NilReturn:  t.NilReturn && t.State == task.StateOpen,
		ShowFilled: late || left <= 3, Key: randomHex(16), Version: t.Version,
	}
	if item.Returned {
		item.DueLead = l.say("due.lead_again")
	} else {
		item.Strip = p.stripOf(l, t.Derivation, now, zone, late)
	}
	return item
}

// stateLine says where a task stands and how long there is left.
func (l lexicon) stateLine(t task.Task, workingDaysLeft int) string {
	state := l.say("state." + string(t.State))
	switch {
	case t.Status == task.NotDoneOverdue && t.DaysLate > 0:
		return state + " · " + l.count("late.days", t.DaysLate)
	case t.Status == task.NotDoneOverdue:
		return state + " · " + l.say("late.now")
	case t.State == task.StateReturned:
		return state
	case t.Status == task.NotDoneInTime && workingDaysLeft == 0:
		return state + " · " + l.say("left.today")
	case t.Status == task.NotDoneInTime:
		return state + " · " + l.count("left.days", workingDaysLeft)
	}
	return state
}

// aboutTask says which duty of which document a task comes from and who gets it.
func (l lexicon) aboutTask(t task.Task) string {
	about := l.say("task.duty", t.DutyCode)
	if t.RecipientName != "" {
		about += " · " + l.say("task.to", t.RecipientName)
	}
	if t.ThroughName != "" {
		about += " · " + l.say("task.through", t.ThroughName)
	}
	return about
}

// quoteReview shows why a result was returned, where the list itself says so.
func (p *pages) quoteReview(c *gin.Context, l lexicon, actor policy.Actor, t task.Task, item *todoItem) error {
	detail, err := p.service.TaskDetail(c.Request.Context(), actor, t.ID)
	if fault.Is(err, fault.NotFound) {
		return nil // gone since the list was read; the list itself still stands
	}
	if err != nil {
		return err
	}
	newest := detail.Newest()
	if newest == nil || newest.Review == nil {
		return nil
	}
	zone, review := p.zoneOf(t.TimeZone), newest.Review
	item.Reason = review.Reason
	item.By = l.say("task.by_on", t.ReviewerName, day(review.DecidedAt, zone))
	item.FirstSent = l.firstSent(t, zone)
	return nil
}

// firstSent reassures: the time of the first submission still counts.
func (l lexicon) firstSent(t task.Task, zone *time.Location) string {
	if t.State != task.StateReturned || t.FirstSubmittedAt == nil || t.FirstSubmittedAt.After(t.DueAt) {
		return ""
	}
	return l.say("task.first_counts", day(*t.FirstSubmittedAt, zone))
}

func (p *pages) fillDone(c *gin.Context, l lexicon, actor policy.Actor, view *tasksView, now time.Time) error {
	done, err := p.service.ListTasks(c.Request.Context(), actor, task.Filter{
		Mine: true, State: []task.State{task.StateSubmitted, task.StateAccepted},
		DueFrom: now.AddDate(0, 0, -doneLookBack), Limit: 200,
	})
	if err != nil {
		return err
	}
	slices.SortStableFunc(done.Tasks, func(a, b task.Task) int { return sentAt(b).Compare(sentAt(a)) })
	for _, t := range done.Tasks[:min(doneShown, len(done.Tasks))] {
		view.Done = append(view.Done, p.doneLine(l, t))
	}
	return nil
}

func sentAt(t task.Task) time.Time {
	if t.SubmittedAt == nil {
		return time.Time{}
	}
	return *t.SubmittedAt
}

func (p *pages) doneLine(l lexicon, t task.Task) lineItem {
	zone := p.zoneOf(t.TimeZone)
	line := lineItem{Glyph: l.glyphOf(t).beside(), Address: taskAddress(t.ID), Title: l.taskTitle(t), Facts: l.glyphOf(t).Label}
	switch {
	case t.SettledAt != nil && t.State == task.StateAccepted:
		line.Facts += " · " + l.say("task.accepted_on", day(*t.SettledAt, zone))
	case t.SubmittedAt != nil:
		line.Facts += " · " + l.say("task.sent_on", day(*t.SubmittedAt, zone))
	}
	return line
}

func (p *pages) shutLine(l lexicon, t task.Task) lineItem {
	return lineItem{
		Glyph: l.glyphOf(t), Address: taskAddress(t.ID), Title: l.taskTitle(t),
		Facts: l.say("task.shut", l.until(t.DueAt, p.zoneOf(t.TimeZone))),
	}
}

func (p *pages) reviewLine(l lexicon, t task.Task) lineItem {
	line := lineItem{Glyph: l.glyphOf(t), Address: taskAddress(t.ID), Title: t.AgencyName, Facts: l.taskTitle(t)}
	if t.SubmittedAt != nil {
		line.Facts += " · " + l.say("task.sent_on", day(*t.SubmittedAt, p.zoneOf(t.TimeZone)))
	}
	return line
}

func (p *pages) fillUpcoming(c *gin.Context, l lexicon, actor policy.Actor, view *tasksView, now time.Time) error {
	coming, err := p.service.ListTasks(c.Request.Context(), actor, task.Filter{
		Mine: true, State: []task.State{task.StateScheduled}, DueFrom: now, Limit: upcomingShown,
	})
	if err != nil {
		return err
	}
	sortByDue(coming.Tasks)
	for _, t := range coming.Tasks {
		zone := p.zoneOf(t.TimeZone)
		view.Upcoming = append(view.Upcoming, lineItem{
			Glyph: l.glyphOf(t), Address: taskAddress(t.ID), Title: l.taskTitle(t),
			Facts: l.sentence("task.due", l.until(t.DueAt, zone)),
		})
	}
	if len(view.Todo) == 0 && len(coming.Tasks) > 0 {
		t := coming.Tasks[0]
		view.NextUp = l.say("tasks.next_up", l.taskTitle(t), l.until(t.DueAt, p.zoneOf(t.TimeZone)))
	}
	return nil
}
