package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"dondoc/internal/browsertest"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

func (f *fake) Matrix(_ context.Context, _ policy.Actor, q task.MatrixFilter) (task.Matrix, error) {
	f.matrices = append(f.matrices, q)
	return f.matrix, nil
}

// aMatrix has three levels and six periods, in which everything happens.
func aMatrix() task.Matrix {
	due := func(day string) time.Time { return on(day).AddDays(1).In(vietnam).UTC() }
	m := task.Matrix{At: at("2026-06-16 08:00"), Year: 2026, Years: []int{2025, 2026}, Columns: []task.MatrixColumn{
		{PeriodKey: "2026-M01", DueAt: due("2026-01-20")}, {PeriodKey: "2026-Q1", DueAt: due("2026-03-19")}, {PeriodKey: "2026-M05", DueAt: due("2026-05-20")},
		{PeriodKey: "2026-H1", DueAt: due("2026-06-18"), Current: true}, {PeriodKey: "2026-M07", DueAt: due("2026-07-20")}}}
	statuses := []task.Status{task.DoneOnTime, task.DoneLate, task.NotDoneOverdue, task.NotDoneInTime, task.Waiting, task.WaitingLate, task.NotExpected, task.NotOpen}
	for i, agency := range []struct{ name, level string }{
		{"Sở Văn hóa, Thể thao và Du lịch", "department"}, {"Công an tỉnh", "department"}, {"UBND huyện Long Thành", "district"}, {"UBND huyện Tân Phú", "district"},
		{"UBND xã Phước Thái", "commune"}, {"UBND xã Long Đức", "commune"}, {"UBND thị trấn Long Thành", "commune"},
	} {
		row := task.MatrixRow{AgencyID: int64(10 + i), Agency: agency.name, Level: agency.level}
		if agency.level == "district" {
			row.Below, row.Given = 18, 13
		}
		for n, c := range m.Columns {
			cell := task.MatrixCell{TaskID: int64(100 + i*10 + n), Tasks: 1, State: task.StateOpen, Status: statuses[(i+n)%len(statuses)], DueAt: c.DueAt}
			switch {
			case cell.Status == task.NotDoneOverdue:
				cell.DaysLate = 27
			case i == 0 && n%2 == 1:
				cell = task.MatrixCell{}
			}
			row.Cells = append(row.Cells, cell)
		}
		m.Rows = append(m.Rows, row)
	}
	m.Rows[4].Urge, m.Rows[5].Urge = []int64{12, 13}, []int64{14}
	m.Rows[4].Cells[3] = task.MatrixCell{TaskID: 12, Tasks: 1, State: task.StateOpen, Status: task.NotDoneInTime, DueAt: due("2026-06-17")}
	return m
}

func TestTheMatrixShowsWhoOwesWhat(t *testing.T) {
	f := asking()
	f.matrix = aMatrix()
	s := newSite(t, f).as("district")
	page := s.get("/theo-doi?van-ban=1&nhiem-vu=7&nam=2026")
	if q := f.matrices[len(f.matrices)-1]; q.PlanID != 1 || q.DutyID != 7 || q.Year != 2026 {
		t.Errorf("asked for %+v", q)
	}
	for _, want := range []string{"Các sở, ban, ngành", "UBND huyện Tân Phú", "13/18", ">27</b>", "Quý I", "18/06"} {
		if !strings.Contains(page.text, want) {
			t.Errorf("%q is not on the board", want)
		}
	}
	// A cell opens its task beside the matrix, and the address says so.
	chosen := s.get("/theo-doi?van-ban=1&o=12")
	for _, want := range []string{`id="viec-chon"`, "17/06/2026", `href="/viec/12"`, `tel:0251%20000%200740`} {
		if !strings.Contains(chosen.text, want) {
			t.Errorf("the panel lacks %q", want)
		}
	}
	if s.get("/theo-doi?van-ban=1&o=999").status != 404 {
		t.Error("a task out of sight opens a panel")
	}
}

