package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/score"
)

// Scores are the score sheets of reports.
type Scores interface {
	TaskScores(ctx context.Context, actor policy.Actor, taskID int64) (score.View, error)
	SaveScores(ctx context.Context, actor policy.Actor, in score.Input) (score.View, error)
	CheckScores(ctx context.Context, actor policy.Actor, in score.Input) (score.View, error)
}

// scoresView is a score sheet: to be filled in by the unit, to be checked by the
// level above, or to be read.
type scoresView struct {
	frame
	Address, Task string
	Note          string
	Lines         []scoreLine
	// Writes: the unit's own points are typed; Checks: those of the level above.
	Writes, Checks bool
	Sum            string
	Before         string
	Checked        string
	Done           bool
	Errors         formErrors
}

// scoreLine is one criterion.
type scoreLine struct {
	Code, Name, Most, Hint string
	Own, Evidence          string
	Checked, Remark        string
	// Points and Text are what the form's fields hold; PointsField and TextField are their names.
	Points, Text           string
	PointsField, TextField string
}

// At is the sentence for a field of the form.
func (v scoresView) At(field string) string { return v.Errors.At(field) }

func scoresAddress(taskID int64) string { return taskAddress(taskID) + "/cham-diem" }

func (p *pages) scores(c *gin.Context, actor policy.Actor) error {
	id, err := taskID(c)
	if err != nil {
		return err
	}
	view, err := p.scoresFor(c, actor, id)
	if err != nil {
		return err
	}
	view.Done = c.Query("da") == "luu"
	return p.render.write(c, http.StatusOK, "scores", view.lexicon(), view)
}

func (p *pages) scoresFor(c *gin.Context, actor policy.Actor, id int64) (scoresView, error) {
	view := scoresView{frame: p.frameFor(c, ""), Address: scoresAddress(id), Task: taskAddress(id)}
	v, err := p.service.TaskScores(c.Request.Context(), actor, id)
	if err != nil {
		return view, err
	}
	d, err := p.service.TaskDetail(c.Request.Context(), actor, id)
	if err != nil {
		return view, err
	}
	l := view.lexicon()
	view.Title, view.Note = v.Sheet.Name, v.Sheet.Note
	view.Writes = d.MaySubmit && !v.Sent
	view.Checks = !view.Writes && v.Sent && policy.ReviewTask(actor, policy.Task{AgencyID: d.Task.AgencyID, RecipientID: d.Task.RecipientID, ReviewerID: d.Task.ReviewerID})
	for i, line := range v.Lines {
		view.Lines = append(view.Lines, l.scoreLine(i, line, view.Checks))
	}
	total := v.Result.Final()
	if v.Result.Class.Code != "" {
		view.Sum = l.say("scores.sum", l.decimal(total.String()), v.Result.Class.Name)
	}
	if b := v.Before; b != nil {
		view.Before = l.say("scores.before", b.PeriodKey, l.decimal(b.Total.String()), b.Class.Name)
	}
	if v.CheckedAt != nil {
		view.Checked = l.say("scores.checked", v.CheckedByName, moment(*v.CheckedAt, p.zone))
	}
	return view, nil
}

func (l lexicon) scoreLine(i int, line score.Line, checks bool) scoreLine {
	item := scoreLine{
		Code: line.Code, Name: line.Name, Most: l.decimal(line.Points), Hint: line.Hint, Evidence: line.Evidence, Remark: line.Remark,
		PointsField: fmt.Sprintf("points.%d.points", i), TextField: fmt.Sprintf("points.%d.evidence", i),
	}
	if line.Own != nil {
		item.Own = l.decimal(line.Own.String())
	}
	if line.Checked != nil {
		item.Checked = l.decimal(line.Checked.String())
	}
	item.Points, item.Text = item.Own, item.Evidence
	if checks {
		item.Text = item.Remark
		if item.Checked != "" {
			item.Points = item.Checked // to begin with what the unit says saves typing
		}
	}
	return item
}

// saveScores takes in the sheet of the unit, or what the level above says to it.
func (p *pages) saveScores(c *gin.Context, actor policy.Actor) error {
	id, err := taskID(c)
	if err != nil {
		return err
	}
	if err := readForm(c); err != nil {
		return err
	}
	form := c.Request.PostForm
	view, err := p.scoresFor(c, actor, id)
	if err != nil {
		return err
	}
	in := view.input(id, form)
	save := p.service.SaveScores
	if view.Checks {
		save = p.service.CheckScores
	}
	_, err = save(keyed(c, form), actor, in)
	if err == nil {
		c.Redirect(http.StatusSeeOther, view.Address+"?da=luu")
		return nil
	}
	f := fault.Of(err)
	if f == nil || f.Kind != fault.Invalid && f.Kind != fault.Conflict {
		return err
	}
	view.Errors = errorsOf(f, view.lexicon())
	return p.render.write(c, statusOf(f), "scores", view.lexicon(), view)
}

// input reads the form and puts it back into the view, to be shown again.
func (v *scoresView) input(id int64, form url.Values) score.Input {
	in := score.Input{TaskID: id}
	for i := range v.Lines {
		line := &v.Lines[i]
		line.Points, line.Text = form.Get(line.PointsField), form.Get(line.TextField)
		in.Points = append(in.Points, score.Points{Criterion: line.Code, Points: line.Points, Evidence: line.Text})
	}
	return in
}
