package web

import (
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"dondoc/internal/attachment"
	"dondoc/internal/clock"
	"dondoc/internal/fault"
	"dondoc/internal/idempotency"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// Attachments keeps files beside results.
type Attachments interface {
	AddAttachment(ctx context.Context, actor policy.Actor, in task.UploadInput) (task.Attachment, error)
	ListAttachments(ctx context.Context, actor policy.Actor, taskID int64) ([]task.Attachment, error)
	OpenAttachment(ctx context.Context, actor policy.Actor, id int64) (task.Attachment, []byte, error)
}

// unhurried is how long a file may take over a slow line.
const unhurried = 10 * time.Minute

// formType is how a form with files is sent.
const formType = "multipart/form-data"

// fileView is a file as pages show it.
type fileView struct {
	ID       int64
	Name     string
	Size     string
	Address  string
	Redacted bool
	Chosen   bool // goes with what is sent
}

func (l lexicon) fileOf(a task.Attachment) fileView {
	size := l.say("files.size_kb", l.integer(int(max(a.Size>>10, 1))))
	if a.Size >= 1<<20 {
		size = l.say("files.size_mb", l.decimal(strconv.FormatFloat(float64(a.Size)/(1<<20), 'f', 1, 64)))
	}
	return fileView{ID: a.ID, Name: a.Name, Size: size, Address: "/tep/" + strconv.FormatInt(a.ID, 10), Redacted: a.RedactedAt != nil}
}

// addFiles lists what lies beside the task in the form of its result, or of its
// correction. Without a form that was typed, everything unsent goes, and what
// the version had that is mended or corrected.
func (p *pages) addFiles(c *gin.Context, actor policy.Actor, d task.Detail, form url.Values, f *submitForm) error {
	l := lexicon{language(actor.Language)}
	if f.Secret = d.Rules.Secret; f.Secret || !f.Correcting && !d.MaySubmit || f.Correcting && !d.MayCorrect {
		return nil
	}
	list, err := p.service.ListAttachments(c.Request.Context(), actor, d.Task.ID)
	if err != nil {
		return err
	}
	f.TakesFiles, f.NeedsScan, f.Declared = true, d.Rules.NeedsScan(), form.Get("declared") == "1"
	f.FileLimit = l.integer(p.fileLimit >> 20)
	f.Accept = attachment.Accepted()
	for _, a := range list {
		v := l.fileOf(a)
		v.Chosen = !a.Submitted || slices.ContainsFunc(d.Submissions, func(b task.Submission) bool {
			mended := f.Correcting && b.Number == d.InForce || !f.Correcting && d.Task.State == task.StateReturned && b.Number == d.Submissions[0].Number
			return mended && slices.Contains(b.Content().Attachments, a.ID)
		})
		if form != nil {
			v.Chosen = slices.Contains(form["attachments"], strconv.FormatInt(a.ID, 10))
		}
		if v.Chosen || !a.Submitted {
			f.Files = append(f.Files, v)
		}
	}
	return nil
}

// parseForm reads a posted form, with files where the page takes them. Whoever
// is not signed in sends no more than a form of words may have.
func (p *pages) parseForm(c *gin.Context) error {
	if c.ContentType() != formType {
		return readForm(c)
	}
	if _, err := p.actor(c); err != nil {
		c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, maxForm)
	} else {
		p.allowTime(c)
	}
	// Kept in memory: nothing is written anywhere before it was looked at.
	err := c.Request.ParseMultipartForm(int64(p.fileLimit) + maxForm)
	var tooLarge *http.MaxBytesError
	if err == nil || errors.As(err, &tooLarge) {
		return err
	}
	return fault.New(fault.Invalid, "form.invalid", "Biểu mẫu bị đứt hoặc không đọc được. Gửi lại.", "The form is cut off or cannot be read. Send it again.")
}

// allowTime moves the server's time limits for one request. A server without
// them, as in tests, has nothing to move.
func (p *pages) allowTime(c *gin.Context) {
	limits := http.NewResponseController(c.Writer)
	until := clock.SystemWall().Add(unhurried)
	for _, set := range []func(time.Time) error{limits.SetReadDeadline, limits.SetWriteDeadline} {
		if err := set(until); err != nil && !errors.Is(err, http.ErrNotSupported) {
			p.log.WarnContext(c.Request.Context(), "allow time for a file", "error", err)
		}
	}
}

