package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"dondoc/internal/draft"
	"dondoc/internal/issued"
	"dondoc/internal/policy"
)

// IssuedDocuments are the documents that a plan authority reads into plans.
type IssuedDocuments interface {
	KeepDocument(ctx context.Context, actor policy.Actor, name string, doc issued.Document) (draft.Document, error)
	OpenDocuments(ctx context.Context, actor policy.Actor) ([]draft.Document, error)
	FindDocument(ctx context.Context, actor policy.Actor, id int64) (draft.Document, error)
	EditDocument(ctx context.Context, actor policy.Actor, id int64, version int, e draft.Edit) (draft.Document, error)
	DropDocument(ctx context.Context, actor policy.Actor, id int64) error
	DocumentLoaded(ctx context.Context, actor policy.Actor, id, planID int64) error
	AgencyNames(ctx context.Context, actor policy.Actor, issuer int64) (*draft.Names, error)
}

const issuedAddress = "/van-ban/doc"

func (p *pages) issuedPages(site *gin.RouterGroup) {
	site.GET(issuedAddress, p.page(p.signedIn(p.issuedList)))
	site.POST(issuedAddress, p.page(p.typed(p.readIssued)))
	site.GET(issuedAddress+"/:id", p.page(p.signedIn(p.issuedPage)))
	site.GET(issuedAddress+"/:id/ke-hoach.yaml", p.page(p.signedIn(p.issuedFile)))
	p.forms(site, issuedAddress+"/:id/:act", p.editIssued, func(c *gin.Context, actor policy.Actor, form url.Values) error {
		return p.showIssued(c, actor, c.Param("act"), form, formErrors{}, http.StatusOK)
	})
}

func issuedDocumentAddress(id int64) string { return issuedAddress + "/" + formatID(id) }

// issuedListView takes a document in and lists those that are being checked.
type issuedListView struct {
	frame
	Errors formErrors
	Form   actForm
	Open   []issuedLine
}

type issuedLine struct{ Address, Title, Facts string }

func (p *pages) issuedList(c *gin.Context, actor policy.Actor) error {
	return p.showIssuedList(c, actor, formErrors{}, http.StatusOK)
}

func (p *pages) showIssuedList(c *gin.Context, actor policy.Actor, e formErrors, status int) error {
	if !policy.LoadPlan(actor) {
		return notFound()
	}
	documents, err := p.service.OpenDocuments(c.Request.Context(), actor)
	if err != nil {
		return err
	}
	view := issuedListView{frame: p.frameFor(c, ""), Errors: e}
	l := view.lexicon()
	view.Title, view.Styles = l.say("issued.title"), []string{"admin.css"}
	view.Form = actForm{
		Action: issuedAddress, Title: l.say("issued.form"), Hint: l.say("issued.hint"), Button: l.say("issued.read"), Filled: true, Files: true, Errors: e,
		Fields: []field{{Name: "file", Label: l.say("issued.file"), Hint: l.say("issued.file_hint"), Kind: "file"}},
	}.lay()
	for _, d := range documents {
		open, all := d.Draft.Unchecked()
		title := d.Draft.Plan.Title
		if title == "" {
			title = d.FileName
		}
		view.Open = append(view.Open, issuedLine{issuedDocumentAddress(d.ID), title, l.say("issued.facts", d.FileName, moment(d.ChangedAt, p.zone), all-open, all)})
	}
	return p.render.write(c, status, "issued_list", l, view)
}

// readIssued reads a document that was sent and shows its draft.
func (p *pages) readIssued(c *gin.Context, actor policy.Actor, form url.Values) error {
	if !policy.LoadPlan(actor) {
		return notFound()
	}
	content, err := p.uploaded(c, "file")
	var doc issued.Document
	var kept draft.Document
	name := ""
	if err == nil {
		if c.Request.MultipartForm != nil && len(c.Request.MultipartForm.File["file"]) > 0 {
			name = c.Request.MultipartForm.File["file"][0].Filename
		}
		doc, err = issued.Read(c.Request.Context(), name, content)
	}
	if err == nil {
		kept, err = p.service.KeepDocument(keyed(c, form), actor, name, doc)
	}
	if err != nil {
		f, other := formFault(err)
		if other != nil {
			return other
		}
		return p.showIssuedList(c, actor, errorsOf(f, lexicon{language(p.languageOf(c))}), statusOf(f))
	}
	c.Redirect(http.StatusSeeOther, issuedDocumentAddress(kept.ID)+"?da=doc")
	return nil
}

