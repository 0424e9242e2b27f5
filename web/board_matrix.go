package web

import (
	"context"
	"html/template"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"dondoc/internal/calendar"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// Matrices shows a plan's tasks as agencies × periods.
type Matrices interface {
	Matrix(ctx context.Context, actor policy.Actor, f task.MatrixFilter) (task.Matrix, error)
}

// matrixAgencies is how many agencies the board shows at once.
const matrixAgencies = 200

// matrixView is agencies × periods in the official 2 × 2, by form and colour.
type matrixView struct {
	Columns     []matrixColumn
	Urge        bool     // any row can be urged
	Shapes      []string // the forms that the cells draw on
	Groups      []matrixGroup
	Years       []option
	BelowHead   bool // somebody's level below is counted
	More, First string
}

type matrixColumn struct {
	Short, Long string
	Current     bool
}

// matrixGroup are the agencies of one level, with the first due day of each column.
type matrixGroup struct {
	Title string
	Dues  []matrixDue
	Rows  []matrixRow
	Urge  choice // all of them
}

// choice ticks tasks to urge for: the box's value are their numbers, so that one box
// stands for many without scripts too. A box without any is not shown.
type choice struct{ Tasks, Label string }

func (l lexicon) choiceOf(ids []int64, agency string) choice {
	if len(ids) == 0 {
		return choice{}
	}
	text := make([]string, len(ids))
	for i, id := range ids {
		text[i] = strconv.FormatInt(id, 10)
	}
	return choice{strings.Join(text, ","), l.say("matrix.choose_row", agency, l.count("board.band", len(ids)))}
}

type matrixDue struct {
	Day     string
	Current bool
}

type matrixRow struct {
	Agency  string
	Address string        // the agency's own board
	Cells   template.HTML // see cells
	Below   string        // "13/18", empty: nobody below
	OnTime  string        // "6/6", of what was sent or is past due
	Urge    choice
}

// boardRead is what the board is drawn from.
type boardRead struct {
	board   task.Board
	matrix  task.Matrix // without columns where no plan is chosen
	choices task.Choices
}

// readBoard reads the parts of the board beside each other: a reader waits for all of them.
func (p *pages) readBoard(ctx context.Context, actor policy.Actor, q boardQuery, cursor string) (boardRead, error) {
	var r boardRead
	var boardErr, matrixErr, choicesErr error
	var parts sync.WaitGroup
	parts.Go(func() {
		r.board, boardErr = p.service.Board(ctx, actor, task.BoardFilter{
			PlanID: q.Plan, DutyID: q.Duty, UnderAgency: q.Agency, Level: q.Level, Way: q.Way, Limit: boardShown, Cursor: cursor,
		})
	})
	matrix := func(planID int64) {
		r.matrix, matrixErr = p.service.Matrix(ctx, actor, task.MatrixFilter{
			PlanID: planID, DutyID: q.Duty, UnderAgency: q.Agency, Level: q.Level, Way: q.Way, Year: q.Year, Limit: matrixAgencies, Cursor: q.Rows,
		})
	}
	if q.Plan != 0 {
		parts.Go(func() { matrix(q.Plan) })
	}
	r.choices, choicesErr = p.service.BoardChoices(ctx, actor, q.Plan)
	if q.Plan == 0 && choicesErr == nil && r.choices.PlanID != 0 {
		matrix(r.choices.PlanID)
	}
	parts.Wait()
	for _, err := range []error{boardErr, matrixErr, choicesErr} {
		if err != nil {
			return r, err
		}
	}
	return r, nil
}

func (l lexicon) matrixOf(m task.Matrix, q boardQuery, zone *time.Location) *matrixView {
	v := &matrixView{Shapes: cellForms}
	for _, year := range m.Years {
		v.Years = append(v.Years, option{Value: strconv.Itoa(year), Title: strconv.Itoa(year), Chosen: year == m.Year})
	}
	for _, c := range m.Columns {
		v.Columns = append(v.Columns, matrixColumn{calendar.ShortLabelOf(c.PeriodKey, l.code), l.period(c.PeriodKey), c.Current})
	}
	for from := 0; from < len(m.Rows); {
		to := from + 1
		for to < len(m.Rows) && m.Rows[to].Level == m.Rows[from].Level {
			to++
		}
		v.Groups = append(v.Groups, l.matrixGroup(m, m.Rows[from:to], q, v.Columns, zone))
		from = to
	}
	v.Urge = slices.ContainsFunc(m.Rows, func(r task.MatrixRow) bool { return len(r.Urge) > 0 })
	v.BelowHead = slices.ContainsFunc(m.Rows, func(r task.MatrixRow) bool { return r.Below > 0 })
	if m.Next != "" {
		v.More = q.rows(m.Next)
	}
	if q.Rows != "" {
		v.First = q.rows("")
	}
	return v
}

func (l lexicon) matrixGroup(m task.Matrix, rows []task.MatrixRow, q boardQuery, columns []matrixColumn, zone *time.Location) matrixGroup {
	group := matrixGroup{Title: l.sayOr("level."+rows[0].Level, "level.other"), Dues: make([]matrixDue, len(columns))}
	due, cells := make([]time.Time, len(columns)), l.cellWriter(q, columns)
	var urge []int64
	for _, r := range rows {
		row := matrixRow{Agency: r.Agency, Address: q.under(r.AgencyID), Cells: cells.row(r), Urge: l.choiceOf(r.Urge, r.Agency)}
		urge = append(urge, r.Urge...)
		onTime, expected := 0, 0
		for i, cell := range r.Cells {
			if cell.Tasks == 0 {
				continue
			}
			if due[i].IsZero() || cell.DueAt.Before(due[i]) {
				due[i] = cell.DueAt
			}
			switch cell.Status {
			case task.DoneOnTime, task.Waiting:
				onTime, expected = onTime+1, expected+1
			case task.DoneLate, task.WaitingLate, task.NotDoneOverdue:
				expected++
			}
		}
		if expected > 0 {
			row.OnTime = l.integer(onTime) + "/" + l.integer(expected)
		}
		if r.Below > 0 {
			row.Below = l.integer(r.Given) + "/" + l.integer(r.Below)
		}
		group.Rows = append(group.Rows, row)
	}
	group.Urge = l.choiceOf(urge, group.Title)
	for i, at := range due {
		group.Dues[i].Current = columns[i].Current
		if !at.IsZero() {
			group.Dues[i].Day = calendar.DueDay(at, zone).In(zone).Format("02/01")
		}
	}
	return group
}

// addPanel shows the chosen task beside the matrix.
func (p *pages) addPanel(c *gin.Context, actor policy.Actor, q boardQuery, view *boardView) error {
	if q.Open == 0 {
		return nil
	}
	detail, err := p.service.TaskDetail(c.Request.Context(), actor, q.Open)
	if err != nil {
		return err
	}
	now, err := p.now(c)
	if err != nil {
		return err
	}
	chosen := p.taskViewOf(c, actor, detail, now)
	view.Panel, view.PanelClosed = &chosen, q.open(0)
	view.PanelUrges = detail.Task.State.Owed() && detail.Task.ClosedAt == nil && len(policy.UrgesFor(actor, relationOf(detail.Task))) > 0
	return nil
}
