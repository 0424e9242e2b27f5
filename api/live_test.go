package api_test

import (
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"dondoc/internal/account"
	"dondoc/internal/browsertest"
	"dondoc/internal/policy"
	"dondoc/internal/postgrestest"
	"dondoc/internal/task"
	"dondoc/web"
)

// hundred is how many communes report at once.
const hundred = 100

// countryside is a plan of a province whose communes report every month.
func countryside(t *testing.T) string {
	t.Helper()
	var agencies strings.Builder
	for i := range hundred {
		fmt.Fprintf(&agencies, "  - {code: xa-%d, name: UBND xã %d, level: commune, parent: tinh}\n", i, i)
	}
	file := filepath.Join(t.TempDir(), "countryside.yaml")
	source := `format: 1
code: countryside
document: {type: Kế hoạch, title: Kế hoạch của trăm xã, level: province}
issuer: tinh
valid_from: 2026-01-01
valid_to: 2027-12-31
defaults:
  due: {other: {working_days: 5}}
agencies:
  - {code: tinh, name: UBND tỉnh, level: province}
` + agencies.String() + `groups:
  - {code: cac-xa, name: Các xã, children_of: tinh}
duties:
  - code: I.1
    text: Báo cáo hằng tháng
    agencies: "@cac-xa"
    schedule_words: [hằng tháng]
    cadences: monthly
    recipient: tinh
`
	if err := os.WriteFile(file, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// observing notes when each cell of the matrix turned to "waiting for confirmation".
const observing = `window.turned = {}; window.shifted = 0;
	new MutationObserver(() => {
		for (const cell of document.querySelectorAll('.matrix td a'))
			if (!(cell.id in turned) && cell.querySelector('.g-half-circle')) turned[cell.id] = Date.now();
	}).observe(document.body, {subtree: true, childList: true, attributes: true});
	new PerformanceObserver((list) => { for (const e of list.getEntries()) shifted += e.value; }).observe({type: 'layout-shift'});
	document.querySelector('.matrix tbody:last-of-type tr:nth-child(40) td a').focus({preventScroll: true});
	window.scrollTo(0, 600); window.place = scrollY; window.focused = document.activeElement.id; true`

// Two supervisors look at the board while a hundred communes send their reports.
// Both see every one of them soon; their focus and scroll stay and nothing moves.
func TestTwoSupervisorsSeeWhatArrives(t *testing.T) {
	r := realOn(t, postgrestest.New(t), countryside(t))
	ctx := t.Context()
	list := "email,name,agency_code,role\ntd1@dondoc.example,Chuyên viên theo dõi một,tinh,supervisor\ntd2@dondoc.example,Chuyên viên theo dõi hai,tinh,supervisor\nth@dondoc.example,Văn thư UBND tỉnh,tinh,plan_authority\n"
	for i := range hundred {
		list += fmt.Sprintf("xa%d@dondoc.example,Đầu mối UBND xã %d,xa-%d,focal_point\n", i, i, i)
	}
	rows, err := account.ReadPeople([]byte(list))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.store.ImportPeople(ctx, policy.Actor{}, rows, false); err != nil {
		t.Fatal(err)
	}
	for _, email := range []string{"td1@dondoc.example", "td2@dondoc.example", "th@dondoc.example"} {
		if err := r.store.SetPassword(ctx, email, password); err != nil {
			t.Fatal(err)
		}
	}
	authority := r.signIn("th@dondoc.example")
	plan := first(r.ok(200, request{method: "GET", path: "/api/v1/plans", as: authority}))
	r.ok(200, request{method: "POST", path: "/api/v1/plans/" + num(plan["id"]) + "/activate", as: authority, body: `{"version": ` + num(plan["version"]) + `}`})
	duty := first(r.ok(200, request{method: "GET", path: "/api/v1/plans/" + num(plan["id"]) + "/duties", as: authority}))
	next, err := r.store.ScheduleNextRound(ctx, int64(duty["id"].(float64)))
	if err != nil {
		t.Fatal(err)
	}
	if now, _ := r.clock.Now(ctx); next.OpensAt.After(now) {
		r.clock.move(next.OpensAt)
	}
	if err := r.store.OpenRound(ctx, next.RoundID, func(int) {}); err != nil {
		t.Fatal(err)
	}
	var owed []struct {
		Task int64 `db:"task"`
		User int64 `db:"user"`
	}
	if err := r.db.SelectContext(ctx, &owed, `SELECT t.id AS task, m.user_id AS user FROM tasks t JOIN memberships m ON m.agency_id = t.agency_id AND m.role = 'focal_point' ORDER BY t.id`); err != nil || len(owed) != hundred {
		t.Fatalf("%d tasks, %v", len(owed), err)
	}

	server := httptest.NewServer(r.handler)
	t.Cleanup(server.Close)
	one := browsertest.Start(t, 5*time.Minute)
	desks := []*browsertest.Browser{one, one.Another(5 * time.Minute)}
	for i, desk := range desks {
		desk.Width(1440)
		desk.Do(browsertest.Command(network.SetCookie, network.SetCookieParams{
			Name: web.SessionCookie, Value: r.signIn(fmt.Sprintf("td%d@dondoc.example", i+1)), URL: server.URL}))
		desk.Open(server.URL + "/theo-doi")
		desk.Do(chromedp.Poll[chromedp.Void](`document.querySelector('[data-live-status]').innerText.includes('Tự cập nhật')`))
		browsertest.Ask[bool](desk, observing)
	}

	sent := map[string]int64{}
	for _, o := range owed {
		actor, err := r.store.ActorByID(ctx, o.User)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.store.Submit(ctx, actor, task.SubmitInput{TaskID: o.Task, Kind: task.Report, Narrative: "Đã tổ chức tuyên truyền."}); err != nil {
			t.Fatal(err)
		}
		sent[fmt.Sprint("o", o.Task)] = time.Now().UnixMilli()
	}
	for i, desk := range desks {
		desk.Do(chromedp.Poll[chromedp.Void](fmt.Sprintf(`Object.keys(turned).length === %d`, hundred)))
		turned := browsertest.Ask[map[string]int64](desk, `turned`)
		var lags []int64
		for id, at := range turned {
			lags = append(lags, at-sent[id])
		}
		slices.Sort(lags)
		t.Logf("supervisor %d saw a report after %d ms in the middle, %d ms at the latest", i+1, lags[len(lags)/2], lags[len(lags)-1])
		if lags[len(lags)-1] > 2000 {
			t.Errorf("supervisor %d saw a report only after %d ms", i+1, lags[len(lags)-1])
		}
		if shifted := browsertest.Ask[float64](desk, `shifted`); shifted != 0 {
			t.Errorf("the board moved by %v", shifted)
		}
		if stay := browsertest.Ask[string](desk, `scrollY + ' ' + document.activeElement.id`); stay != browsertest.Ask[string](desk, `place + ' ' + focused`) {
			t.Errorf("scroll and focus are at %s", stay)
		}
		for _, trouble := range desk.Troubles() {
			t.Error(trouble)
		}
	}
	one.Picture("../test-artifacts", "bang-tu-cap-nhat")
}
