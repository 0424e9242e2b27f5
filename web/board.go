package web

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"dondoc/internal/agency"
	"dondoc/internal/calendar"
	"dondoc/internal/fault"
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
	Levels      []option
	Ways        []option
	Agencies    []option
	Cells       []boardCell
	Expected    int
	Filtered    bool
	Status      string // the chosen official status; empty: overdue
	StatusTitle string
	Bands       []overdueBand
	Pages       []int64 // the tasks of the page that can be urged for
	Tasks       []statusLine
	Empty       string
	More        string
	First       string // address of the list's start, on later pages
	Annexes     []paperView
	MayLetter   bool        // of any line or row
	Targets     string      // address of the chosen plan's targets
	Export      string      // address of the overdue as a workbook
	Matrix      *matrixView // nil: no plan is chosen, or it has no periods
	Panel       *taskView   // the chosen task beside the matrix
	PanelClosed string      // the address without it
	PanelUrges  bool
	Flash       string
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

// overdueBand are the overdue of a page that are late alike, and how many there are in all.
type overdueBand struct {
	ID           int
	Title, Count string
	Lines        []overdueLine
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
	read, err := p.readBoard(c.Request.Context(), actor, q, cursor)
	if err != nil {
		return err
	}
	board := read.board
	p.boardFilters(l, actor, q, read.choices, &view)
	today := calendar.DateOf(board.At, p.zone)
	view.At = l.say("board.at", clockOf(board.At, p.zone), l.weekday(today), today.VN())
	view.Filtered = q.Plan != 0 || q.Duty != 0 || q.Agency != 0 || q.Level != "" || q.Way != ""
	p.boardCells(l, q, board.Counts, &view)
	if len(read.matrix.Columns) > 0 {
		view.Matrix = l.matrixOf(read.matrix, q, p.zoneOf(read.choices.TimeZone))
		view.MayLetter = view.Matrix.Urge
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
	p.bands(l, actor, board, &view)
	if len(view.Bands) == 0 {
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

// bands lay out the overdue as leaders see them. The list is in the order of the due
// time: the longest come first, and only plans of other zones could break the order.
func (p *pages) bands(l lexicon, actor policy.Actor, board task.Board, view *boardView) {
	for i, days := range slices.Backward(task.Lateness[:]) {
		band := overdueBand{ID: i + 1, Title: l.say("leaders.band." + strconv.Itoa(i+1)), Count: l.count("board.band", board.Late[i].Tasks)}
		for _, o := range board.Overdue {
			if o.Task.DaysLate < days.From || o.Task.DaysLate > days.To {
				continue
			}
			line := p.overdueLine(l, o)
			line.ID, line.MayLetter = o.Task.ID, o.Task.ClosedAt == nil && len(policy.UrgesFor(actor, relationOf(o.Task))) > 0
			if line.MayLetter {
				view.MayLetter, view.Pages = true, append(view.Pages, line.ID)
			}
			band.Lines = append(band.Lines, line)
		}
		if len(band.Lines) > 0 {
			view.Bands = append(view.Bands, band)
		}
	}
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
		State: statesOf(wanted), PlanID: q.Plan, DutyID: q.Duty, UnderAgency: q.Agency, Level: q.Level, Way: q.Way, OpenRounds: true,
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
