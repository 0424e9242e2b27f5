package web

import (
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"dondoc/internal/calendar"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

func taskAddress(id int64) string { return "/viec/" + strconv.FormatInt(id, 10) }

// taskID reads the task's number from the address; what is no number leads nowhere.
func taskID(c *gin.Context) (int64, error) {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil || id <= 0 {
		return 0, notFound()
	}
	return id, nil
}

// taskView is a task with its form, its submissions and its history.
type taskView struct {
	frame
	ID                    int64
	Version               int
	Agency, About, Plan   string
	Scores                string // address of the score sheet; empty: there is none
	Mine                  bool
	Glyph                 glyph
	State                 string
	Late                  bool
	DueLead, Due          string
	Derivation            template.HTML
	NextStep              string
	OriginalDue           string
	Strip                 *strip
	FirstSent             string
	InHand                string // who has the task in hand; empty: nobody in particular
	DutyText              []string
	Configured            bool
	Requested             bool
	Flash                 string
	Returned              *submissionView
	Submissions           []submissionView
	MaySubmit, MayReview  bool
	WhyNot                string
	Submit                submitForm
	Review                reviewForm
	Requests              []lineItem
	MayExtend, Kept       bool // Kept: a request that was typed came through a sign-in
	Extend                requestForm
	Timeline              []courseLine
	Contact, ContactPhone string
	Report                *paperView // nil: there is none to show
	MayLetter             bool
	Sheet                 sheetView
	// RoundID is the round whose results the reader may record; 0: none.
	RoundID int64
	// Acts leads to what else may be done; empty: nothing. Approve: something waits
	// for the reader's approval there.
	Acts    string
	Approve bool
	routeView
}

// submissionView is one version of the result, as it was sent.
type submissionView struct {
	Number       int
	Facts        string
	Nil, Invalid bool
	Figures      []figureView
	Narrative    string
	Document     string
	Decision     string
	DecisionBy   string
	Reason       string
	Glyph        glyph
	// Remark is that of the agency that passed it on.
	Remark string
	// Corrects says which version it is to replace, and CorrectionReason why.
	Corrects, CorrectionReason string
	InForce                    bool
	Files                      []fileView
	Redactions                 []string
}

// figureView is a figure as it was sent; Why is what was said of it.
type figureView struct {
	Name, Unit, Value, Why string
	Part                   bool // of the one above it
}

func (p *pages) taskPage(c *gin.Context, actor policy.Actor) error {
	id, err := taskID(c)
	if err != nil {
		return err
	}
	detail, err := p.service.TaskDetail(c.Request.Context(), actor, id)
	if err != nil {
		return err
	}
	now, err := p.now(c)
	if err != nil {
		return err
	}
	view := p.taskViewOf(c, actor, detail, now)
	l := view.lexicon()
	if offersActs(actor, detail) {
		view.Acts, view.Approve = actsAddress(id), detail.MayApprove
	}
	view.Submit = p.blankSubmit(l, detail, c.Query("khong-phat-sinh") != "")
	view.Review = blankReview()
	if view.Flash = p.flash(l, detail, c.Query("da")); view.Flash == "" {
		view.Flash = l.actDone(c.Query("da"))
	}
	if err := p.addDraft(c, actor, detail, &view.Submit, l); err != nil {
		return err
	}
	if err := p.addForm(c, actor, detail, true, &view.Submit); err != nil {
		return err
	}
	if err := p.addFiles(c, actor, detail, nil, &view.Submit); err != nil {
		return err
	}
	if err := p.addRequests(c, actor, detail, now, &view); err != nil {
		return err
	}
	if err := p.addRoute(c, actor, detail, &view); err != nil {
		return err
	}
	return p.render.write(c, http.StatusOK, "task", l, view)
}

// flash confirms what was just done, from what is stored and not from the address.
func (p *pages) flash(l lexicon, d task.Detail, done string) string {
	if done == "gui" && d.Task.State == task.StatePrepared {
		return l.say("task.flash_prepared")
	}
	if len(d.Submissions) == 0 {
		return ""
	}
	newest, zone := d.Submissions[0], p.zoneOf(d.Task.TimeZone)
	switch {
	case done == "gui" && d.Task.SubmittedAt != nil:
		return l.say("task.flash_sent", newest.Number, moment(newest.SubmittedAt, zone))
	case done == "quyet-dinh" && newest.Review != nil:
		return l.say("task.flash_"+string(newest.Review.Decision), newest.Number, moment(newest.Review.DecidedAt, zone))
	}
	return ""
}

// taskViewOf fills everything but the forms.
func (p *pages) taskViewOf(c *gin.Context, actor policy.Actor, d task.Detail, now time.Time) taskView {
	t, zone := d.Task, p.zoneOf(d.Task.TimeZone)
	view := taskView{frame: p.frameFor(c, "")}
	if d.MaySubmit {
		view.Scripts = []string{"report.js"}
	}
	l := view.lexicon()
	late := t.Status == task.NotDoneOverdue
	left := p.workingDaysLeft(t.EffectiveDueAt, now, zone)
	view.Title = l.taskTitle(t)
	view.ID, view.Version = t.ID, t.Version
	view.Agency, view.About, view.Plan = t.AgencyName, l.aboutTask(t), t.PlanTitle
	view.Mine = actor.HasAt(t.AgencyID, policy.FocalPoint, policy.Head)
	view.Glyph, view.Late = l.glyphOf(t), late
	view.State = l.stateLine(t, left)
	if t.State == task.StateSubmitted || t.State == task.StateAccepted {
		view.State, view.Glyph = view.Glyph.Label, view.Glyph.beside()
	}
	if t.Held {
		view.State = l.say("task.held", t.ThroughName)
	}
	view.DueLead, view.Due = l.say("due.lead"), l.untilFrom(t.EffectiveDueAt, now, zone)
	if t.State == task.StateReturned {
		view.DueLead = l.say("due.lead_again")
	}
	if !t.OriginalDueAt.Equal(t.DueAt) && !t.OriginalDueAt.IsZero() {
		view.OriginalDue = l.say("due.original", l.until(t.OriginalDueAt, zone))
	}
	view.Derivation = emphasise(t.Derivation.Sentence(l.code), calendar.DueDay(t.EffectiveDueAt, zone).VN())
	view.Strip = p.stripOf(l, t.Derivation, now, zone, late)
	view.FirstSent = l.firstSent(t, zone)
	view.NextStep = p.nextStep(l, d, zone)
	if d.InHand != nil && t.State.Owed() {
		view.InHand = l.say("task.in_hand", d.InHand.UserName)
	}
	view.DutyText = paragraphs(t.DutyText)
	view.Requested = t.Mode == "requested"
	for _, s := range d.Submissions {
		view.Submissions = append(view.Submissions, p.submissionOf(l, d, s, zone))
	}
	if t.State == task.StateReturned {
		// What was taken back since is not what was returned, nor is a correction of it.
		standing := slices.IndexFunc(d.Submissions, func(s task.Submission) bool { return s.WithdrawnAt == nil && s.Correction == nil })
		if standing >= 0 && view.Submissions[standing].Reason != "" {
			view.Returned = &view.Submissions[standing]
		}
	}
	view.MaySubmit, view.MayReview = d.MaySubmit, d.MayReview
	if d.MayRecord {
		view.RoundID = t.RoundID
	}
	if d.Rules.ScoreSheet != "" {
		view.Scores = scoresAddress(t.ID)
	}
	if view.Mine && !d.MaySubmit {
		view.WhyNot = l.whyNot(t)
	}
	view.Timeline = p.timeline(l, d, now, zone)
	papersOfTask(actor, d, &view)
	view.Contact = t.ReviewerName
	if !view.Mine {
		view.Contact, view.ContactPhone = t.AgencyName, t.AgencyPhone
	}
	return view
}

// whyNot tells the agency's own people why there is no form.
func (l lexicon) whyNot(t task.Task) string {
	if t.ClosedAt != nil && t.State.Owed() {
		return l.say("task.why.closed")
	}
	return l.sayOr("task.why."+string(t.State), "task.why.other")
}

func (p *pages) submissionOf(l lexicon, d task.Detail, s task.Submission, zone *time.Location) submissionView {
	v := submissionView{
		Number: s.Number, Nil: s.Kind == task.NilReturn, Invalid: s.Invalid,
		Facts: moment(s.SubmittedAt, zone), Narrative: s.Narrative,
	}
	if s.SubmittedByName != "" {
		v.Facts += " · " + l.byWhom(s.SubmittedByName, s.SubmittedFor)
	}
	if s.PreparedByName != "" {
		v.Facts += " · " + l.say("submission.prepared_by", s.PreparedByName)
	}
	if r := s.Recorded; r != nil {
		v.Facts += " · " + l.say("submission.recorded", r.OnBehalfOfName, moment(r.At, zone))
	}
	if s.WithdrawnAt != nil {
		v.Facts += " · " + l.say("submission.withdrawn", moment(*s.WithdrawnAt, zone))
	}
	asked := map[string]task.Field{}
	for _, f := range d.Fields {
		asked[f.Indicator] = f
	}
	for _, f := range s.Figures {
		field, ok := asked[f.Indicator]
		if !ok {
			field.Name = f.Indicator // no longer asked for, still part of what was sent
		}
		v.Figures = append(v.Figures, figureView{field.Name, field.UnitName, l.decimal(f.Value), task.Explained(s.Explanations, f.Indicator), field.Total != ""})
	}
	switch {
	case s.DocumentNumber != "" && !s.DocumentOn.IsZero():
		v.Document = l.say("submission.document_on", s.DocumentNumber, s.DocumentOn.VN())
	case s.DocumentNumber != "":
		v.Document = l.say("submission.document", s.DocumentNumber)
	}
	if v.Document != "" && s.SignatoryTitle != "" {
		v.Document += " · " + s.SignatoryTitle
	}
	for _, a := range s.Attachments {
		v.Files = append(v.Files, l.fileOf(a))
	}
	for _, r := range s.Redactions {
		v.Redactions = append(v.Redactions, l.say("redaction.field", r.Reason, moment(r.RedactedAt, zone)))
	}
	if r := s.Review; r != nil {
		v.Decision = l.sayOr("decision."+string(r.Decision), "decision.other")
		v.Reason = r.Reason
		v.DecisionBy = moment(r.DecidedAt, zone)
		if r.DecidedByName != "" {
			v.DecisionBy = r.DecidedByName + ", " + v.DecisionBy
		} else {
			v.DecisionBy = l.say("decision.by_itself") + ", " + v.DecisionBy
		}
	}
	p.addPassage(l, d, s, zone, &v)
	return v
}
