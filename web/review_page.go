package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// Reviews decide on many results at once.
type Reviews interface {
	AcceptMany(ctx context.Context, actor policy.Actor, items []task.AcceptItem) ([]task.Outcome, error)
}

const (
	queueAddress = "/xac-nhan"
	// queueShown is how many results that wait one page lists.
	queueShown = 50
	// periodsBack is how far back, in days, the previous period is looked for: a year and its delays.
	periodsBack = 500
)

func (p *pages) reviewPages(site *gin.RouterGroup) {
	site.GET(queueAddress, p.page(p.signedIn(p.queue)))
	site.POST(queueAddress, p.page(p.signedIn(p.acceptMany)))
	site.GET(queueAddress+"/:id", p.page(p.signedIn(p.sideBySide)))
}

// queueView lists what waits for the reader's confirmation.
type queueView struct {
	frame
	Key     string
	Waiting []queueLine
	More    bool
	Flash   string
	Refused []string
}

type queueLine struct {
	lineItem
	ID, Version int64
	Code, Since string
	Agency      string
}

func (p *pages) queue(c *gin.Context, actor policy.Actor) error {
	return p.showQueue(c, actor, nil)
}

func (p *pages) showQueue(c *gin.Context, actor policy.Actor, outcomes []task.Outcome) error {
	if !actor.Has(policy.Supervisor) {
		return notFound()
	}
	waiting, err := p.service.ListTasks(c.Request.Context(), actor, task.Filter{ToReview: true, Limit: queueShown})
	if err != nil {
		return err
	}
	view := queueView{frame: p.frameFor(c, ""), Key: randomHex(16), More: waiting.Next != ""}
	l := view.lexicon()
	view.Title = l.say("queue.title")
	view.Scripts = []string{"review.js"}
	if c.Query("da") != "" {
		view.Flash = l.say("queue.done")
	}
	done := 0
	for _, o := range outcomes {
		if o.Fault == nil {
			done++
			continue
		}
		view.Refused = append(view.Refused, o.Fault.Message(l.code))
	}
	if done > 0 {
		view.Flash = l.count("queue.accepted", done)
	}
	for _, t := range waiting.Tasks {
		line := queueLine{lineItem: p.reviewLine(l, t), ID: t.ID, Version: int64(t.Version), Code: t.DutyCode, Agency: t.AgencyName}
		line.Address, line.Title = queueAddress+"/"+strconv.FormatInt(t.ID, 10), l.taskTitle(t)
		if t.SubmittedAt != nil {
			line.Since = day(*t.SubmittedAt, p.zoneOf(t.TimeZone))
		}
		view.Waiting = append(view.Waiting, line)
	}
	return p.render.write(c, http.StatusOK, "queue", l, view)
}

// acceptMany confirms what was ticked, each at the version that the page showed.
func (p *pages) acceptMany(c *gin.Context, actor policy.Actor) error {
	if err := readForm(c); err != nil {
		return err
	}
	form := c.Request.PostForm
	var items []task.AcceptItem
	for _, text := range form["viec"] {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return notFound()
		}
		version, err := strconv.Atoi(form.Get("version." + text))
		if err != nil {
			return notFound()
		}
		items = append(items, task.AcceptItem{TaskID: id, Version: version})
	}
	if len(items) == 0 || len(items) > queueShown {
		return fault.New(fault.Invalid, "queue.none", "Đánh dấu báo cáo cần xác nhận.", "Tick the reports to confirm.")
	}
	outcomes, err := p.service.AcceptMany(keyed(c, form), actor, items)
	if err != nil {
		return err
	}
	return p.showQueue(c, actor, outcomes)
}

// sideView is one result beside what was sent before and in the period before.
type sideView struct {
	taskView
	Left     int // how many others wait
	Now      submissionView
	Rows     []sideRow
	Before   string // names the earlier version; empty: there is none
	Period   string // names the period before; empty: there is none
	Pieces   []task.Piece
	Previous string // the text of the period before
}

type sideRow struct {
	Name, Unit, Value, Why   string
	Before, Period, ByPeriod string
	Swing                    bool
}

func (p *pages) sideBySide(c *gin.Context, actor policy.Actor) error {
	id, err := taskID(c)
	if err != nil {
		return err
	}
	ctx := c.Request.Context()
	d, err := p.service.TaskDetail(ctx, actor, id)
	if err != nil {
		return err
	}
	if !d.MayReview || len(d.Submissions) == 0 {
		c.Redirect(http.StatusSeeOther, taskAddress(id))
		return nil
	}
	now, err := p.now(c)
	if err != nil {
		return err
	}
	view := sideView{taskView: p.taskViewOf(c, actor, d, now)}
	view.Scripts = []string{"review.js"}
	view.Review = blankReview()
	view.Review.Then = "xong"
	l, newest := view.lexicon(), d.Submissions[0]
	view.Now = view.Submissions[0]
	var older, period task.Submission
	if len(d.Submissions) > 1 {
		older = d.Submissions[1]
		view.Before = l.say("side.version", older.Number)
		view.Pieces = task.Compare(older, newest, d.Fields).Narrative
	}
	if before, found, err := p.periodBefore(ctx, actor, d.Task); err != nil {
		return err
	} else if found {
		period = before.Submissions[0]
		view.Period, view.Previous = l.period(before.Task.PeriodKey), period.Narrative
	}
	view.Rows = l.sideRows(d, newest, older, period)
	if err := p.othersWaiting(c, actor, id, &view); err != nil {
		return err
	}
	if view.Flash, err = p.decided(ctx, actor, l, c.Query("da")); err != nil {
		return err
	}
	return p.render.write(c, http.StatusOK, "side", l, view)
}