// The board is used with the keyboard alone, and looks right on both screens.
func TestTheMatrixInABrowser(t *testing.T) {
	f := asking()
	f.matrix = aMatrix()
	s := newSite(t, f)
	b := browsertest.Start(t, 2*time.Minute)
	for _, width := range []int64{360, 1440} {
		look(t, b, width, "bang-theo-ky", s.url+"/theo-doi?van-ban=1", "district")
		look(t, b, width, "bang-theo-ky-viec", s.url+"/theo-doi?van-ban=1&o=12", "district")
	}
	as(b, s.url, "district")
	b.Open(s.url + "/theo-doi?van-ban=1")
	press := func(keys string) { t.Helper(); b.Do(chromedp.KeyEvent(keys)) }
	focus := func() string {
		t.Helper()
		return browsertest.Ask[string](b, `document.activeElement.id || document.activeElement.innerText`)
	}
	press("j")
	press("j")
	press("j")
	if at := focus(); at != "UBND huyện Long Thành" {
		t.Errorf("three rows down is %q", at)
	}
	press("l")
	press("l")
	if at := focus(); at != "o121" {
		t.Errorf("two periods on is %q", at)
	}
	press("k")
	if at := focus(); at != "o111" {
		t.Errorf("a row up is %q", at)
	}
	press("h")
	press("\r")
	b.Do(chromedp.WaitVisible(chromedp.CSS(".failure, #viec-chon")))
	if at := b.Address(); !strings.Contains(at, "o=110") {
		t.Errorf("Enter opened %s", at)
	}
	b.Open(s.url + "/theo-doi?van-ban=1")
	told := func() bool {
		return browsertest.Ask[bool](b, `document.querySelector('#phim-tat').matches(':modal')`)
	}
	if told() || browsertest.Ask[bool](b, `document.querySelector('#phim-tat').open`) {
		t.Error("the keys lie over the board unasked")
	}
	press("j")
	before := focus()
	press("?")
	if !told() {
		t.Error("? does not tell the keys")
	}
	b.Picture(artifacts, "bang-phim-tat")
	for _, v := range b.Axe() {
		t.Error(v)
	}
	press("j")
	press(kb.Escape)
	if at := focus(); told() || at != before {
		t.Errorf("after the keys the focus is at %q, was at %q", at, before)
	}
	b.Do(chromedp.Click(chromedp.CSS("[data-keys]")))
	if !told() {
		t.Error("the link does not tell the keys")
	}
	press("?")
	if told() {
		t.Error("? does not close the keys")
	}
	// A row is ticked by X, a level by its box, and D urges for what is ticked.
	ticked := func() string {
		return browsertest.Ask[string](b, `[...document.querySelectorAll('.matrix input:checked')].map((i) => i.value).join(' ')`)
	}
	b.Do(chromedp.Focus(chromedp.CSS(`.matrix tbody:last-of-type .level input`)))
	press(" ")
	if got := ticked(); got != "12,13,14 12,13 14" {
		t.Errorf("a level ticks %q", got)
	}
	for range 6 { // from the top on
		press("j")
	}
	if at := focus(); at != "UBND xã Long Đức" {
		t.Fatalf("the sixth row is %q", at)
	}
	press("x")
	if got := ticked(); got != "12,13" {
		t.Errorf("without a row of it the level ticks %q", got)
	}
	press("x")
	if got := ticked(); got != "12,13,14 12,13 14" {
		t.Errorf("with all rows the level ticks %q", got)
	}
	press("d")
	arrives(t, b, "/don-doc?")
	if at := b.Address(); !strings.Contains(at, "viec=12%2C13%2C14&viec=12%2C13&viec=14") {
		t.Errorf("D urges at %s", at)
	}
	b.Open(s.url + "/theo-doi?van-ban=1")
	for _, v := range append(b.Axe(), b.Troubles()...) {
		t.Error(v)
	}
}

