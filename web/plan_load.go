package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"dondoc/internal/amendment"
	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/preview"
)

// PlanLives are what a plan authority does to plans, from the file to the end.
type PlanLives interface {
	LoadPlan(ctx context.Context, actor policy.Actor, p *plan.Plan, source []byte) (plan.Record, error)
	PreviewPlan(ctx context.Context, actor policy.Actor, id int64, w preview.Wanted) (preview.Preview, error)
	ActivatePlan(ctx context.Context, actor policy.Actor, id int64, version int, followFrom calendar.Date) (plan.Record, error)
	SuspendPlan(ctx context.Context, actor policy.Actor, id int64, version int) (plan.Record, error)
	ResumePlan(ctx context.Context, actor policy.Actor, id int64, version int) (plan.Record, error)
	ClosePlan(ctx context.Context, actor policy.Actor, id int64, version int, c amendment.Closing) (plan.Record, error)
	PlanClosure(ctx context.Context, actor policy.Actor, id int64) (amendment.Closure, error)
	PlanVersions(ctx context.Context, actor policy.Actor, planID int64) ([]amendment.Version, error)
	PlanVersion(ctx context.Context, actor policy.Actor, planID int64, number int) (amendment.Contents, error)
	ComparePlanVersions(ctx context.Context, actor policy.Actor, planID int64, from, to int) (amendment.Comparison, error)
	PreviewAmendment(ctx context.Context, actor policy.Actor, in amendment.Input) (amendment.Preview, error)
	ApplyAmendment(ctx context.Context, actor policy.Actor, in amendment.Input) (amendment.Applied, error)
}

const loadAddress = "/van-ban/nap"

func (p *pages) planLifePages(site *gin.RouterGroup) {
	site.GET(loadAddress, p.page(p.signedIn(p.loadPage)))
	p.forms(site, loadAddress, p.loadPlan, func(c *gin.Context, _ policy.Actor, form url.Values) error {
		return p.showLoad(c, form, form.Get("source"), nil, http.StatusOK)
	})
	site.GET("/van-ban/:id/xem-truoc", p.page(p.signedIn(p.previewPage)))
	site.GET("/van-ban/:id/buoc-nhac", p.page(p.signedIn(p.stepsPage)))
	site.GET("/van-ban/:id/buoc-nhac/:policy", p.page(p.signedIn(p.stepsFormPage)))
	p.forms(site, "/van-ban/:id/buoc-nhac/:policy", p.changeSteps, p.typedSteps)
	site.GET("/van-ban/:id/theo-doi", p.page(p.signedIn(p.followPage)))
	p.forms(site, "/van-ban/:id/theo-doi/:act", p.follow, func(c *gin.Context, actor policy.Actor, form url.Values) error {
		return p.showFollowing(c, actor, form, formErrors{}, http.StatusOK)
	})
	site.GET("/van-ban/:id/sua-doi", p.page(p.signedIn(p.versionsPage)))
	p.forms(site, "/van-ban/:id/sua-doi", p.amend, func(c *gin.Context, actor policy.Actor, form url.Values) error {
		return p.showVersions(c, actor, amended{form: form, source: form.Get("source")}, http.StatusOK)
	})
	site.GET("/van-ban/:id/tep/:number", p.page(p.signedIn(p.versionFile)))
}

// fileProblem is one fault of a plan file with where it stands.
type fileProblem struct {
	File         string
	Line, Column int
	Message      string
	Warning      bool
}

// problemsShown bounds what one page lists: nobody mends more before looking again.
const problemsShown = 200

func (l lexicon) fileProblems(problems plan.Problems) []fileProblem {
	var list []fileProblem
	for _, one := range problems[:min(len(problems), problemsShown)] {
		text := one.VI
		if l.code == "en" {
			text = one.EN
		}
		list = append(list, fileProblem{one.File, one.Line, one.Column, text, one.Severity == plan.SeverityWarning})
	}
	return list
}

// planErrors are the problems of a file as an error.
type planErrors plan.Problems

func (e planErrors) Error() string { return plan.Problems(e).String() }

func (e planErrors) Unwrap() error {
	return plan.Problems(e).Fault("plan.problems", "Tệp kế hoạch có %d chỗ cần sửa; chưa nạp gì.", "The plan file has %d places to mend; nothing was loaded.")
}