// decided tells of the decision just taken, which led here; empty: none did.
func (p *pages) decided(ctx context.Context, actor policy.Actor, l lexicon, done string) (string, error) {
	id, err := strconv.ParseInt(done, 10, 64)
	if err != nil {
		return "", nil //nolint:nilerr // an address of somebody's own making
	}
	d, err := p.service.TaskDetail(ctx, actor, id)
	if fault.Is(err, fault.NotFound) || err == nil && (len(d.Submissions) == 0 || d.Submissions[0].Review == nil) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	newest := d.Submissions[0]
	return d.Task.AgencyName + ": " + l.say("task.flash_"+string(newest.Review.Decision), newest.Number, moment(newest.Review.DecidedAt, p.zoneOf(d.Task.TimeZone))), nil
}

// periodBefore is the task of the same agency and duty that was done last before.
func (p *pages) periodBefore(ctx context.Context, actor policy.Actor, t task.Task) (task.Detail, bool, error) {
	page, err := p.service.ListTasks(ctx, actor, task.Filter{
		AgencyID: t.AgencyID, DutyID: t.DutyID, State: []task.State{task.StateAccepted}, DueFrom: t.DueAt.AddDate(0, 0, -periodsBack), DueTo: t.DueAt, Limit: 200,
	})
	if err != nil {
		return task.Detail{}, false, err
	}
	var last task.Task
	for _, one := range page.Tasks {
		if one.ID != t.ID && one.WindowTo.Before(t.WindowTo) && (last.ID == 0 || last.WindowTo.Before(one.WindowTo)) {
			last = one
		}
	}
	if last.ID == 0 {
		return task.Detail{}, false, nil
	}
	d, err := p.service.TaskDetail(ctx, actor, last.ID)
	return d, err == nil && len(d.Submissions) > 0, err
}

func (l lexicon) sideRows(d task.Detail, now, older, period task.Submission) []sideRow {
	changes := map[string]task.FigureChange{}
	for _, change := range task.Compare(period, now, d.Fields).Figures {
		changes[change.Field.Indicator] = change
	}
	value := func(s task.Submission, code string) string {
		at := slices.IndexFunc(s.Figures, func(f task.Figure) bool { return f.Indicator == code })
		if at < 0 {
			return ""
		}
		return l.decimal(s.Figures[at].Value)
	}
	var rows []sideRow
	for _, f := range d.Fields {
		row := sideRow{
			Name: f.Name, Unit: f.UnitName, Value: value(now, f.Indicator), Why: task.Explained(now.Explanations, f.Indicator),
			Before: value(older, f.Indicator), Period: value(period, f.Indicator),
		}
		if change := changes[f.Indicator]; row.Period != "" && change.Difference != "" {
			row.ByPeriod = l.signed(change.Difference)
		}
		row.Swing = row.Why != ""
		rows = append(rows, row)
	}
	return rows
}

// signed is a difference with its sign.
func (l lexicon) signed(difference string) string {
	if rest, less := strings.CutPrefix(difference, "-"); less {
		return "−" + l.decimal(rest)
	}
	if difference == "0" {
		return difference
	}
	return "+" + l.decimal(difference)
}

// othersWaiting leads on to the next result that waits.
func (p *pages) othersWaiting(c *gin.Context, actor policy.Actor, id int64, view *sideView) error {
	page, err := p.service.ListTasks(c.Request.Context(), actor, task.Filter{ToReview: true, Limit: queueShown})
	if err != nil {
		return err
	}
	for i, t := range page.Tasks {
		if t.ID != id {
			view.Left++
			continue
		}
		if i+1 < len(page.Tasks) {
			view.Review.Then = strconv.FormatInt(page.Tasks[i+1].ID, 10)
		}
	}
	return nil
}

// afterReview is where a decision leads: back to what else waits, if it came from there.
func afterReview(form url.Values, id int64) string {
	next := form.Get("tiep")
	if next == "" {
		return taskAddress(id) + "?da=quyet-dinh"
	}
	if n, err := strconv.ParseInt(next, 10, 64); err == nil && n > 0 {
		return queueAddress + "/" + strconv.FormatInt(n, 10) + "?da=" + strconv.FormatInt(id, 10)
	}
	return queueAddress + "?da=1"
}