// issuedView has the document at the left and its draft at the right, each line linked with what was read of it.
type issuedView struct {
	frame
	Errors     formErrors
	Done       string
	Back, File string
	Progress   string
	Lines      []paperLine
	Facts      actForm
	FactsOpen  bool
	Agencies   []draftAgency
	Common     []draftDuty
	Annex      []annexLine
	Targets    []draftDuty
	Reporting  []draftDuty
	Unclear    []unclearLine
	Plan, Drop actButton
	Version    int
}

// paperLine is a line of the document.
type paperLine struct {
	Number  int
	Text    string
	Cells   []string
	To      string // what was read of it
	Unclear bool
}

type draftAgency struct {
	Anchor, Names, Section, Line string
	Requested                    bool
	Duties                       []draftDuty
	Accept                       *placeAct
	Address                      actForm
	Open                         bool
}

type draftDuty struct {
	Anchor, Place, Text, Line, Sure string
	Facts                           []string
	Checked, Doubtful               bool
	Children                        []draftDuty
	Edit                            string // address of the form
	Accept, Merge, Adopt, Drop      *placeAct
	Correct, Split                  *actForm
}

// placeAct is an act on one duty without anything to fill in.
type placeAct struct {
	Action, Title, Place, Key string
	Version                   int
}

type annexLine struct {
	Anchor, Number, Text, Who, When, Product, Line string
	Adopt, Drop                                    *placeAct
}

type unclearLine struct {
	Line, Text, Why, Anchor string
	Dismiss                 actButton
	Assign                  *actForm
}

// doubtful is the certainty below which a person should look twice.
const doubtful = 0.86

func (p *pages) issuedPage(c *gin.Context, actor policy.Actor) error {
	return p.showIssued(c, actor, "", nil, formErrors{}, http.StatusOK)
}

func (p *pages) showIssued(c *gin.Context, actor policy.Actor, sent string, form url.Values, e formErrors, status int) error {
	id, err := taskID(c)
	if err != nil {
		return err
	}
	d, err := p.service.FindDocument(c.Request.Context(), actor, id)
	if err != nil {
		return err
	}
	if d.State == draft.Loaded {
		c.Redirect(http.StatusSeeOther, planAddress(d.PlanID))
		return nil
	}
	view := issuedView{frame: p.frameFor(c, ""), Errors: e, Back: issuedAddress, Version: d.Version, File: issuedDocumentAddress(id) + "/ke-hoach.yaml"}
	l := view.lexicon()
	view.Styles, view.Title = []string{"admin.css", "issued.css"}, d.Draft.Plan.Title
	if view.Title == "" {
		view.Title = d.FileName
	}
	if done := c.Query("da"); done != "" {
		view.Done = l.sayOr("issued.done."+done, "issued.done.other")
	}
	open, all := d.Draft.Unchecked()
	view.Progress = l.say("issued.progress", all-open, all)
	b := issuedBuilder{l: l, d: d, at: issuedDocumentAddress(id), sent: sent, form: form, e: e, editing: c.Query("sua"), anchors: map[int]string{}}
	b.build(&view)
	return p.render.write(c, status, "issued", l, view)
}

// issuedBuilder lays the page out.
type issuedBuilder struct {
	l       lexicon
	d       draft.Document
	at      string
	sent    string
	form    url.Values
	e       formErrors
	editing string
	anchors map[int]string // of what was read, by line
}

