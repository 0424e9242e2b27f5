package web

import (
	"net/url"

	"github.com/gin-gonic/gin"

	"dondoc/internal/fault"
)

// actForm is a form with plain fields, laid out by the template "act-form": what
// most acts of administration need.
type actForm struct {
	Action, Title, Hint, Button string
	Filled, Files               bool // a filled button; files are sent
	Key                         string
	Version                     int
	Hidden                      []keptField
	Fields                      []field
	Errors                      formErrors
	// Look is a second button that only shows what would be; with scripts the part of
	// the page named Part shows it while one types.
	Look, Part string
	// Name tells the fields of several forms on one page apart; empty: the page's first.
	Name string
	// Kept: what was typed came through a sign-in.
	Kept bool
}

// field is one input with its words.
type field struct {
	ID, Name, Label, Hint, Value, Error string
	// Kind is text, date, lines, list, choice, check, file or shown.
	Kind    string
	Options []option
	Needed  bool
	Limit   int
}

// lay names the fields and puts each error where it belongs. Errors lead to the
// fields of the form that was sent, whose identifiers carry no name.
func (f actForm) lay() actForm {
	prefix := "o-"
	if f.Name != "" && !f.Errors.Any() {
		prefix = f.Name + "-"
	}
	if f.Key == "" {
		f.Key = randomHex(16)
	}
	for i := range f.Fields {
		f.Fields[i].ID = prefix + f.Fields[i].Name
		f.Fields[i].Error = f.Errors.At(f.Fields[i].Name)
	}
	return f
}

// with fills in what was typed.
func (f actForm) with(form url.Values, e formErrors) actForm {
	f.Errors, f.Kept = e, cameBack(form)
	for i, one := range f.Fields {
		switch {
		case one.Kind == "check", one.Kind == "list", one.Kind == "choice":
			for j := range one.Options {
				f.Fields[i].Options[j].Chosen = one.Options[j].Value == form.Get(one.Name)
			}
			f.Fields[i].Value = form.Get(one.Name)
		case one.Kind != "shown" && one.Kind != "file":
			f.Fields[i].Value = form.Get(one.Name)
		}
	}
	return f
}

// formFault is what keeps a form back; other failures are not the form's.
func formFault(err error) (*fault.Fault, error) {
	if f := fault.Of(err); f != nil && (f.Kind == fault.Invalid || f.Kind == fault.Conflict) {
		return f, nil
	}
	return nil, err
}

// uploaded reads a small file of a form whole; nothing where none was chosen.
func (p *pages) uploaded(c *gin.Context, name string) ([]byte, error) {
	if c.Request.MultipartForm == nil || len(c.Request.MultipartForm.File[name]) == 0 {
		return nil, nil
	}
	return p.readPart(c.Request.MultipartForm.File[name][0])
}
