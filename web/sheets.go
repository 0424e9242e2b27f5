package web

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"dondoc/internal/attachment"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/task"
	"dondoc/internal/workbook"
)

// Sheets gives report forms as workbooks and takes them in filled.
type Sheets interface {
	FormSheet(ctx context.Context, actor policy.Actor, taskID int64) (workbook.Form, error)
	TakeFormSheet(ctx context.Context, actor policy.Actor, sent workbook.Sent) (workbook.Taken, error)
	RoundSheet(ctx context.Context, actor policy.Actor, roundID int64) (workbook.Round, error)
	TakeRoundSheet(ctx context.Context, actor policy.Actor, sent workbook.SentRound) ([]task.Receipt, error)
}

// fieldSheet is the input of a workbook: faults of its cells lead there.
const fieldSheet = "sheet"

// sheetView is the form that takes a workbook in.
type sheetView struct {
	Errors formErrors
	// Taken says what was taken in.
	Taken string
}

func (p *pages) sheetPages(site *gin.RouterGroup) {
	site.GET("/viec/:id/bieu-mau.xlsx", p.page(p.signedIn(p.formSheet)))
	site.POST("/viec/:id/bieu-mau", p.page(p.typed(p.takeFormSheet)))
	site.GET("/ky/:id", p.page(p.signedIn(p.roundPage)))
	site.GET("/ky/:id/tong-hop.xlsx", p.page(p.signedIn(p.roundSheet)))
	site.POST("/ky/:id/tong-hop", p.page(p.typed(p.takeRoundSheet)))
}

func (p *pages) formSheet(c *gin.Context, actor policy.Actor) error {
	id, err := taskID(c)
	if err != nil {
		return err
	}
	form, err := p.service.FormSheet(c.Request.Context(), actor, id)
	if err != nil {
		return err
	}
	return p.saveAs(c, form.FileName(), func(w io.Writer) error { return workbook.WriteForm(w, form, language(actor.Language)) })
}

func (p *pages) roundSheet(c *gin.Context, actor policy.Actor) error {
	id, err := taskID(c)
	if err != nil {
		return err
	}
	round, err := p.service.RoundSheet(c.Request.Context(), actor, id)
	if err != nil {
		return err
	}
	return p.saveAs(c, round.FileName(), func(w io.Writer) error { return workbook.WriteRound(w, round, language(actor.Language)) })
}

// saveAs answers with a workbook, whole or not at all.
func (p *pages) saveAs(c *gin.Context, name string, write func(io.Writer) error) error {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return err
	}
	p.allowTime(c)
	c.Header("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	c.Data(http.StatusOK, workbook.MediaType, b.Bytes())
	return nil
}

// sheetIn reads the workbook of a posted form.
func (p *pages) sheetIn(c *gin.Context) ([]byte, error) {
	missing := fault.New(fault.Invalid, "sheet.empty", "Chọn tệp .xlsx đã điền.", "Choose the .xlsx that was filled in.").At(fieldSheet)
	if c.Request.MultipartForm == nil || len(c.Request.MultipartForm.File[fieldSheet]) == 0 {
		return nil, missing
	}
	content, err := p.readPart(c.Request.MultipartForm.File[fieldSheet][0])
	if err == nil && len(content) == 0 {
		err = missing
	}
	return content, err
}

// readPart reads one file of a form whole.
func (p *pages) readPart(sent *multipart.FileHeader) ([]byte, error) {
	if sent.Size > int64(p.fileLimit) {
		return nil, attachment.TooLarge(p.fileLimit)
	}
	opened, err := sent.Open()
	if err != nil {
		return nil, err
	}
	content, err := io.ReadAll(opened)
	return content, errors.Join(err, opened.Close())
}

// sheetErrors are what keeps a workbook back: each names its cell, and leads to
// the input where the mended one is chosen.
func sheetErrors(f *fault.Fault, l lexicon) formErrors {
	e := errorsOf(f, l)
	for i := range e.Links {
		e.Links[i].Field = fieldSheet
	}
	return e
}

// takeFormSheet takes the filled form into the draft and shows the report's form
// with what was read, to be looked at and sent.
func (p *pages) takeFormSheet(c *gin.Context, actor policy.Actor, form url.Values) error {
	id, err := taskID(c)
	if err != nil {
		return err
	}
	var taken workbook.Taken
	content, err := p.sheetIn(c)
	if err == nil {
		taken, err = p.service.TakeFormSheet(keyed(c, form), actor, workbook.Sent{TaskID: id, Content: content})
	}
	f := fault.Of(err)
	if err != nil && (f == nil || f.Kind != fault.Invalid && f.Kind != fault.Conflict) {
		return err
	}
	detail, err := p.service.TaskDetail(c.Request.Context(), actor, id)
	if err != nil {
		return err
	}
	return p.showTaken(c, actor, detail, taken, f)
}