func (b *issuedBuilder) build(view *issuedView) {
	l := b.l
	view.Facts = b.facts()
	view.FactsOpen = b.sent == "thong-tin" || b.d.Draft.Plan.ValidFrom == "" || b.d.Draft.Plan.ValidTo == ""
	for i, a := range b.d.Draft.Agencies {
		view.Agencies = append(view.Agencies, b.agency(i, a))
	}
	for i, one := range b.d.Draft.Common {
		line := b.duty("chung-"+strconv.Itoa(i), one.Duty)
		line.Place = strings.Join(one.Who, "; ")
		line.Adopt, line.Drop = b.elsewhere("chung."+strconv.Itoa(i), len(one.Who) > 0)
		view.Common = append(view.Common, line)
	}
	for i, t := range b.d.Draft.AnnexTasks {
		anchor := "pl-" + strconv.Itoa(i)
		b.anchor(t.Line, anchor)
		who := strings.Join(t.Lead, "; ")
		if len(t.Coordinating) > 0 {
			who += " (" + l.say("issued.with", strings.Join(t.Coordinating, "; ")) + ")"
		}
		line := annexLine{Anchor: anchor, Number: t.Number, Text: t.Text, Who: who, When: string(t.Due), Product: string(t.Product), Line: strconv.Itoa(t.Line)}
		line.Adopt, line.Drop = b.elsewhere("pl."+strconv.Itoa(i), len(t.Lead) > 0)
		view.Annex = append(view.Annex, line)
	}
	for i, t := range b.d.Draft.Targets {
		anchor := "ct-" + strconv.Itoa(i)
		b.anchor(t.Line, anchor)
		facts := []string{l.sayOr("issued.kind."+string(t.Kind), "issued.kind.other")}
		if t.Number != nil {
			facts = append(facts, strings.TrimSpace(strconv.FormatFloat(*t.Number, 'f', -1, 64)+" "+t.Unit))
		}
		view.Targets = append(view.Targets, draftDuty{Anchor: anchor, Text: t.Text, Line: strconv.Itoa(t.Line), Facts: facts})
	}
	for i, r := range b.d.Draft.Reporting {
		facts := []string{}
		if len(r.From) > 0 {
			facts = append(facts, l.say("issued.from", strings.Join(r.From, "; ")))
		}
		if len(r.To) > 0 {
			facts = append(facts, l.say("issued.to", strings.Join(r.To, "; ")))
		}
		if r.Via != "" {
			facts = append(facts, l.say("issued.via", string(r.Via)))
		}
		view.Reporting = append(view.Reporting, draftDuty{Anchor: "bc-" + strconv.Itoa(i), Text: r.Quote, Line: strconv.Itoa(r.Line), Facts: append(facts, b.cadences(r.Cadences)...)})
	}
	for i, u := range b.d.Draft.Unresolved {
		view.Unclear = append(view.Unclear, b.unclear(i, u))
	}
	unclear := map[int]bool{}
	for _, u := range b.d.Draft.Unresolved {
		unclear[u.Line] = true
	}
	for _, line := range b.d.Lines {
		one := paperLine{Number: line.Number, Text: line.Text, Cells: line.Cells, To: b.anchors[line.Number], Unclear: unclear[line.Number]}
		view.Lines = append(view.Lines, one)
	}
	view.Plan = b.button("lap", "issued.make", "issued.make_hint")
	view.Drop = b.button("bo-nhap", "issued.drop", "issued.drop_hint")
}

func (b *issuedBuilder) anchor(line int, anchor string) {
	if b.anchors[line] == "" {
		b.anchors[line] = anchor
	}
}

func (b *issuedBuilder) button(act, title, hint string) actButton {
	return actButton{Action: b.at + "/" + act, Title: b.l.say(title), Hint: b.l.say(hint), Key: randomHex(16)}
}

// elsewhere are the acts on an item that is no duty of named agencies yet.
func (b *issuedBuilder) elsewhere(place string, named bool) (adopt, drop *placeAct) {
	no := b.act("bo", "issued.not", place)
	if !named {
		return nil, &no
	}
	up := b.act("dua-len", "issued.adopt", place)
	return &up, &no
}

func (b *issuedBuilder) cadences(list []string) []string {
	var out []string
	for _, one := range list {
		out = append(out, b.l.sayOr("issued.cadence."+one, "issued.cadence.other"))
	}
	return out
}

func (b *issuedBuilder) agency(i int, a draft.Assignment) draftAgency {
	anchor := "cq-" + strconv.Itoa(i)
	b.anchor(a.Line, anchor)
	out := draftAgency{Anchor: anchor, Names: strings.Join(a.Names, "; "), Section: a.Section, Line: strconv.Itoa(a.Line), Requested: a.Mode == draft.Requested}
	unchecked := 0
	for j, duty := range a.Duties {
		place := fmt.Sprintf("%d.%d", i, j)
		one := b.duty("nv-"+strconv.Itoa(i)+"-"+strconv.Itoa(j), duty)
		one.Place = strings.Trim(duty.Section+"."+duty.Letter, ".")
		one.Edit = b.at + "?sua=" + place + "#" + one.Anchor
		accept, drop := b.act("dong-y", "issued.accept", place), b.act("bo", "issued.not", place)
		if !duty.Checked() {
			one.Accept = &accept
			unchecked++
		}
		one.Drop = &drop
		if j > 0 {
			merge := b.act("gop", "issued.merge", place)
			one.Merge = &merge
		}
		if b.editing == place || b.form.Get("place") == place && (b.sent == "sua" || b.sent == "tach") {
			one.Correct, one.Split = b.correction(place, duty), b.splitting(place, duty)
		}
		out.Duties = append(out.Duties, one)
	}
	if unchecked > 0 {
		all := b.act("tat-ca", "issued.all", strconv.Itoa(i)+".0")
		out.Accept = &all
	}
	out.Address = b.addressing(i, a)
	out.Open = b.sent == "co-quan" && b.form.Get("place") == strconv.Itoa(i)+".0"
	return out
}