// planFile reads a plan file and the files that it names from a form; those that were
// not sent are opened by kept.
func (p *pages) planFile(c *gin.Context, form url.Values, kept func(path string) ([]byte, error)) (parsed *plan.Plan, source string, problems plan.Problems, err error) {
	content, err := p.uploaded(c, "file")
	if err != nil {
		return nil, "", nil, err
	}
	if source = string(content); source == "" {
		source = form.Get("source")
	}
	beside := map[string][]byte{}
	if c.Request.MultipartForm != nil {
		for _, part := range c.Request.MultipartForm.File["beside"] {
			if beside[part.Filename], err = p.readPart(part); err != nil {
				return nil, source, nil, err
			}
		}
	}
	parsed, problems = plan.Read("ke-hoach.yaml", []byte(source), func(path string) ([]byte, error) {
		if content, ok := beside[path]; ok {
			return content, nil
		}
		return kept(path)
	})
	if problems.HasErrors() {
		return nil, source, problems, planErrors(problems)
	}
	return parsed, source, problems, nil
}

// loadView takes a plan file in as a draft.
type loadView struct {
	frame
	Errors   formErrors
	Problems []fileProblem
	Form     actForm
}

func (p *pages) loadPage(c *gin.Context, actor policy.Actor) error {
	if !policy.LoadPlan(actor) {
		return notFound()
	}
	return p.showLoad(c, nil, "", nil, http.StatusOK)
}

func (l lexicon) planFileFields(source string) []field {
	return []field{
		{Name: "file", Label: l.say("load.file"), Kind: "file"},
		{Name: "beside", Label: l.say("load.beside"), Hint: l.say("load.beside_hint"), Kind: "files"},
		{Name: "source", Label: l.say("load.source"), Kind: "lines", Value: source},
	}
}

func (p *pages) showLoad(c *gin.Context, form url.Values, source string, failed error, status int) error {
	view := loadView{frame: p.frameFor(c, "")}
	l := view.lexicon()
	view.Title, view.Styles = l.say("load.title"), []string{"admin.css"}
	view.Form = actForm{
		Action: loadAddress, Title: l.say("load.form"), Hint: l.say("load.hint"), Button: l.say("load.submit"), Filled: true, Files: true, Fields: l.planFileFields(source),
		Kept: cameBack(form),
	}
	if document := form.Get("document"); document != "" {
		view.Form.Hidden = []keptField{{"document", document}}
	}
	if failed != nil {
		view.Errors, view.Problems = l.fileErrors(failed)
	}
	view.Form = view.Form.lay()
	return p.render.write(c, status, "load", l, view)
}

// fileErrors lay out what keeps a plan file back: faults of the file by their place.
func (l lexicon) fileErrors(failed error) (formErrors, []fileProblem) {
	f := fault.Of(failed)
	e := errorsOf(f, l)
	var problems planErrors
	if !errors.As(failed, &problems) {
		return e, nil
	}
	e.Links = []errorLink{{"source", f.Message(l.code)}}
	return e, l.fileProblems(plan.Problems(problems))
}

func (p *pages) loadPlan(c *gin.Context, actor policy.Actor, form url.Values) error {
	if !policy.LoadPlan(actor) {
		return notFound()
	}
	parsed, source, _, err := p.planFile(c, form, keptFiles(amendment.Contents{}))
	if err != nil {
		f, other := formFault(err)
		if other != nil {
			return other
		}
		return p.showLoad(c, form, source, err, statusOf(f))
	}
	return p.loadParsed(c, actor, form, parsed, source)
}

// loadParsed loads a plan as a draft and leads to its preview. Where it was made of a document, that is noted there.
func (p *pages) loadParsed(c *gin.Context, actor policy.Actor, form url.Values, parsed *plan.Plan, source string) error {
	record, err := p.service.LoadPlan(keyed(c, form), actor, parsed, []byte(source))
	if err != nil {
		f := fault.Of(err)
		if f == nil || f.Kind != fault.Invalid && f.Kind != fault.Conflict && f.Kind != fault.Forbidden {
			return err
		}
		return p.showLoad(c, form, source, err, statusOf(f))
	}
	if id := int64(numberIn(form, "document")); id > 0 {
		if err := p.service.DocumentLoaded(c.Request.Context(), actor, id, record.ID); err != nil {
			return err
		}
	}
	c.Redirect(http.StatusSeeOther, planAddress(record.ID)+"/xem-truoc?da=nap")
	return nil
}