func (p *pages) showTaken(c *gin.Context, actor policy.Actor, d task.Detail, taken workbook.Taken, f *fault.Fault) error {
	now, err := p.now(c)
	if err != nil {
		return err
	}
	view := p.taskViewOf(c, actor, d, now)
	l := view.lexicon()
	status, form := http.StatusOK, url.Values(nil)
	view.Review = blankReview()
	if f != nil {
		status = statusOf(f)
		view.Sheet.Errors = sheetErrors(f, l)
		view.Submit = p.blankSubmit(l, d, false)
	} else {
		form = l.formOf(taken.Content, d.Rules.Sections)
		view.Sheet.Taken = l.say("sheet.taken")
		view.Submit = p.typedSubmit(l, d, form, formErrors{})
	}
	if err := p.addFiles(c, actor, d, form, &view.Submit); err != nil {
		return err
	}
	if err := p.addRequests(c, actor, d, now, &view); err != nil {
		return err
	}
	if err := p.addRoute(c, actor, d, &view); err != nil {
		return err
	}
	return p.render.write(c, status, "task", l, view)
}

// formOf is a content as the report's form would post it.
func (l lexicon) formOf(content task.Content, sections []task.Section) url.Values {
	form := url.Values{
		"kind": {string(content.Kind)}, "narrative": {content.Narrative}, "document_number": {content.DocumentNumber}, "signatory_title": {content.SignatoryTitle},
	}
	if !content.DocumentOn.IsZero() {
		form.Set("document_on", content.DocumentOn.VN())
	}
	for i, text := range task.SplitSections(content.Narrative, sections) {
		form.Set(sectionPrefix+strconv.Itoa(i), text)
	}
	for _, figure := range content.Figures {
		form.Set(figurePrefix+figure.Indicator, l.decimal(figure.Value))
	}
	return form
}

// roundView is the page on which a supervisor records a round's results at once.
type roundView struct {
	frame
	ID                             int64
	About                          string
	Key                            string
	Errors                         formErrors
	Done                           string
	ReceivedAt, Evidence, FileRule string
	Channels                       []option
}

func (p *pages) roundPage(c *gin.Context, actor policy.Actor) error {
	id, err := taskID(c)
	if err != nil {
		return err
	}
	return p.showRound(c, actor, id, url.Values{}, http.StatusOK, func(*roundView, lexicon) {})
}

func (p *pages) showRound(c *gin.Context, actor policy.Actor, id int64, form url.Values, status int, add func(*roundView, lexicon)) error {
	about, err := p.service.ListTasks(c.Request.Context(), actor, task.Filter{RoundID: id, Limit: 1})
	if err != nil {
		return err
	}
	if len(about.Tasks) == 0 || !policy.Supervises(actor) {
		return notFound()
	}
	view := roundView{frame: p.frameFor(c, ""), ID: id, Key: randomHex(16), ReceivedAt: form.Get("received_at"), Evidence: form.Get("evidence")}
	l := view.lexicon()
	view.Title, view.About = l.say("round.title"), l.taskTitle(about.Tasks[0])
	view.FileRule = l.say("sheet.rule", l.integer(p.fileLimit>>20))
	for _, channel := range task.Channels {
		view.Channels = append(view.Channels, option{string(channel), l.say("channel." + string(channel)), form.Get("channel") == string(channel)})
	}
	add(&view, l)
	return p.render.write(c, status, "round", l, view)
}

// takeRoundSheet records what a filled table of units says.
func (p *pages) takeRoundSheet(c *gin.Context, actor policy.Actor, form url.Values) error {
	id, err := taskID(c)
	if err != nil {
		return err
	}
	var receipts []task.Receipt
	content, err := p.sheetIn(c)
	sent := workbook.SentRound{RoundID: id, Content: content, Otherwise: workbook.Received{Channel: task.Channel(form.Get("channel")), Evidence: form.Get("evidence")}}
	if err == nil {
		sent.Otherwise.At, err = p.typedMoment(form.Get("received_at"))
	}
	if err == nil {
		receipts, err = p.service.TakeRoundSheet(keyed(c, form), actor, sent)
	}
	f := fault.Of(err)
	switch {
	case err == nil:
		return p.showRound(c, actor, id, url.Values{}, http.StatusOK, func(v *roundView, l lexicon) { v.Done = l.count("round.done", len(receipts)) })
	case f == nil || f.Kind != fault.Invalid && f.Kind != fault.Conflict:
		return err
	}
	return p.showRound(c, actor, id, form, statusOf(f), func(v *roundView, l lexicon) { v.Errors = sheetErrors(f, l) })
}

// typedMoment reads a time of day and a day as people write them; empty is none.
func (p *pages) typedMoment(typed string) (time.Time, error) {
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{"15:04 2/1/2006", "2/1/2006 15:04", "2/1/2006"} {
		if at, err := time.ParseInLocation(layout, typed, p.zone); err == nil {
			return at.UTC(), nil
		}
	}
	return time.Time{}, fault.New(fault.Invalid, "date.form",
		"Ghi thời điểm nhận theo dạng giờ:phút ngày/tháng/năm, ví dụ 14:30 16/06/2026.", "Give the time of receipt as hour:minute day/month/year, such as 14:30 16/06/2026.").At(fieldSheet)
}
