package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"dondoc/internal/agency"
	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

const (
	boardShown = 50
	// A list by official status is picked from lists by state, because the
	// status is computed: this many pages are looked through for one shown.
	statusPages    = 10
	statusPageSize = 200
	// The choice of agencies is a list to pick from; beyond this many pages of
	// the directory it would be none.
	agencyPages = 3
)

// boardView is the supervisors' overdue board.
type boardView struct {
	frame
	At          string
	Scope       string
	Plans       []option
	Duties      []option
	Agencies    []option
	Cells       []boardCell
	Expected    int
	Filtered    bool
	Status      string // the chosen official status; empty: overdue
	StatusTitle string
	Overdue     []overdueLine
	Tasks       []statusLine
	Empty       string
	More        string
	First       string // address of the list's start, on later pages
	Annexes     []paperView
	MayLetter   bool        // of any line
	Targets     string      // address of the chosen plan's targets
	Export      string      // address of the overdue as a workbook
	Matrix      *matrixView // nil: no plan is chosen, or it has no periods
	Panel       *taskView   // the chosen task beside the matrix
	PanelClosed string      // the address without it
	PanelUrges  bool
	Flash       string
	// onlyPlan and planZone are of the plan that the matrix shows.
	onlyPlan int64
	planZone string
	// Rounds are those of the overdue shown, where a duty is chosen: their results
	// can be recorded from a table.
	Rounds []option
}

type option struct {
	Value, Title string
	Chosen       bool
}

// boardCell is one cell of the summary strip: legend, count and filter in one.
type boardCell struct {
	Glyph   glyph
	Count   int
	Address string
	Chosen  bool
}

// overdueLine is one overdue task with what was done about it.
type overdueLine struct {
	Address, Agency, Code, Title string
	Due, DueFull                 string
	Late                         string
	Glyph                        glyph
	Taken, Next                  string
	Phone                        string
	ID                           int64
	MayLetter                    bool
}

// statusLine is one task in the list of another status.
type statusLine struct {
	ID                                       int64
	Address, Agency, Code, Title, Due, Facts string
	Glyph                                    glyph
}

// boardQuery is the board's address: everything that narrows it stands there.
type boardQuery struct {
	Plan, Duty, Agency int64
	Status, Cursor     string
	Year               int
	Rows               string // where the matrix goes on
	Open               int64  // the task beside the matrix
}

func boardQueryOf(c *gin.Context) boardQuery {
	number := func(name string) int64 {
		n, err := strconv.ParseInt(c.Query(name), 10, 64)
		if err != nil || n < 0 {
			return 0
		}
		return n
	}
	return boardQuery{
		Plan: number("van-ban"), Duty: number("nhiem-vu"), Agency: number("don-vi"),
		Status: c.Query("trang-thai"), Cursor: c.Query("tiep"),
		Year: int(number("nam")), Rows: c.Query("dong"), Open: number("o"),
	}
}

func (q boardQuery) address() string {
	v := url.Values{}
	for name, n := range map[string]int64{"van-ban": q.Plan, "nhiem-vu": q.Duty, "don-vi": q.Agency, "nam": int64(q.Year), "o": q.Open} {
		if n != 0 {
			v.Set(name, strconv.FormatInt(n, 10))
		}
	}
	for name, s := range map[string]string{"trang-thai": q.Status, "tiep": q.Cursor, "dong": q.Rows} {
		if s != "" {
			v.Set(name, s)
		}
	}
	if len(v) == 0 {
		return "/theo-doi"
	}
	return "/theo-doi?" + v.Encode()
}

func (q boardQuery) with(status, cursor string) string {
	q.Status, q.Cursor, q.Open = status, cursor, 0
	return q.address()
}

// open is the board with a task beside the matrix; 0: with none.
func (q boardQuery) open(id int64) string {
	q.Open = id
	if id == 0 {
		return q.address()
	}
	return q.address() + "#viec-chon"
}

// rows is the board from another place of the matrix on.
func (q boardQuery) rows(cursor string) string {
	q.Rows, q.Open = cursor, 0
	return q.address() + "#bang"
}

// under is the board of an agency and those below it.
func (q boardQuery) under(agencyID int64) string {
	q.Agency, q.Rows, q.Open, q.Cursor = agencyID, "", 0, ""
	return q.address()
}

