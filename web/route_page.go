package web

import (
	"context"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// Corrections passes results on, corrects what is done, and keeps supervisors' notes.
type Corrections interface {
	Correct(ctx context.Context, actor policy.Actor, in task.CorrectInput) (task.Correction, error)
	DecideCorrection(ctx context.Context, actor policy.Actor, in task.CorrectionAct) (task.Correction, error)
	ListCorrections(ctx context.Context, actor policy.Actor, limit int, cursor string) (task.CorrectionPage, error)
	Forward(ctx context.Context, actor policy.Actor, in task.ForwardInput) (task.Receipt, error)
	NoteTask(ctx context.Context, actor policy.Actor, in task.NoteInput) (task.Note, error)
	TaskNotes(ctx context.Context, actor policy.Actor, taskID int64) ([]task.Note, error)
}

// What the forms on a task's page do besides sending and deciding; part of their address.
const (
	actForward  = "chuyen"
	actCorrect  = "dinh-chinh"
	actJudge    = "quyet-dinh" // below a correction
	actRecall   = "rut"        // below a correction
	actNote     = "ghi-chu"
	correctPath = "/" + actCorrect + "/"
)

// routeView is what a task's page shows of a result on its way, of corrections
// and of notes.
type routeView struct {
	// Way are the acts on a result on its way and on the correction that waits.
	Way        []requestForm
	MayCorrect bool
	Correct    submitForm
	// CorrectionWaits says which version is in force meanwhile.
	CorrectionWaits string
	ReadsNotes      bool
	Notes           []noteView
	Note            requestForm
	WayErrors       formErrors
	// WayKept is the anchor of a form that came through a sign-in.
	WayKept string
	// WayUnsent was typed into a form that is not there any more.
	WayUnsent string
	// Consolidation is the address of what the result sums up; empty: nothing. Upward
	// says where its own figures went, Comments what whoever sums it up says of it.
	Consolidation string
	Upward        []string
	Comments      []noteView
}

type noteView struct{ Title, Facts, Text string }

// AsCorrection is the page with the correction's form in the place of the result's.
func (v taskView) AsCorrection() taskView {
	v.Submit = v.Correct
	return v
}

func relationOf(t task.Task) policy.Task {
	return policy.Task{AgencyID: t.AgencyID, RecipientID: t.RecipientID, ReviewerID: t.ReviewerID, IssuerID: t.IssuerID, PlanID: t.PlanID, ThroughID: t.ThroughID}
}

// addRoute fills the part of the page that is about the way of the result.
func (p *pages) addRoute(c *gin.Context, actor policy.Actor, d task.Detail, view *taskView) error {
	l, zone := view.lexicon(), p.zoneOf(d.Task.TimeZone)
	view.Way = wayForms(l, d)
	view.MayCorrect = d.MayCorrect
	view.Correct = p.blankCorrection(l, d)
	if err := p.addForm(c, actor, d, false, &view.Correct); err != nil {
		return err
	}
	if err := p.addFiles(c, actor, d, nil, &view.Correct); err != nil {
		return err
	}
	if d.Consolidates {
		view.Consolidation = consolidationAddress(d.Task.ID)
	}
	for _, comment := range d.Comments {
		view.Comments = append(view.Comments, noteView{comment.AgencyName, moment(comment.WrittenAt, zone) + " · " + comment.WrittenBy, comment.Text})
	}
	for _, up := range d.Upward {
		view.Upward = append(view.Upward, l.upwardOf(up, zone))
	}
	waiting := d.WaitingCorrection()
	if waiting != nil {
		view.CorrectionWaits = l.say("correction.waits", waiting.Number, d.InForce)
	}
	if policy.NoteTask(actor, relationOf(d.Task)) {
		notes, err := p.service.TaskNotes(c.Request.Context(), actor, d.Task.ID)
		if err != nil {
			return err
		}
		view.ReadsNotes, view.Note = true, noteForm(l, d.Task)
		for _, n := range notes {
			view.Notes = append(view.Notes, noteView{n.AgencyName, moment(n.NotedAt, zone) + " · " + n.NotedByName, n.Text})
		}
	}
	if flash := p.routeFlash(l, d, c.Query("da"), view.Notes); flash != "" {
		view.Flash = flash
	}
	return nil
}

// routeFlash confirms what was just done, from what is stored.
func (p *pages) routeFlash(l lexicon, d task.Detail, done string, notes []noteView) string {
	if done == actNote && len(notes) > 0 {
		return l.say("task.flash_noted")
	}
	if len(d.Submissions) == 0 {
		return ""
	}
	newest, zone := d.Submissions[0], p.zoneOf(d.Task.TimeZone)
	switch k := newest.Correction; {
	case done == actForward && newest.Forwarded != nil:
		return l.say("task.flash_forwarded", newest.Number, moment(newest.Forwarded.At, zone))
	case done == actForward && newest.Review != nil:
		return l.say("task.flash_return", newest.Number, moment(newest.Review.DecidedAt, zone))
	case done == actCorrect && k != nil:
		return l.say("task.flash_corrected", k.Number, moment(k.CorrectedAt, zone))
	case (done == actJudge || done == actRecall) && k != nil && k.DecidedAt != nil:
		return l.say("task.flash_correction", k.Number) + " " + l.say("correction."+string(k.Outcome)) + "."
	}
	return ""
}

// wayForms are exactly the acts that the reader may do now.
func wayForms(l lexicon, d task.Detail) []requestForm {
	var forms []requestForm
	add := func(f requestForm, path string) {
		f.Action, f.Key, f.Version = taskAddress(d.Task.ID)+path, randomHex(16), d.Task.Version
		f.Filled = len(forms) == 0 && f.Act != actRecall
		forms = append(forms, f)
	}
	if d.MayForward {
		f := requestForm{
			Act: actForward, Title: l.say("forward.title", d.Submissions[0].Number), Button: l.say("forward.button"), Choice: "decision",
			Choices:   []requestChoice{{string(task.Forward), l.say("forward.forward"), l.say("forward.forward_hint")}},
			TextLabel: l.say("forward.remark"), TextHint: l.say("forward.remark_hint"),
		}
		if d.MaySendBack {
			f.Choices = append(f.Choices, requestChoice{string(task.SendBack), l.say("forward.send_back"), l.say("forward.send_back_hint")})
			f.On, f.OnLabel, f.OnHint = "resubmit_on", l.say("review.resubmit"), l.say("forward.resubmit_hint")
		}
		add(f, "/"+actForward)
	}
	k := d.WaitingCorrection()
	if k == nil {
		return forms
	}
	under := correctPath + strconv.FormatInt(k.ID, 10) + "/"
	if d.MayDecideCorrection {
		add(requestForm{
			Act: actJudge, Title: l.say("correction.decide", k.Number), Button: l.say("correction.decide_button"), Choice: "decision",
			Choices: []requestChoice{
				{string(task.AcceptCorrection), l.say("correction.accept"), l.say("correction.accept_hint", k.Number, k.Replaces)},
				{string(task.RefuseCorrection), l.say("correction.refuse"), l.say("correction.refuse_hint", k.Replaces)},
			},
			TextLabel: l.say("correction.answer"), TextHint: l.say("correction.answer_hint"),
		}, under+actJudge)
	}
	if d.MayTakeBackCorrection {
		add(requestForm{
			Act: actRecall, Title: l.say("correction.recall", k.Number), Button: l.say("correction.recall_button"),
			TextLabel: l.say("correction.recall_text"), TextHint: l.say("correction.recall_hint"),
		}, under+actRecall)
	}
	return forms
}

func noteForm(l lexicon, t task.Task) requestForm {
	return requestForm{
		Act: actNote, Action: taskAddress(t.ID) + "/" + actNote, Key: randomHex(16), Version: t.Version,
		Title: l.say("note.write"), Button: l.say("note.button"), TextLabel: l.say("note.text"), TextHint: l.say("note.hint"),
	}
}

// blankCorrection starts from the version that is in force.
func (p *pages) blankCorrection(l lexicon, d task.Detail) submitForm {
	f := submitForm{Correcting: true, Kind: task.Report}
	values := map[string]string{}
	for _, b := range d.Submissions {
		if b.Number != d.InForce {
			continue
		}
		f.Kind, f.Narrative, f.DocumentNumber, f.SignatoryTitle = b.Kind, b.Narrative, b.DocumentNumber, b.SignatoryTitle
		if !b.DocumentOn.IsZero() {
			f.DocumentOn = b.DocumentOn.VN()
		}
		values = l.typedFigures(b.Figures, d.Fields)
		f.Explanations = answersOf(b.Explanations)
	}
	return p.layOut(l, f, d, values)
}

// addPassage adds to a version's view how it passed the agency between, and what
// it corrects.
func (p *pages) addPassage(l lexicon, d task.Detail, s task.Submission, zone *time.Location, v *submissionView) {
	if f := s.Forwarded; f != nil {
		v.Facts += " · " + l.say("submission.forwarded", f.AgencyName, moment(f.At, zone))
		v.Remark = f.Remark
	}
	if r := s.Review; r != nil && r.Intermediary != "" {
		v.DecisionBy = r.Intermediary + " · " + v.DecisionBy
	}
	v.InForce = s.Number == d.InForce && corrected(d)
	k := s.Correction
	if k == nil {
		return
	}
	v.Corrects, v.CorrectionReason = l.say("submission.corrects", k.Replaces), k.Reason
	v.Decision, v.Reason = capital(l.say("correction."+string(k.Outcome))), k.Answer
	if k.DecidedAt != nil {
		v.DecisionBy = moment(*k.DecidedAt, zone)
		if k.DecidedByName != "" {
			v.DecisionBy = k.DecidedByName + ", " + v.DecisionBy
		}
	}
}

// corrected reports whether a correction was ever sent: only then versions tell
// which of them is in force.
func corrected(d task.Detail) bool {
	for _, b := range d.Submissions {
		if b.Correction != nil {
			return true
		}
	}
	return false
}

// fillWaiting lists what waits to be passed on and the corrections to decide on.
func (p *pages) fillWaiting(c *gin.Context, l lexicon, actor policy.Actor, view *tasksView) error {
	held, err := p.service.ListTasks(c.Request.Context(), actor, task.Filter{ToForward: true, Limit: reviewShown})
	if err != nil {
		return err
	}
	for _, t := range held.Tasks {
		view.Forward = append(view.Forward, p.reviewLine(l, t))
	}
	if !actor.Has(policy.Supervisor) {
		return nil
	}
	page, err := p.service.ListCorrections(c.Request.Context(), actor, reviewShown, "")
	if err != nil {
		return err
	}
	for _, k := range page.Corrections {
		view.Corrections = append(view.Corrections, lineItem{
			Glyph: l.glyphOfStatus(task.Waiting), Address: taskAddress(k.TaskID), Title: k.AgencyName,
			Facts: l.say("task.duty", k.DutyCode) + " · " + k.DutyTitle + " · " + l.say("task.sent_on", day(k.CorrectedAt, p.zoneOf(k.TimeZone))),
		})
	}
	return nil
}
