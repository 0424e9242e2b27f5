package web

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// Drafts keep what an agency's people are still writing. FindDraft answers
// fault.NotFound where there is none; SaveDraft refuses to save over a newer one.
type Drafts interface {
	FindDraft(ctx context.Context, actor policy.Actor, taskID int64) (task.Draft, error)
	SaveDraft(ctx context.Context, actor policy.Actor, in task.DraftInput) (task.Draft, error)
}

// addDraft fills a blank form with the agency's draft and says whose it is.
func (p *pages) addDraft(c *gin.Context, actor policy.Actor, d task.Detail, f *submitForm, l lexicon) error {
	if !d.MaySubmit || !policy.WriteDraft(actor, relationOf(d.Task)) {
		return nil
	}
	f.DraftKey = strconv.FormatInt(actor.UserID, 10) + "-" + strconv.FormatInt(d.Task.ID, 10) + "-" + strconv.Itoa(d.Task.Version)
	draft, err := p.service.FindDraft(c.Request.Context(), actor, d.Task.ID)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	f.DraftVersion = draft.Version
	if f.Errors.Any() || f.Kept {
		return nil // what was just typed counts
	}
	again := submitForm{
		Kind: draft.Kind, Narrative: draft.Narrative, DocumentNumber: draft.DocumentNumber, SignatoryTitle: draft.SignatoryTitle,
		Explanations: answersOf(draft.Explanations), DraftKey: f.DraftKey, DraftVersion: draft.Version,
		DraftNote: l.say("draft.saved_by", moment(draft.SavedAt, p.zoneOf(d.Task.TimeZone)), draft.SavedByName),
	}
	if c.Query("khong-phat-sinh") != "" {
		again.Kind = f.Kind
	}
	if again.Kind == "" {
		again.Kind = task.Report
	}
	if !draft.DocumentOn.IsZero() {
		again.DocumentOn = draft.DocumentOn.VN()
	}
	*f = p.layOut(l, again, d, l.typedFigures(draft.Figures, d.Fields))
	return nil
}

// draftInput reads a posted form as it stands, however unfinished.
func draftInput(d task.Detail, form url.Values) (task.DraftInput, error) {
	in := task.DraftInput{TaskID: d.Task.ID, Content: task.Content{
		Kind: task.Kind(form.Get("kind")), Narrative: form.Get("narrative"), DocumentNumber: form.Get("document_number"),
		SignatoryTitle: form.Get("signatory_title"), Explanations: explanationsIn(form),
	}}
	if !d.Task.NilReturn {
		in.Kind = task.Report
	}
	if len(d.Rules.Sections) > 1 {
		in.Narrative = sectionsIn(form, d.Rules.Sections)
	}
	for _, field := range d.Fields {
		typed := strings.TrimSpace(form.Get(figurePrefix + field.Indicator))
		if typed == "" || field.Numerator != "" {
			continue
		}
		value, f := readFigure(field, typed)
		if f != nil {
			value = typed // no number yet
		}
		in.Figures = append(in.Figures, task.Figure{Indicator: field.Indicator, Value: value})
	}
	var err error
	if in.Version, err = strconv.Atoi(form.Get("draft_version")); err != nil {
		in.Version = 0
	}
	in.DocumentOn, err = typedDate(form.Get("document_on"), "document_on")
	return in, err
}

// draftSaved is what the report's script is told.
type draftSaved struct {
	Version int    `json:"version,omitempty"`
	Said    string `json:"said"`
}

// saveDraft keeps a report for later. The script saves at pauses of typing and is
// answered in JSON; the button "save for later" comes back to the task.
func (p *pages) saveDraft(c *gin.Context) error {
	if c.GetHeader("Accept") != "application/json" {
		return p.act(c, "nhap", func(ctx context.Context, actor policy.Actor, d task.Detail, form url.Values) error {
			in, err := draftInput(d, form)
			if err != nil {
				return err
			}
			_, err = p.service.SaveDraft(ctx, actor, in)
			return err
		})
	}
	if err := p.parseForm(c); err != nil {
		return err
	}
	l := lexicon{language(p.languageOf(c))}
	saved, err := p.draftOf(c)
	if f := fault.Of(err); f != nil {
		c.JSON(statusOf(f), draftSaved{Said: f.Message(l.code)})
		return nil
	}
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, draftSaved{saved.Version, l.say("draft.saved", clockOf(saved.SavedAt, p.zone))})
	return nil
}

func (p *pages) draftOf(c *gin.Context) (task.Draft, error) {
	actor, err := p.actor(c)
	if err != nil {
		return task.Draft{}, err
	}
	id, err := taskID(c)
	if err != nil {
		return task.Draft{}, err
	}
	detail, err := p.service.TaskDetail(c.Request.Context(), actor, id)
	if err != nil {
		return task.Draft{}, err
	}
	in, err := draftInput(detail, c.Request.PostForm)
	if err != nil {
		return task.Draft{}, err
	}
	return p.service.SaveDraft(c.Request.Context(), actor, in)
}
