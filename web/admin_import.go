package web

import (
	"bytes"
	"encoding/csv"
	"errors"
	"mime"
	"net/http"
	"net/url"
	"strconv"

	"github.com/gin-gonic/gin"

	"dondoc/internal/account"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
)

func formatID(id int64) string { return strconv.FormatInt(id, 10) }

// newPersonView is a form for somebody who has no account yet.
type newPersonView struct {
	adminFrame
	Form actForm
}

func (p *pages) newPersonPage(c *gin.Context, actor policy.Actor) error {
	if !policy.ManagePeople(actor) {
		return notFound()
	}
	return p.showNewPerson(c, actor, url.Values{"agency": {c.Query("don-vi")}, "role": {string(policy.FocalPoint)}}, formErrors{}, http.StatusOK)
}

func (p *pages) showNewPerson(c *gin.Context, actor policy.Actor, form url.Values, e formErrors, status int) error {
	view := newPersonView{adminFrame: p.adminFrame(c, actor, "people.new")}
	l := view.lexicon()
	view.Form = actForm{
		Action: peopleAddress, Title: l.say("people.new_title"), Hint: l.say("people.new_hint"), Button: l.say("people.invite"), Filled: true,
		Fields: []field{
			{Name: "name", Label: l.say("people.name"), Hint: l.say("people.name_hint"), Limit: 200},
			{Name: "email", Label: l.say("people.email"), Limit: 254}, {Name: "phone", Label: l.say("people.phone"), Limit: 40},
			{Name: "agency", Label: l.say("people.agency"), Hint: l.say("people.agency_hint"), Limit: 200},
			{Name: "role", Label: l.say("people.role"), Kind: "list", Options: l.roleOptions()},
		},
	}.with(form, e).lay()
	return p.render.write(c, status, "new_person", l, view)
}

// addPerson invites one person: a list of one line, by the rules of lists.
func (p *pages) addPerson(c *gin.Context, actor policy.Actor, form url.Values) error {
	err := p.inviteOne(c, actor, form)
	if err == nil {
		c.Redirect(http.StatusSeeOther, peopleAddress+"?da=them&q="+url.QueryEscape(form.Get("email")))
		return nil
	}
	f, err := formFault(err)
	if err != nil {
		return err
	}
	for _, part := range f.Details {
		if part.Field == "agency_code" {
			part.Field = "agency"
		}
	}
	return p.showNewPerson(c, actor, form, errorsOf(f, lexicon{language(p.languageOf(c))}), statusOf(f))
}

func (p *pages) inviteOne(c *gin.Context, actor policy.Actor, form url.Values) error {
	if !policy.ManagePeople(actor) {
		return notFound()
	}
	unit, err := p.namedAgency(c, actor, form.Get("agency"), "agency")
	if err != nil {
		return err
	}
	var list bytes.Buffer
	w := csv.NewWriter(&list)
	for _, record := range [][]string{
		{"email", "name", "phone", "agency_code", "role"}, {form.Get("email"), form.Get("name"), form.Get("phone"), unit.Code, form.Get("role")},
	} {
		if err := w.Write(record); err != nil {
			return err
		}
	}
	w.Flush()
	rows, err := account.ReadPeople(list.Bytes())
	if err != nil {
		return err
	}
	_, err = p.accounts.ImportPeople(keyed(c, form), actor, rows, false)
	return err
}

// importView takes a list of people in: first it says what would happen.
type importView struct {
	adminFrame
	Errors   formErrors
	Problems []importProblem
	Summary  string
	Lines    []importLine
	Form     actForm
	Template string
}

type importProblem struct {
	Line, Column int
	Message      string
}

type importLine struct{ Email, Outcome, Changes string }

func (p *pages) importPage(c *gin.Context, actor policy.Actor) error {
	if !policy.ManagePeople(actor) {
		return notFound()
	}
	return p.showImport(c, actor, nil, "", nil, nil, http.StatusOK)
}

// importTemplate is a list to fill in, with a byte order mark for spreadsheets.
func (p *pages) importTemplate(c *gin.Context, actor policy.Actor) error {
	if !policy.ManagePeople(actor) {
		return notFound()
	}
	var b bytes.Buffer
	b.WriteString("\xef\xbb\xbf")
	w := csv.NewWriter(&b)
	if err := w.Write(account.Columns); err != nil {
		return err
	}
	w.Flush()
	c.Header("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": "nguoi-dung.csv"}))
	c.Data(http.StatusOK, "text/csv; charset=utf-8", b.Bytes())
	return nil
}

// importList looks at a list, and takes it in when it comes again as it was shown.
func (p *pages) importList(c *gin.Context, actor policy.Actor, form url.Values) error {
	if !policy.ManagePeople(actor) {
		return notFound()
	}
	list := form.Get("list")
	if list == "" {
		content, err := p.uploaded(c, "file")
		if err != nil {
			return err
		}
		list = string(content)
	}
	rows, err := account.ReadPeople([]byte(list))
	var report account.Report
	if err == nil {
		report, err = p.accounts.ImportPeople(keyed(c, form), actor, rows, form.Get("apply") == "")
	}
	if err != nil {
		f, other := formFault(err)
		if other != nil {
			return other
		}
		return p.showImport(c, actor, form, list, nil, err, statusOf(f))
	}
	if !report.DryRun {
		c.Redirect(http.StatusSeeOther, peopleAddress+"?da=nhap")
		return nil
	}
	return p.showImport(c, actor, form, list, &report, nil, http.StatusOK)
}

func (p *pages) showImport(c *gin.Context, actor policy.Actor, form url.Values, list string, report *account.Report, failed error, status int) error {
	view := importView{adminFrame: p.adminFrame(c, actor, "people.import"), Template: peopleAddress + "/mau.csv"}
	l := view.lexicon()
	view.Form = actForm{
		Action: peopleAddress + "/nhap", Title: l.say("people.import_title"), Hint: l.say("people.import_hint"), Button: l.say("people.import_look"), Filled: true, Files: true, Kept: cameBack(form),
		Fields: []field{
			{Name: "file", Label: l.say("people.import_file"), Kind: "file"},
			{Name: "list", Label: l.say("people.import_list"), Hint: l.say("people.import_list_hint"), Kind: "lines", Value: list},
		},
	}
	if failed != nil {
		view.Errors = errorsOf(fault.Of(failed), l)
		for i := range view.Errors.Links {
			view.Errors.Links[i].Field = "list"
		}
		var problems account.Problems
		if errors.As(failed, &problems) {
			view.Errors.Links = nil
			for _, one := range problems {
				view.Problems = append(view.Problems, importProblem{one.Line, one.Column, one.In(l.code)})
			}
		}
	}
	if report != nil {
		view.Summary = l.say("people.import_summary", report.New, report.Changed, report.Unchanged)
		for _, line := range report.Lines {
			view.Lines = append(view.Lines, importLine{line.Email, l.say("people.outcome." + string(line.Outcome)), l.importChanges(line.Changes)})
		}
		view.Form.Hidden = []keptField{{"apply", "1"}, {"list", list}}
		view.Form.Fields, view.Form.Files = nil, false
		view.Form.Title, view.Form.Hint, view.Form.Button = l.say("people.import_apply"), l.say("people.import_apply_hint"), l.say("people.import_do")
	}
	view.Form = view.Form.lay()
	return p.render.write(c, status, "import", l, view)
}

// importChanges says what a line changes.
func (l lexicon) importChanges(changes []string) string {
	text := ""
	for i, change := range changes {
		if i > 0 {
			text += ", "
		}
		text += l.sayOr("people.change."+change, "people.change.post")
	}
	return text
}
