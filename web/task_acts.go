package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"dondoc/internal/account"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// TaskActs are what is done around a task now and then.
type TaskActs interface {
	TaskSupervision(ctx context.Context, actor policy.Actor, taskID int64) (task.Supervision, error)
	ContestReview(ctx context.Context, actor policy.Actor, in task.ContestInput) (task.Contest, error)
	DecideContest(ctx context.Context, actor policy.Actor, in task.ContestDecision) (task.Contest, error)
	Reopen(ctx context.Context, actor policy.Actor, in task.ReopenInput) (task.Receipt, error)
	Withdraw(ctx context.Context, actor policy.Actor, in task.WithdrawInput) (task.Receipt, error)
	FindPreparation(ctx context.Context, actor policy.Actor, taskID int64) (task.Preparation, error)
	DecidePreparation(ctx context.Context, actor policy.Actor, in task.PreparationInput) (task.Receipt, error)
	RecordSubmission(ctx context.Context, actor policy.Actor, in task.RecordInput) (task.Receipt, error)
	TaskHands(ctx context.Context, actor policy.Actor, taskID int64) (task.Hands, error)
	HandOver(ctx context.Context, actor policy.Actor, in task.HandoverInput) (task.Handover, error)
	TakeBack(ctx context.Context, actor policy.Actor, in task.HandoverEnd) (task.Handover, error)
}

// Acts around a task, as they stand in addresses.
const (
	actApprove  = "duyet"
	actGiveBack = "chuyen-lai"
	actUnsend   = "rut-trinh"
	actPullBack = "rut"
	actContest  = "y-kien"
	actSettle   = "tra-loi-y-kien"
	actReopen   = "mo-lai"
	actHandOver = "giao"
	actHandBack = "nhan-lai"
	actRecord   = "ghi-thay"
)

func (p *pages) taskActPages(site *gin.RouterGroup) {
	site.GET("/viec/:id/them", p.page(p.signedIn(p.actsPage)))
	p.forms(site, "/viec/:id/them/:act", p.actAround, func(c *gin.Context, actor policy.Actor, form url.Values) error {
		return p.showActs(c, actor, c.Param("act"), form, formErrors{}, http.StatusOK)
	})
}

func actsAddress(id int64) string { return taskAddress(id) + "/them" }

// offersActs reports whether the page of a task leads to the acts around it.
func offersActs(actor policy.Actor, d task.Detail) bool {
	r := relationOf(d.Task)
	return d.MayApprove || d.MayTakeBack || d.MayWithdraw || d.MayRecord || policy.SubmitTask(actor, r) || policy.ReopenTask(actor, r) || policy.DecideContest(actor, r)
}

// actsView offers what can be done around a task besides reporting and reviewing.
type actsView struct {
	adminFrame
	Back, About string
	Errors      formErrors
	Prepared    *submissionView // what waits for the head
	Contests    []noteView
	Forms       []actForm
}

func (p *pages) actsPage(c *gin.Context, actor policy.Actor) error {
	return p.showActs(c, actor, "", nil, formErrors{}, http.StatusOK)
}

func (p *pages) showActs(c *gin.Context, actor policy.Actor, sent string, form url.Values, e formErrors, status int) error {
	id, err := taskID(c)
	if err != nil {
		return err
	}
	ctx := c.Request.Context()
	d, err := p.service.TaskDetail(ctx, actor, id)
	if err != nil {
		return err
	}
	if !offersActs(actor, d) {
		return notFound()
	}
	view := actsView{adminFrame: adminFrame{frame: p.frameFor(c, "")}, Back: taskAddress(id), Errors: e}
	view.Styles = []string{"admin.css"}
	l, zone := view.lexicon(), p.zoneOf(d.Task.TimeZone)
	view.Title, view.About = l.taskTitle(d.Task), d.Task.AgencyName+" · "+d.Task.DutyCode
	around, err := p.service.TaskSupervision(ctx, actor, id)
	if err != nil {
		return err
	}
	forms, err := p.actForms(ctx, actor, l, d, around, zone, &view)
	if err != nil {
		return err
	}
	for _, f := range forms {
		f.Action, f.Version = actsAddress(id)+"/"+f.Name, d.Task.Version
		if f.Name == sent {
			f = f.with(form, e)
		}
		view.Forms = append(view.Forms, f.lay())
	}
	return p.render.write(c, status, "acts", l, view)
}