func (p *pages) board(c *gin.Context, actor policy.Actor) error {
	if !policy.SeeBoard(actor) {
		return fault.New(fault.Forbidden, "board.forbidden",
			"Bảng theo dõi dành cho người theo dõi, thủ trưởng và cơ quan ban hành.",
			"The board is for supervisors, heads and plan authorities.")
	}
	q := boardQueryOf(c)
	view := boardView{frame: p.frameFor(c, ""), Status: q.Status}
	view.Styles, view.Scripts = []string{"board.css"}, []string{"vendor/idiomorph.min.js", "board.js", "live.js"}
	l := view.lexicon()
	view.Title = l.say("board.title")
	if done := c.Query("da"); slices.Contains(urgeWays, done) {
		view.Flash = l.say("urge.flash." + done)
	}
	if q.Status == string(task.NotDoneOverdue) || statusForms[task.Status(q.Status)] == "" {
		view.Status = ""
	}
	cursor := q.Cursor
	if view.Status != "" {
		cursor = "" // the cursor belongs to the list of that status
	}
	board, err := p.service.Board(c.Request.Context(), actor, task.BoardFilter{
		PlanID: q.Plan, DutyID: q.Duty, UnderAgency: q.Agency, Limit: boardShown, Cursor: cursor,
	})
	if err != nil {
		return err
	}
	if err := p.boardFilters(c, actor, q, &view); err != nil {
		return err
	}
	today := calendar.DateOf(board.At, p.zone)
	view.At = l.say("board.at", clockOf(board.At, p.zone), l.weekday(today), today.VN())
	view.Filtered = q.Plan != 0 || q.Duty != 0 || q.Agency != 0
	p.boardCells(l, q, board.Counts, &view)
	if err := p.addMatrix(c, actor, q, &view); err != nil {
		return err
	}
	if err := p.addPanel(c, actor, q, &view); err != nil {
		return err
	}
	view.Export = q.export()
	if q.Duty != 0 && actor.Has(policy.Supervisor) {
		view.Rounds = roundsOf(board.Overdue, l)
	}
	if q.Cursor != "" {
		view.First = q.with(view.Status, "")
	}
	if view.Status != "" {
		if err := p.byStatus(c, l, actor, q, &view); err != nil {
			return err
		}
		return p.render.write(c, http.StatusOK, "board", l, view)
	}
	view.StatusTitle = l.say("board.overdue")
	for _, o := range board.Overdue {
		line := p.overdueLine(l, o)
		line.ID, line.MayLetter = o.Task.ID, o.Task.ClosedAt == nil && len(policy.UrgesFor(actor, relationOf(o.Task))) > 0
		view.MayLetter = view.MayLetter || line.MayLetter
		view.Overdue = append(view.Overdue, line)
	}
	if len(view.Overdue) == 0 {
		view.Empty = l.say("board.none")
		if board.NextDue != nil {
			view.Empty = l.say("board.none_next", l.until(*board.NextDue, p.zone))
		}
	}
	if board.Next != "" {
		view.More = q.with("", board.Next)
	}
	return p.render.write(c, http.StatusOK, "board", l, view)
}

func (p *pages) boardCells(l lexicon, q boardQuery, n task.Counts, view *boardView) {
	view.Expected = n.DoneOnTime + n.DoneLate + n.NotDoneInTime + n.NotDoneOverdue + n.Waiting + n.WaitingLate
	for _, cell := range []struct {
		status task.Status
		count  int
	}{
		{task.DoneOnTime, n.DoneOnTime}, {task.DoneLate, n.DoneLate},
		{task.NotDoneInTime, n.NotDoneInTime}, {task.NotDoneOverdue, n.NotDoneOverdue},
		{task.Waiting, n.Waiting}, {task.WaitingLate, n.WaitingLate}, {task.NotExpected, n.NotExpected},
	} {
		status := string(cell.status)
		chosen := status == view.Status || view.Status == "" && cell.status == task.NotDoneOverdue
		if cell.status == task.NotDoneOverdue {
			status = ""
		}
		view.Cells = append(view.Cells, boardCell{l.glyphOfStatus(cell.status).beside(), cell.count, q.with(status, ""), chosen})
	}
}

func (p *pages) overdueLine(l lexicon, o task.Overdue) overdueLine {
	t, zone := o.Task, p.zoneOf(o.Task.TimeZone)
	line := overdueLine{
		Address: taskAddress(t.ID), Agency: t.AgencyName, Code: t.DutyCode, Title: l.taskTitle(t),
		Due: calendar.DueDay(t.EffectiveDueAt, zone).VN(), Glyph: l.glyphOf(t), Phone: t.AgencyPhone,
	}
	line.Late = l.say("late.now")
	if t.DaysLate > 0 {
		line.Late = l.count("days", t.DaysLate)
	}
	line.Taken = l.say("board.taken_none")
	if o.StepsTaken > 0 {
		line.Taken = l.count("board.taken", o.StepsTaken)
	}
	if o.Explanation != "" {
		line.Taken += " · " + l.sayOr("explanation."+o.Explanation, "explanation.other")
	}
	switch {
	case t.ClosedAt != nil:
		line.Next = l.say("board.closed")
	case o.NextStep != "" && o.NextStepAt != nil:
		line.Next = l.sayOr("next."+o.NextStep, "next.other") + ", " + day(*o.NextStepAt, zone)
	default:
		line.Next = l.say("board.next_none")
	}
	return line
}