func (b *issuedBuilder) act(act, title, place string) placeAct {
	return placeAct{Action: b.at + "/" + act, Title: b.l.say(title), Place: place, Key: randomHex(16), Version: b.d.Version}
}

func (b *issuedBuilder) duty(anchor string, d draft.Duty) draftDuty {
	b.anchor(d.Line, anchor)
	out := draftDuty{Anchor: anchor, Text: d.Text, Line: strconv.Itoa(d.Line), Checked: d.Checked(), Doubtful: !d.Checked() && d.Confidence < doubtful}
	out.Facts = append(out.Facts, b.l.say("issued.role."+string(d.Role)))
	if len(d.Partners) > 0 {
		out.Facts = append(out.Facts, b.l.say("issued.with", strings.Join(d.Partners, "; ")))
	}
	out.Facts = append(out.Facts, b.cadences(d.Cadences)...)
	for _, due := range d.Due {
		out.Facts = append(out.Facts, b.l.say("issued.due", b.l.dueWords(due)))
	}
	for i, child := range d.Children {
		out.Children = append(out.Children, b.duty(anchor+"-"+strconv.Itoa(i), child))
	}
	return out
}

// dueWords say a due time as people do.
func (l lexicon) dueWords(due string) string {
	switch {
	case len(due) == len("2006-01-02") && due[0] != '-':
		return due[8:] + "/" + due[5:7] + "/" + due[:4]
	case strings.HasPrefix(due, "---"):
		return l.say("issued.each_month", due[3:])
	case strings.HasPrefix(due, "--"):
		return l.say("issued.each_year", due[5:]+"/"+due[2:4])
	}
	return due
}

func (b *issuedBuilder) hidden(place string) []keptField {
	return []keptField{{"place", place}}
}

func (b *issuedBuilder) correction(place string, d draft.Duty) *actForm {
	l := b.l
	var roles, cadences []option
	for _, r := range []draft.Role{draft.Lead, draft.Coordinate, draft.Member, draft.Implement} {
		roles = append(roles, option{Value: string(r), Title: l.say("issued.role." + string(r)), Chosen: r == d.Role})
	}
	chosen := d.Cadences
	sent := b.sent == "sua" && b.form != nil
	if sent {
		chosen = b.form["cadences"]
	}
	for _, one := range draft.Cadences() {
		cadences = append(cadences, option{Value: one, Title: l.say("issued.cadence." + one), Chosen: contains(chosen, one)})
	}
	f := actForm{
		Action: b.at + "/sua", Title: l.say("issued.correct"), Button: l.say("issued.save"), Filled: true, Version: b.d.Version, Hidden: b.hidden(place), Name: "sua",
		Fields: []field{
			{Name: "text", Label: l.say("issued.text"), Kind: "lines", Value: d.Text},
			{Name: "role", Label: l.say("issued.role"), Kind: "list", Options: roles},
			{Name: "cadences", Label: l.say("issued.cadences"), Kind: "many", Options: cadences},
			{Name: "due", Label: l.say("issued.dues"), Hint: l.say("issued.dues_hint"), Kind: "lines", Value: strings.Join(d.Due, "\n")},
			{Name: "partners", Label: l.say("issued.partners"), Hint: l.say("issued.one_a_line"), Kind: "lines", Value: strings.Join(d.Partners, "\n")},
		},
	}
	if sent {
		f = f.with(b.form, b.e)
		f.Fields[2].Options = cadences
	}
	f = f.lay()
	return &f
}

func (b *issuedBuilder) splitting(place string, d draft.Duty) *actForm {
	l := b.l
	parts := d.Split
	if len(parts) == 0 {
		parts = []string{d.Text}
	}
	f := actForm{
		Action: b.at + "/tach", Title: l.say("issued.split"), Hint: l.say("issued.split_hint"), Button: l.say("issued.split_do"), Version: b.d.Version, Hidden: b.hidden(place), Name: "tach",
		Fields: []field{{Name: "text", Label: l.say("issued.parts"), Kind: "lines", Value: strings.Join(parts, "\n")}},
	}
	if b.sent == "tach" && b.form != nil {
		f = f.with(b.form, b.e)
	}
	f = f.lay()
	return &f
}