// actForms are the forms of what the reader may do now.
func (p *pages) actForms(ctx context.Context, actor policy.Actor, l lexicon, d task.Detail, around task.Supervision, zone *time.Location, view *actsView) ([]actForm, error) {
	var forms []actForm
	reason := field{Name: "reason", Label: l.say("acts.reason"), Kind: "lines"}
	add := func(name string, fields ...field) {
		forms = append(forms, actForm{Name: name, Title: l.say("acts." + name), Hint: l.say("acts." + name + ".hint"), Button: l.say("acts." + name + ".do"), Fields: fields})
	}
	if d.MayApprove {
		waiting, err := p.service.FindPreparation(ctx, actor, d.Task.ID)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return nil, err
		}
		if err == nil {
			shown := p.submissionOf(l, d, preparedAs(waiting), zone)
			view.Prepared = &shown
			add(actApprove)
			forms[0].Filled = true
			add(actGiveBack, reason)
		}
	}
	if d.MayTakeBack {
		add(actUnsend)
	}
	if d.MayWithdraw {
		add(actPullBack, reason)
	}
	for _, contest := range around.Contests {
		note := noteView{l.say("acts.contested", contest.SubmissionNumber), moment(contest.ContestedAt, zone) + " · " + contest.ContestedByName, contest.Reason}
		if contest.Outcome != "" {
			note.Facts += " · " + l.say("acts.outcome."+string(contest.Outcome))
			note.Text += "\n" + contest.Answer
		}
		view.Contests = append(view.Contests, note)
		if contest.Outcome == "" && around.MayDecide {
			add(actSettle, field{Name: "outcome", Label: l.say("acts.outcome"), Kind: "choice", Options: []option{
				{Value: string(task.Overturned), Title: l.say("acts.outcome.overturned")}, {Value: string(task.Upheld), Title: l.say("acts.outcome.upheld")},
			}}, field{Name: "answer", Label: l.say("acts.answer"), Hint: l.say("acts.answer_hint"), Kind: "lines"})
			forms[len(forms)-1].Hidden = []keptField{{"contest", formatID(contest.ID)}}
		}
	}
	if around.MayContest {
		add(actContest, reason)
	}
	if around.MayReopen {
		add(actReopen, reason, field{Name: "resubmit_on", Label: l.say("acts.resubmit"), Hint: l.say("acts.resubmit_hint"), Kind: "date"})
	}
	if d.MayRecord {
		l.recordForm(d, add)
	}
	return p.handForms(ctx, actor, l, d, forms)
}

// preparedAs shows what waits for the head as it will be sent.
func preparedAs(w task.Preparation) task.Submission {
	return task.Submission{
		Number: 0, Kind: w.Kind, Narrative: w.Narrative, Figures: w.Figures, Explanations: w.Explanations, DocumentNumber: w.DocumentNumber,
		DocumentOn: w.DocumentOn, SignatoryTitle: w.SignatoryTitle, SubmittedAt: w.PreparedAt, SubmittedByName: w.PreparedByName,
	}
}

// recordForm takes down what came outside of the system: its figures one a line.
func (l lexicon) recordForm(d task.Detail, add func(string, ...field)) {
	channels := []option{}
	for _, ch := range []task.Channel{task.ChannelPaper, task.ChannelDocument, task.ChannelEmail, task.ChannelFax, task.ChannelPhone, task.ChannelOther} {
		channels = append(channels, option{Value: string(ch), Title: l.say("acts.channel." + string(ch))})
	}
	fields := []field{
		{Name: "channel", Label: l.say("acts.channel"), Kind: "list", Options: channels},
		{Name: "received_at", Label: l.say("acts.received"), Hint: l.say("days.instant_hint")},
		{Name: "evidence", Label: l.say("acts.evidence"), Hint: l.say("acts.evidence_hint"), Limit: 1000},
	}
	for _, f := range d.Fields {
		if f.Numerator != "" {
			continue
		}
		one := field{Name: figurePrefix + f.Indicator, Label: f.Name}
		if f.UnitName != "" {
			one.Label += " (" + f.UnitName + ")"
		}
		fields = append(fields, one)
	}
	fields = append(fields, field{Name: "narrative", Label: l.say("form.narrative"), Kind: "lines"}, field{Name: "document_number", Label: l.say("form.document_number"), Limit: 200},
		field{Name: "document_on", Label: l.say("form.document_on"), Kind: "date"})
	add(actRecord, fields...)
}

func (p *pages) handForms(ctx context.Context, actor policy.Actor, l lexicon, d task.Detail, forms []actForm) ([]actForm, error) {
	if !policy.HandOverTask(actor, relationOf(d.Task)) {
		return forms, nil
	}
	hands, err := p.service.TaskHands(ctx, actor, d.Task.ID)
	if err != nil || !hands.MayHandOver {
		return forms, err
	}
	running := runningHandover(hands)
	if running != nil {
		forms = append(forms, actForm{
			Name: actHandBack, Title: l.say("acts.nhan-lai"), Hint: l.say("acts.in_hand", running.UserName, running.Reason), Button: l.say("acts.nhan-lai.do"),
			Hidden: []keptField{{"handover", formatID(running.ID)}}, Fields: []field{{Name: "reason", Label: l.say("acts.reason"), Kind: "lines"}},
		})
	}
	var colleagues []account.Colleague
	if policy.SeeColleagues(actor, d.Task.AgencyID) {
		if colleagues, err = p.service.ListColleagues(ctx, actor, d.Task.AgencyID); err != nil {
			return forms, err
		}
	}
	var offered []option
	for _, one := range colleagues {
		if running == nil || running.UserID != one.ID {
			offered = append(offered, option{Value: formatID(one.ID), Title: one.Name})
		}
	}
	if len(offered) == 0 {
		return forms, nil
	}
	hand := actForm{Name: actHandOver, Title: l.say("acts.giao"), Hint: l.say("acts.giao.hint"), Button: l.say("acts.giao.do"), Fields: []field{
		{Name: "user_id", Label: l.say("acts.colleague"), Kind: "list", Options: offered}, {Name: "reason", Label: l.say("acts.reason"), Kind: "lines"},
	}}
	if running != nil {
		hand.Hidden = []keptField{{"replaces", formatID(running.ID)}}
	}
	return append(forms, hand), nil
}