// Without scripts a level's box stands for all that its rows owe, each once.
func TestAWholeLevelIsUrgedWithoutScripts(t *testing.T) {
	f := asking()
	f.matrix = aMatrix()
	s := newSite(t, f).as("district")
	page := s.get("/theo-doi?van-ban=1")
	for _, want := range []string{
		`<th scope="rowgroup"><input type="checkbox" form="cong-van" name="viec" value="12,13,14" aria-label="Chọn Cấp xã: 3 việc quá hạn">`,
		`<input type="checkbox" form="cong-van" name="viec" value="12,13" aria-label="Chọn UBND xã Phước Thái: 2 việc quá hạn">`,
		`<form id="cong-van"`, `<dialog class="keys" id="phim-tat" aria-labelledby="phim-tat-h" open>`,
	} {
		if !strings.Contains(page.text, want) {
			t.Errorf("the board lacks %s", want)
		}
	}
	if boxes := strings.Count(page.text, `name="viec" value="12`); boxes != 2+strings.Count(page.text, `id="chon12"`) {
		t.Errorf("%d boxes hold task 12", boxes)
	}
	s.get("/don-doc?viec=12,13&viec=13&cach=message").shows(t, "2 việc", "UBND xã Phước Thái")
	for _, wrong := range []string{"12,", "12,x", ",", "12;13", "-1,12"} {
		if got := s.get("/don-doc?viec=" + url.QueryEscape(wrong)).status; got != http.StatusNotFound {
			t.Errorf("%q answers %d", wrong, got)
		}
	}
	letter := s.post("/cong-van-don-doc/docx", url.Values{"viec": {"12,13", "13"}})
	if letter.status != http.StatusOK || len(f.letters) != 1 || !slices.Equal(f.letters[0].TaskIDs, []int64{12, 13}) {
		t.Errorf("the letter answers %d for %+v", letter.status, f.letters)
	}
	// Who may urge for nothing has no boxes.
	for i := range f.matrix.Rows {
		f.matrix.Rows[i].Urge = nil
	}
	if text := s.get("/theo-doi?van-ban=1").text; strings.Contains(text, "Với các dòng đã chọn") {
		t.Error("nothing can be chosen, and the board offers to urge for it")
	}
}

// What arrives meanwhile changes in place: what is no longer overdue is struck through
// below its heading, what was ticked stays ticked, and the focus where it was.
func TestTheBandsKeepTheirPlace(t *testing.T) {
	f := asking()
	f.matrix = aMatrix()
	s := newSite(t, f)
	b := browsertest.Start(t, time.Minute)
	as(b, s.url, "district")
	b.Open(s.url + "/theo-doi?van-ban=1")
	b.Do(chromedp.Poll[chromedp.Void](`document.querySelector('[data-live-status]').textContent.includes('Tự cập nhật')`))
	b.Do(chromedp.Evaluate[chromedp.Void](`document.querySelector('.matrix tbody:last-of-type tr:nth-child(2) input').click();
		document.querySelector('.rows tbody td a').focus()`))
	heading := func(band string) string {
		return browsertest.Ask[string](b, `document.querySelector('#muc-`+band+`').innerText`)
	}
	if long, short := heading("3"), heading("1"); long != "Trên 15 ngày · 6 việc" || short != "Đến 5 ngày · 9 việc" {
		t.Fatalf("headings %q and %q", long, short)
	}
	place := `document.querySelector('.rows').getBoundingClientRect().top`
	before := browsertest.Ask[float64](b, place)
	time.Sleep(2 * changesEvery) // for the first look
	f.board.Overdue, f.board.Late[0].Tasks, f.board.Late[2].Tasks = f.board.Overdue[:2], 0, 5
	f.changes.Add(1)
	b.Do(chromedp.Poll[chromedp.Void](`document.querySelectorAll('.rows .gone').length === 4`))
	if long, short := heading("3"), heading("1"); long != "Trên 15 ngày · 5 việc" || short != "Đến 5 ngày" {
		t.Errorf("headings %q and %q", long, short)
	}
	if browsertest.Ask[bool](b, `!!document.querySelector('.band.gone')`) {
		t.Error("a heading is struck through")
	}
	if got := browsertest.Ask[string](b, `[...document.querySelectorAll('.matrix input:checked')].map((i) => i.value).join(' ')`); got != "12,13" {
		t.Errorf("ticked is %q", got)
	}
	if !browsertest.Ask[bool](b, `document.activeElement === document.querySelector('.rows tbody td a')`) {
		t.Error("the focus moved")
	}
	if after := browsertest.Ask[float64](b, place); after != before {
		t.Errorf("the list moved from %v to %v", before, after)
	}
	for _, v := range append(b.Axe(), b.Troubles()...) {
		t.Error(v)
	}
}
