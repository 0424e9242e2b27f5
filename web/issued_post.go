package web

import (
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"dondoc/internal/draft"
	"dondoc/internal/fault"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
)

// issuedActs are the acts of the page, by the word of their address.
var issuedActs = map[string]draft.Act{
	"dong-y": draft.Accept, "sua": draft.Correct, "bo": draft.Drop, "gop": draft.Merge, "tach": draft.Split, "co-quan": draft.Address,
	"nhan": draft.Assign, "xong": draft.Dismiss, "thong-tin": draft.Settle, "tat-ca": draft.All, "dua-len": draft.Adopt,
}

// issuedParts are the parts of a draft beside the agencies, by the word of a place.
var issuedParts = map[string]draft.Part{"pl": draft.InAnnex, "chung": draft.ForCommon}

// editIssued carries out an act of the page and leads back to where it was.
func (p *pages) editIssued(c *gin.Context, actor policy.Actor, form url.Values) error {
	id, err := taskID(c)
	if err != nil {
		return err
	}
	act := c.Param("act")
	switch act {
	case "lap":
		return p.makePlan(c, actor, id, form)
	case "bo-nhap":
		if err := p.service.DropDocument(keyed(c, form), actor, id); err != nil {
			return err
		}
		c.Redirect(http.StatusSeeOther, issuedAddress+"?da=bo")
		return nil
	}
	kind, known := issuedActs[act]
	if !known {
		return notFound()
	}
	e, err := editOf(kind, form)
	if err == nil {
		_, err = p.service.EditDocument(keyed(c, form), actor, id, numberIn(form, "version"), e)
	}
	if err == nil {
		to := issuedDocumentAddress(id) + "?da=" + act
		if kind != draft.Settle && kind != draft.Dismiss && kind != draft.Assign && e.Part == "" {
			to += "#cq-" + strconv.Itoa(e.Assignment)
		}
		c.Redirect(http.StatusSeeOther, to)
		return nil
	}
	f, err := formFault(err)
	if err != nil {
		return err
	}
	return p.showIssued(c, actor, act, form, errorsOf(f, lexicon{language(p.languageOf(c))}), statusOf(f))
}

// editOf reads an edit from its form.
func editOf(act draft.Act, form url.Values) (draft.Edit, error) {
	e := draft.Edit{
		Act: act, Text: form.Get("text"), Role: draft.Role(form.Get("role")), Cadences: form["cadences"], Due: linesIn(form.Get("due")), Partners: linesIn(form.Get("partners")),
		Names: linesIn(form.Get("names")), Requested: form.Get("requested") != "", Line: numberIn(form, "line"),
	}
	agency, duty, _ := strings.Cut(form.Get("place"), ".")
	e.Assignment, e.Duty, e.Part = placeIn(agency), placeIn(duty), issuedParts[agency]
	if act != draft.Settle {
		return e, nil
	}
	e.Facts = draft.Facts{
		Title: form.Get("title"), Number: draft.Written(form.Get("number")), Issuer: draft.Written(form.Get("issuer")), Level: draft.Written(form.Get("level")), Territory: draft.Written(form.Get("territory")),
	}
	if text := strings.TrimSpace(form.Get("due_days")); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			return e, fault.New(fault.Invalid, "draft.due_days", "Ghi từ 0 đến 60 ngày làm việc.", "Write 0 to 60 working days.").At("due_days")
		}
		e.Facts.DueDays = n
	}
	for name, into := range map[string]*draft.Written{"issued_on": &e.Facts.IssuedOn, "valid_from": &e.Facts.ValidFrom, "valid_to": &e.Facts.ValidTo} {
		day, err := typedDate(form.Get(name), name)
		if err != nil {
			return e, err
		}
		if !day.IsZero() {
			*into = draft.Written(day.String())
		}
	}
	return e, nil
}

func placeIn(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		return -1
	}
	return n
}

func linesIn(text string) []string {
	var out []string
	for _, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// planSource writes the plan file of a document, with the names of its issuer's tree.
func (p *pages) planSource(c *gin.Context, actor policy.Actor, id int64) (draft.Document, []byte, error) {
	d, err := p.service.FindDocument(c.Request.Context(), actor, id)
	if err != nil {
		return d, nil, err
	}
	names, err := p.service.AgencyNames(c.Request.Context(), actor, d.AgencyID)
	if err != nil {
		return d, nil, err
	}
	source, err := draft.PlanFile(d.Draft, names)
	return d, source, err
}

func (p *pages) issuedFile(c *gin.Context, actor policy.Actor) error {
	id, err := taskID(c)
	if err != nil {
		return err
	}
	_, source, err := p.planSource(c, actor, id)
	if err != nil {
		return err
	}
	c.Header("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": "ke-hoach-" + formatID(id) + ".yaml"}))
	c.Data(http.StatusOK, "application/yaml; charset=utf-8", source)
	return nil
}

// makePlan writes the plan file and loads it as a draft plan, or shows it with the places that are to be mended.
func (p *pages) makePlan(c *gin.Context, actor policy.Actor, id int64, form url.Values) error {
	_, source, err := p.planSource(c, actor, id)
	if err != nil {
		return err
	}
	form.Set("source", string(source))
	form.Set("document", formatID(id))
	parsed, problems := plan.Read("ke-hoach.yaml", source, nil)
	if parsed == nil || problems.HasErrors() {
		failed := planErrors(problems)
		f, other := formFault(failed)
		if other != nil {
			return other
		}
		return p.showLoad(c, form, string(source), failed, statusOf(f))
	}
	return p.loadParsed(c, actor, form, parsed, string(source))
}