func runningHandover(hands task.Hands) *task.Handover {
	for i := range hands.Handovers {
		if hands.Handovers[i].EndedAt == nil {
			return &hands.Handovers[i]
		}
	}
	return nil
}

// actAround carries out one of the acts.
func (p *pages) actAround(c *gin.Context, actor policy.Actor, form url.Values) error {
	id, err := taskID(c)
	if err != nil {
		return err
	}
	d, err := p.service.TaskDetail(c.Request.Context(), actor, id)
	if err != nil {
		return err
	}
	act := c.Param("act")
	err = p.around(keyed(c, form), actor, d, act, form)
	if err == nil {
		c.Redirect(http.StatusSeeOther, taskAddress(id)+"?da="+act)
		return nil
	}
	f, err := formFault(err)
	if err != nil {
		return err
	}
	return p.showActs(c, actor, act, form, errorsOf(f, lexicon{language(p.languageOf(c))}), statusOf(f))
}

func (p *pages) around(ctx context.Context, actor policy.Actor, d task.Detail, act string, form url.Values) error {
	id, version, reason := d.Task.ID, versionIn(form), form.Get("reason")
	var err error
	switch act {
	case actApprove:
		_, err = p.service.DecidePreparation(ctx, actor, task.PreparationInput{TaskID: id, Version: version, Decision: task.Approve})
	case actGiveBack:
		_, err = p.service.DecidePreparation(ctx, actor, task.PreparationInput{TaskID: id, Version: version, Decision: task.GiveBack, Reason: reason})
	case actUnsend:
		_, err = p.service.DecidePreparation(ctx, actor, task.PreparationInput{TaskID: id, Version: version, Decision: task.TakeBack})
	case actPullBack:
		_, err = p.service.Withdraw(ctx, actor, task.WithdrawInput{TaskID: id, Version: version, Reason: reason})
	case actContest:
		_, err = p.service.ContestReview(ctx, actor, task.ContestInput{TaskID: id, Version: version, Reason: reason})
	case actSettle:
		contest, parsed := strconv.ParseInt(form.Get("contest"), 10, 64)
		if parsed != nil {
			return notFound()
		}
		_, err = p.service.DecideContest(ctx, actor, task.ContestDecision{ContestID: contest, Outcome: task.ContestOutcome(form.Get("outcome")), Answer: form.Get("answer")})
	case actReopen:
		in := task.ReopenInput{TaskID: id, Version: version, Reason: reason}
		if in.ResubmitOn, err = typedDate(form.Get("resubmit_on"), "resubmit_on"); err == nil {
			_, err = p.service.Reopen(ctx, actor, in)
		}
	case actHandOver:
		_, err = p.service.HandOver(ctx, actor, task.HandoverInput{TaskID: id, UserID: int64(numberIn(form, "user_id")), Reason: reason, Replaces: int64(numberIn(form, "replaces"))})
	case actHandBack:
		_, err = p.service.TakeBack(ctx, actor, task.HandoverEnd{TaskID: id, HandoverID: int64(numberIn(form, "handover")), Reason: reason})
	case actRecord:
		err = p.record(ctx, actor, d, form)
	default:
		return notFound()
	}
	return err
}

// record takes down a result that came outside of the system.
func (p *pages) record(ctx context.Context, actor policy.Actor, d task.Detail, form url.Values) error {
	form.Set("kind", string(task.Report))
	sent, err := submitInput(d, form)
	if err != nil {
		return err
	}
	received, err := time.ParseInLocation("02/01/2006 15:04", form.Get("received_at"), p.zoneOf(d.Task.TimeZone))
	if err != nil {
		return fault.New(fault.Invalid, "instant.invalid", "Viết ngày giờ như 18/03/2026 10:00.", "Write it as 18/03/2026 10:00.").At("received_at")
	}
	_, err = p.service.RecordSubmission(ctx, actor, task.RecordInput{
		TaskID: d.Task.ID, Version: versionIn(form), Content: sent.Content(), ReceivedAt: received, Channel: task.Channel(form.Get("channel")), Evidence: form.Get("evidence"),
	})
	return err
}

// actDone confirms an act around the task.
func (l lexicon) actDone(act string) string {
	switch act {
	case actApprove, actGiveBack, actUnsend, actPullBack, actContest, actSettle, actReopen, actHandOver, actHandBack, actRecord:
		return l.say(fmt.Sprintf("acts.%s.done", act))
	}
	return ""
}
