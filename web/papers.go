package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"dondoc/internal/document"
	"dondoc/internal/paper"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// Papers gathers what documents are drafted from.
type Papers interface {
	ReportPaper(ctx context.Context, actor policy.Actor, taskID int64) (document.Report, error)
	UrgingLetter(ctx context.Context, actor policy.Actor, in document.LetterInput) (document.UrgingLetter, error)
	SummaryAnnex(ctx context.Context, actor policy.Actor, f task.RateFilter, against task.Against) (document.Summary, error)
	OverdueAnnex(ctx context.Context, actor policy.Actor, planID, under int64) (document.OverdueAnnex, error)
	ContactList(ctx context.Context, actor policy.Actor, planID int64) (document.Contacts, error)
}

// paperPages are files, and no pages: a report of a task, annexes of a plan, and
// the letter for what was chosen on the board.
func (p *pages) paperPages(site *gin.RouterGroup) {
	site.GET("/viec/:id/van-ban/:format", p.page(p.signedIn(p.reportPaper)))
	site.GET("/phu-luc/:id/:annex/:format", p.page(p.signedIn(p.annexPaper)))
	site.POST("/cong-van-don-doc/:format", p.page(p.signedIn(p.urgingLetter)))
}

// paperView is one document as a page offers it.
type paperView struct{ Title, Word, PDF string }

// paperFormat is the kind of file that the address names.
func paperFormat(name string) (document.Format, error) {
	f, ok := document.FormatNamed(name)
	if !ok {
		return f, notFound()
	}
	return f, nil
}

// hand answers with a file.
func (p *pages) hand(c *gin.Context, f document.Format, name string, d paper.Document) error {
	content, err := f.Bytes(d)
	if err != nil {
		return err
	}
	p.allowTime(c)
	c.Header("Content-Disposition", fmt.Sprintf(`attachment; filename="%s.%s"`, name, f.Name))
	c.Data(http.StatusOK, f.ContentType, content)
	return nil
}

func (p *pages) reportPaper(c *gin.Context, actor policy.Actor) error {
	id, err := taskID(c)
	if err != nil {
		return err
	}
	f, err := paperFormat(c.Param("format"))
	if err != nil {
		return err
	}
	report, err := p.service.ReportPaper(c.Request.Context(), actor, id)
	if err != nil {
		return err
	}
	return p.hand(c, f, fmt.Sprintf("bao-cao-%d", id), report.Paper())
}

func (p *pages) annexPaper(c *gin.Context, actor policy.Actor) error {
	id, err := taskID(c)
	if err != nil {
		return err
	}
	f, err := paperFormat(c.Param("format"))
	if err != nil {
		return err
	}
	ctx, under := c.Request.Context(), boardQueryOf(c).Agency
	var annex interface{ Paper() paper.Document }
	switch c.Param("annex") {
	case "tong-hop":
		annex, err = p.service.SummaryAnnex(ctx, actor, task.RateFilter{PlanID: id, UnderAgency: under}, task.AgainstPresent)
	case "qua-han":
		annex, err = p.service.OverdueAnnex(ctx, actor, id, under)
	case "dau-moi":
		annex, err = p.service.ContactList(ctx, actor, id)
	default:
		return notFound()
	}
	if err != nil {
		return err
	}
	return p.hand(c, f, c.Param("annex")+"-"+strconv.FormatInt(id, 10), annex.Paper())
}

// urgingLetter drafts the letter for the tasks that were ticked; where none is,
// for all that the page showed.
func (p *pages) urgingLetter(c *gin.Context, actor policy.Actor) error {
	if err := readForm(c); err != nil {
		return err
	}
	form := c.Request.PostForm
	f, err := paperFormat(c.Param("format"))
	if err != nil {
		return err
	}
	chosen := form["viec"]
	if len(chosen) == 0 {
		chosen = form["trang"]
	}
	ids, err := chosenIn(chosen)
	if err != nil {
		return err
	}
	slices.Sort(ids) // a level's box and its rows' boxes name the same tasks
	in := document.LetterInput{TaskIDs: slices.Compact(ids)}
	letter, err := p.service.UrgingLetter(c.Request.Context(), actor, in)
	if err != nil {
		return err
	}
	return p.hand(c, f, "cong-van-don-doc", letter.Paper())
}

// papersOfTask are the documents that a task's page offers: the report once there
// is one to show, and the letter to whoever urges.
func papersOfTask(actor policy.Actor, d task.Detail, view *taskView) {
	t := d.Task
	relation := relationOf(t)
	if !d.Rules.Secret && (policy.WriteDraft(actor, relation) || len(d.Submissions) > 0) {
		at := taskAddress(t.ID) + "/van-ban/"
		view.Report = &paperView{Word: at + "docx", PDF: at + "pdf"}
	}
	view.MayLetter = t.State.Owed() && t.ClosedAt == nil && policy.DraftLetter(actor, relation)
}

// annexesOf are the documents that the board offers of one plan.
func (l lexicon) annexesOf(actor policy.Actor, planID int64, q boardQuery) []paperView {
	if planID == 0 {
		return nil
	}
	query := ""
	if q.Agency != 0 {
		query = "?" + url.Values{"don-vi": {strconv.FormatInt(q.Agency, 10)}}.Encode()
	}
	names := []string{"tong-hop", "qua-han"}
	if policy.SeesContacts(actor) {
		names = append(names, "dau-moi")
	}
	annexes := make([]paperView, len(names))
	for i, name := range names {
		at := "/phu-luc/" + strconv.FormatInt(planID, 10) + "/" + name + "/"
		annexes[i] = paperView{l.say("papers." + name), at + "docx" + query, at + "pdf" + query}
	}
	return annexes
}