// boardFilters fills the choices; a chosen plan offers its duties.
func (p *pages) boardFilters(c *gin.Context, actor policy.Actor, q boardQuery, view *boardView) error {
	plans, err := p.service.ListPlans(c.Request.Context(), actor)
	if err != nil {
		return err
	}
	planID := q.Plan
	view.onlyPlan = planInForce(plans)
	if planID == 0 {
		planID = view.onlyPlan
	}
	for _, r := range plans {
		if r.State == plan.Draft {
			continue
		}
		view.Plans = append(view.Plans, option{strconv.FormatInt(r.ID, 10), r.Title, r.ID == q.Plan})
		if r.ID == planID {
			view.planZone = r.TimeZone
		}
		if r.ID == q.Plan || len(plans) == 1 {
			view.Scope, planID = r.Title, r.ID
		}
	}
	view.Annexes = view.lexicon().annexesOf(actor, planID, q)
	if planID != 0 {
		view.Targets = targetsAddress(planID)
		duties, err := p.service.ListDuties(c.Request.Context(), actor, planID)
		if err != nil {
			return err
		}
		for _, d := range duties {
			if d.Scheduled || d.ID == q.Duty {
				view.Duties = append(view.Duties, option{strconv.FormatInt(d.ID, 10), d.Code + " · " + d.Title, d.ID == q.Duty})
			}
		}
	}
	agencies, err := p.directory(c, actor)
	for _, a := range agencies {
		view.Agencies = append(view.Agencies, option{strconv.FormatInt(a.ID, 10), a.Name, a.ID == q.Agency})
	}
	return err
}

// directory is as much of the directory of agencies as one can pick from.
func (p *pages) directory(c *gin.Context, actor policy.Actor) ([]agency.Agency, error) {
	var all []agency.Agency
	f := agency.Filter{Limit: 200}
	for range agencyPages {
		page, err := p.service.ListAgencies(c.Request.Context(), actor, f)
		if err != nil {
			return nil, err
		}
		all = append(all, page.Agencies...)
		if f.Cursor = page.Next; f.Cursor == "" {
			break
		}
	}
	return all, nil
}

// statesOf names the states whose tasks can have an official status.
func statesOf(s task.Status) []task.State {
	switch s {
	case task.NotDoneInTime:
		return []task.State{task.StateOpen, task.StatePrepared, task.StateReturned}
	case task.Waiting, task.WaitingLate:
		return []task.State{task.StateSubmitted}
	case task.NotExpected:
		return []task.State{task.StateWaived, task.StateCancelled}
	case task.NotOpen:
		return []task.State{task.StateScheduled}
	default:
		return []task.State{task.StateSubmitted, task.StateAccepted}
	}
}

func (p *pages) byStatus(c *gin.Context, l lexicon, actor policy.Actor, q boardQuery, view *boardView) error {
	wanted := task.Status(view.Status)
	view.StatusTitle = l.say("status." + view.Status)
	f := task.Filter{
		State: statesOf(wanted), PlanID: q.Plan, DutyID: q.Duty, UnderAgency: q.Agency, OpenRounds: true,
		Limit: statusPageSize, Cursor: q.Cursor,
	}
	for range statusPages {
		page, err := p.service.ListTasks(c.Request.Context(), actor, f)
		if err != nil {
			return err
		}
		for _, t := range page.Tasks {
			if t.Status == wanted {
				view.Tasks = append(view.Tasks, p.statusLine(l, t))
			}
		}
		f.Cursor = page.Next
		if page.Next == "" || len(view.Tasks) >= boardShown {
			break
		}
	}
	if f.Cursor != "" {
		view.More = q.with(view.Status, f.Cursor)
	}
	if len(view.Tasks) == 0 {
		view.Empty = l.say("board.none_status")
	}
	return nil
}

func (p *pages) statusLine(l lexicon, t task.Task) statusLine {
	zone := p.zoneOf(t.TimeZone)
	line := statusLine{
		ID: t.ID, Address: taskAddress(t.ID), Agency: t.AgencyName, Code: t.DutyCode, Title: l.taskTitle(t),
		Due: calendar.DueDay(t.EffectiveDueAt, zone).VN(), Glyph: l.glyphOf(t).beside(),
	}
	if t.SubmittedAt != nil {
		line.Facts = moment(*t.SubmittedAt, zone)
	}
	return line
}