// upload takes in files and shows the form again as it was filled in.
func (p *pages) upload(c *gin.Context, actor policy.Actor, form url.Values) error {
	id, err := taskID(c)
	if err != nil {
		return err
	}
	err = p.takeFiles(keyed(c, form), c, actor, id, form)
	f := fault.Of(err)
	if err != nil && (f == nil || f.Kind != fault.Invalid && f.Kind != fault.Conflict && f.Kind != fault.Unavailable) {
		return err
	}
	detail, err := p.service.TaskDetail(c.Request.Context(), actor, id)
	if err != nil {
		return err
	}
	return p.showAgain(c, actor, detail, c.Request.URL.Path, form, f)
}

// takeFiles keeps the files of a form one by one and ticks them in it. It ends
// at the first that is not taken, with its name.
func (p *pages) takeFiles(ctx context.Context, c *gin.Context, actor policy.Actor, taskID int64, form url.Values) error {
	delete(form, "file") // what a browser sends where none was chosen
	if c.Request.MultipartForm == nil {
		return nil
	}
	for i, sent := range c.Request.MultipartForm.File["file"] {
		kept, err := p.takeFile(ctx, actor, taskID, form, i, sent)
		if f := fault.Of(err); f != nil {
			named := f.At("file")
			named.VI, named.EN = lexicon{"vi"}.say("files.fail", sent.Filename, f.VI), lexicon{"en"}.say("files.fail", sent.Filename, f.EN)
			return named
		}
		if err != nil {
			return err
		}
		if id := strconv.FormatInt(kept.ID, 10); !slices.Contains(form["attachments"], id) {
			form.Add("attachments", id)
		}
	}
	c.Request.MultipartForm.File = nil // a form that is shown again sends them no second time
	return nil
}

func (p *pages) takeFile(ctx context.Context, actor policy.Actor, taskID int64, form url.Values, i int, sent *multipart.FileHeader) (task.Attachment, error) {
	if sent.Size > int64(p.fileLimit) {
		return task.Attachment{}, attachment.TooLarge(p.fileLimit)
	}
	opened, err := sent.Open()
	if err != nil {
		return task.Attachment{}, err
	}
	content, err := io.ReadAll(opened)
	if err = errors.Join(err, opened.Close()); err != nil {
		return task.Attachment{}, err
	}
	// The form's key, so that a second click keeps each file once.
	if key, ok := idempotency.From(ctx); ok {
		ctx = idempotency.With(ctx, idempotency.Key{Value: key.Value + "-tep-" + strconv.Itoa(i), RequestHash: hashOf(sent.Filename, content)})
	}
	return p.service.AddAttachment(ctx, actor, task.UploadInput{TaskID: taskID, Name: sent.Filename, Content: content, Declared: form.Get("declared") == "1"})
}

// attachmentsIn are the files that a form names; what is no number names none.
func attachmentsIn(form url.Values) []int64 {
	var ids []int64
	for _, text := range form["attachments"] {
		if id, err := strconv.ParseInt(text, 10, 64); err == nil {
			ids = append(ids, id)
		}
	}
	return ids
}

// download gives a file byte for byte, never to be shown as a page.
func (p *pages) download(c *gin.Context, actor policy.Actor) error {
	id, err := taskID(c)
	if err != nil {
		return err
	}
	found, content, err := p.service.OpenAttachment(c.Request.Context(), actor, id)
	if err != nil {
		return err
	}
	p.allowTime(c)
	c.Header("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": found.Name}))
	c.Data(http.StatusOK, found.MediaType, content)
	return nil
}

// takesFiles reports whether the page of the route takes files.
func takesFiles(route string) bool {
	return route == "/viec/:id/bao-cao" || route == "/viec/:id/tep" || route == "/viec/:id/dinh-chinh" || route == "/viec/:id/bieu-mau" || route == "/ky/:id/tong-hop"
}