func (b *issuedBuilder) addressing(i int, a draft.Assignment) actForm {
	l, place := b.l, strconv.Itoa(i)+".0"
	requested := ""
	if a.Mode == draft.Requested {
		requested = "1"
	}
	f := actForm{
		Action: b.at + "/co-quan", Title: l.say("issued.address"), Hint: l.say("issued.address_hint"), Button: l.say("issued.save"), Version: b.d.Version, Hidden: b.hidden(place), Name: "cq" + strconv.Itoa(i),
		Fields: []field{
			{Name: "names", Label: l.say("issued.names"), Hint: l.say("issued.one_a_line"), Kind: "lines", Value: strings.Join(a.Names, "\n")},
			{Name: "requested", Label: l.say("issued.requested"), Kind: "check", Value: requested},
		},
	}
	if b.sent == "co-quan" && b.form.Get("place") == place {
		f = f.with(b.form, b.e)
	}
	return f.lay()
}

func (b *issuedBuilder) unclear(i int, u draft.Unresolved) unclearLine {
	l := b.l
	line := strconv.Itoa(u.Line)
	out := unclearLine{Line: line, Text: u.Text, Why: l.sayOr("issued.why."+string(u.Why), "issued.why.other"), Anchor: "cr-" + strconv.Itoa(i)}
	out.Dismiss = actButton{Action: b.at + "/xong", Title: l.say("issued.dismiss"), Hint: line, Key: randomHex(16)}
	if u.Why == draft.WhyNobody || u.Why == draft.WhyUnread || u.Why == draft.WhyDropped || u.Why == draft.WhyNoDuty {
		f := actForm{
			Action: b.at + "/nhan", Title: l.say("issued.assign"), Button: l.say("issued.assign_do"), Version: b.d.Version, Hidden: []keptField{{"line", line}, {"text", u.Text}}, Name: "cr" + strconv.Itoa(i),
			Fields: []field{{Name: "names", Label: l.say("issued.names"), Hint: l.say("issued.one_a_line"), Kind: "lines"}},
		}
		if b.sent == "nhan" && b.form.Get("line") == line {
			f = f.with(b.form, b.e)
		}
		f = f.lay()
		out.Assign = &f
	}
	return out
}

func (b *issuedBuilder) facts() actForm {
	l, p := b.l, b.d.Draft.Plan
	var levels []option
	for _, level := range []string{"government", "ministry", "province", "department", "district", "commune"} {
		levels = append(levels, option{Value: level, Title: l.sayOr("level."+level, "level.other"), Chosen: level == string(p.Level)})
	}
	day := func(w draft.Written) string {
		if w == "" {
			return ""
		}
		return l.dueWords(string(w))
	}
	days := ""
	if p.DueDays > 0 {
		days = strconv.Itoa(p.DueDays)
	}
	f := actForm{
		Action: b.at + "/thong-tin", Title: l.say("issued.about"), Hint: l.say("issued.about_hint"), Button: l.say("issued.save"), Version: b.d.Version, Name: "tt",
		Fields: []field{
			{Name: "title", Label: l.say("issued.doc_title"), Value: p.Title, Limit: 1000}, {Name: "number", Label: l.say("issued.number"), Value: string(p.Number), Limit: 100},
			{Name: "issued_on", Label: l.say("issued.issued_on"), Kind: "date", Value: day(p.IssuedOn)}, {Name: "issuer", Label: l.say("issued.issuer"), Value: string(p.Issuer), Limit: 300},
			{Name: "level", Label: l.say("issued.level"), Kind: "list", Options: levels}, {Name: "territory", Label: l.say("issued.territory"), Value: string(p.Territory), Limit: 200},
			{Name: "valid_from", Label: l.say("issued.valid_from"), Kind: "date", Value: day(p.ValidFrom)}, {Name: "valid_to", Label: l.say("issued.valid_to"), Kind: "date", Value: day(p.ValidTo)},
			{Name: "due_days", Label: l.say("issued.due_days"), Hint: l.say("issued.due_days_hint"), Value: days, Limit: 3},
		},
	}
	if b.sent == "thong-tin" && b.form != nil {
		f = f.with(b.form, b.e)
	}
	return f.lay()
}

func contains(list []string, one string) bool {
	for _, have := range list {
		if have == one {
			return true
		}
	}
	return false
}
