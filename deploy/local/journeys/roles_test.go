package journeys

import (
	"fmt"
	"strings"
	"testing"

	"dondoc/internal/browsertest"
)

// way is how a person goes through a journey.
type way struct {
	name     string
	width    int64
	scripts  bool
	keyboard bool
}

var ways = []way{
	{"ban-lam-viec", 1440, true, false},
	{"dien-thoai", 360, true, false},
	{"khong-script", 360, false, false},
	{"ban-phim", 1440, true, true},
}

// traveller is a person on a journey; each step leaves a picture and is held to what
// every page keeps.
type traveller struct {
	browsertest.Hand
	t       *testing.T
	way     way
	number  int // of the way, from zero
	journey string
	steps   int
}

// eachWay goes through a journey at a desk, on a phone, without scripts and without
// a pointer. The person may be another one each time.
func eachWay(t *testing.T, journey string, people []string, goes func(*traveller)) {
	for i, w := range ways {
		t.Run(w.name, func(t *testing.T) {
			b := browsertest.Start(t, patience)
			b.Width(w.width)
			b.Scripts(w.scripts)
			b.SignIn(running.base, people[i%len(people)], running.password)
			v := &traveller{Hand: browsertest.Hand{Browser: b, Keyboard: w.keyboard}, t: t, way: w, number: i, journey: journey}
			goes(v)
			if v.steps == 0 {
				t.Error("the journey leaves no picture")
			}
		})
	}
}

// Shows keeps what the page looks like and holds it to what all pages keep.
func (v *traveller) Shows(words ...string) {
	v.t.Helper()
	v.Sees(words...)
	v.steps++
	v.Picture(artifacts, fmt.Sprintf("%s-%s-%d", v.journey, v.way.name, v.steps))
	for _, over := range v.Fits() {
		v.t.Errorf("step %d: %s", v.steps, over)
	}
	for _, trouble := range v.Troubles() {
		v.t.Errorf("step %d: %s", v.steps, trouble)
	}
}

// A focal point opens the list, forgets a figure, mends it and sees that the report
// is with the agency that waits for it.
func TestTheFocalPointReports(t *testing.T) {
	people := []string{"daumoi.xp-25220@dondoc.example", "daumoi.xp-25231@dondoc.example", "daumoi.xp-25246@dondoc.example", "daumoi.xp-25252@dondoc.example"}
	eachWay(t, "dau-moi", people, func(v *traveller) {
		v.Shows("Việc của tôi", "Xếp theo thứ tự nên làm")
		v.Click("Báo cáo của xã, phường, năm 2026")
		v.Shows("Chốt số liệu", "Diễn biến")
		v.figures()
		v.Fill("I. Tình hình trên địa bàn", "Tình hình ổn định.")
		v.Fill("1. Số lượt người bị xử lý", "hai")
		v.Click("Gửi Sở Y tế")
		v.Shows("Chưa gửi được. Có 1 chỗ cần sửa")
		if got := browsertest.Ask[string](v.Browser, `document.querySelector('textarea').value`); got != "Tình hình ổn định." {
			t.Errorf("the narrative was lost: %q", got)
		}
		v.Fill("1. Số lượt người bị xử lý", "2")
		v.Click("Gửi Sở Y tế")
		v.Shows("Đã ghi nhận", "chờ xác nhận")
	})
}

// figures writes into every figure what stood there the period before, or zero.
func (v *traveller) figures() {
	v.t.Helper()
	values := browsertest.Ask[[]string](v.Browser, `[...document.querySelectorAll('input[inputmode=decimal]')].map(i =>
		((i.parentElement.querySelector('.meta b') || {}).innerText || '0').trim())`)
	for i, value := range values {
		selector := fmt.Sprintf(`[id="%s"]`, browsertest.Ask[string](v.Browser, fmt.Sprintf(`document.querySelectorAll('input[inputmode=decimal]')[%d].id`, i)))
		v.Write(selector, value)
	}
}

// Where nothing arose, one tap on the list is all there is to do.
func TestANilReturnTakesOneTap(t *testing.T) {
	people := []string{"daumoi.xp-25255@dondoc.example", "daumoi.xp-25261@dondoc.example", "daumoi.xp-25267@dondoc.example", "daumoi.xp-25270@dondoc.example"}
	eachWay(t, "khong-phat-sinh", people, func(v *traveller) {
		v.Sees("Việc của tôi")
		v.Click("Gửi “không phát sinh”")
		v.Shows("Đã ghi nhận", "chờ xác nhận")
	})
}

// A supervisor sees on the board who is late, opens one of them, urges and notes a
// call, and finds both in the story of the task.
func TestTheSupervisorUrges(t *testing.T) {
	eachWay(t, "don-doc", []string{supervisor}, func(v *traveller) {
		v.menu("Bảng theo dõi")
		v.Lands("/theo-doi")
		v.Shows("Chưa hoàn thành, quá hạn")
		if v.way.keyboard {
			v.Click("Bỏ qua bảng") // as a hand without a pointer does; it would pass every cell
		}
		v.pickLate()
		v.ClickIn("#cong-van", "Đôn đốc") // of the list; the matrix has the same above it
		v.Lands("/don-doc")
		v.Shows("Lời đôn đốc", "1 việc")
		v.Fill("Nội dung", "Đề nghị đơn vị gửi báo cáo trong hôm nay.")
		v.Click("Gửi đôn đốc")
		v.Shows("Đã gửi đôn đốc.")
	})
}

// pickLate ticks the late task that is this way's own.
func (v *traveller) pickLate() {
	v.t.Helper()
	v.Pick("#" + browsertest.Ask[string](v.Browser, fmt.Sprintf(`document.querySelectorAll('.listing input[type=checkbox]')[%d].id`, v.number)))
}

// A supervisor reads a result beside what was sent before and confirms it; the next
// one comes by itself.
func TestTheSupervisorConfirms(t *testing.T) {
	eachWay(t, "xac-nhan", []string{supervisor}, func(v *traveller) {
		v.menu("Xác nhận")
		v.Shows("Báo cáo chờ xác nhận")
		v.ClickIn("table", "Báo cáo của xã, phường")
		v.Shows("Kỳ trước")
		v.ClickIn("#quyet-dinh", "Xác nhận")
		v.Click("Ghi quyết định")
		v.Shows("Đã xác nhận báo cáo lần")
	})
}

// menu uses an entry of the head, which a phone keeps folded.
func (v *traveller) menu(words string) {
	v.t.Helper()
	if v.way.width < 700 {
		v.Click("Trình đơn")
	}
	v.Click(words)
}

// A leader looks at one page, opens what is overdue longest and comes back.
func TestTheLeaderLooks(t *testing.T) {
	eachWay(t, "lanh-dao", []string{planAuthority}, func(v *traveller) {
		v.Open(running.base + "/lanh-dao")
		v.Shows("Số liệu đến", "Mười việc chậm nhiều nhất")
		v.ClickIn(".bands", "Trên 15 ngày")
		v.Lands("/lanh-dao/danh-sach")
		v.Shows("quá hạn")
	})
}

// A head sees what the agency owes and what was sent in its name.
func TestTheHeadFollows(t *testing.T) {
	people := []string{"thutruong.xp-25279@dondoc.example", "thutruong.xp-25280@dondoc.example", "thutruong.xp-25292@dondoc.example", "thutruong.xp-25294@dondoc.example"}
	eachWay(t, "thu-truong", people, func(v *traveller) {
		v.Shows("Việc của tôi")
		v.ClickIn(".first", "Báo cáo của xã, phường, năm 2026")
		v.Shows("Diễn biến")
		v.Click("Xin gia hạn")
		v.Fill("Lý do", "Chờ số liệu của các thôn.")
		v.Write("#gia-han input[name=on], form[action$='/gia-han'] input.short", "24/12/2026")
		v.ClickIn("form[action$='/gia-han']", "Gửi")
		v.Shows("gia hạn")
	})
}

// A plan authority loads a file with a mistake, mends it, looks at what it will do
// and follows the plan.
func TestThePlanAuthorityBegins(t *testing.T) {
	eachWay(t, "ban-hanh", []string{planAuthority}, func(v *traveller) {
		source := strings.ReplaceAll(smallPlan, "CODE", "hanh-trinh-"+v.way.name)
		v.menu("Văn bản")
		v.Click("Nạp kế hoạch")
		v.Fill("Hoặc dán nội dung tệp", strings.Replace(source, "agencies: so-y-te", "agencies: so-khong-co", 1))
		v.Click("Nạp và xem trước")
		v.Shows("Chưa gửi được", "so-khong-co")
		v.Fill("Hoặc dán nội dung tệp", source)
		v.Click("Nạp và xem trước")
		v.Lands("/van-ban/")
		v.Shows("Đã nạp bản thảo", "Lịch các kỳ", "Ai nhận gì")
		v.ClickIn("form[action$='/bat-dau']", "Bắt đầu theo dõi")
		v.Shows("Đã bắt đầu theo dõi kế hoạch.")
	})
}

// An administrator invites somebody and looks at what a change of the calendar
// would move.
func TestTheAdministratorInvites(t *testing.T) {
	eachWay(t, "quan-tri", []string{administrator}, func(v *traveller) {
		v.Shows("Việc cần quản trị xử lý")
		v.Click("Người dùng")
		v.Click("Thêm người")
		v.Fill("Tên hiển thị", "Đầu mối mới")
		v.Fill("Thư điện tử", "moi."+v.way.name+"@dondoc.example")
		v.Fill("Đơn vị", "xp-25195")
		v.Click("Gửi thư mời")
		v.Shows("Đã tạo tài khoản và gửi thư mời.", "moi."+v.way.name)
		v.Click("Lịch làm việc")
		v.Click("Thêm một ngày")
		v.Fill("Ngày", "16/12/2026")
		v.Fill("Tên", "Ngày nghỉ của thành phố")
		v.Fill("Căn cứ", "Quyết định của UBND thành phố")
		v.ClickIn("details[open] form", "Xem việc gì sẽ thay đổi")
		v.Shows("Hạn nào dời")
	})
}

// An agency that consolidates sees who has sent, opens a figure and takes the sum
// into its report.
func TestTheConsolidatorSums(t *testing.T) {
	eachWay(t, "tong-hop", []string{"daumoi.so-y-te@dondoc.example"}, func(v *traveller) {
		v.Open(running.base + "/viec")
		v.Open(browsertest.Ask[string](v.Browser, `(document.querySelector('.todo h2 a') || document.querySelector('.lines a')).href + '/tong-hop'`))
		v.Shows("Tổng hợp")
	})
}

// smallPlan is a plan for agencies of the sample.
const smallPlan = `format: 1
code: CODE
document: {type: Kế hoạch, title: Kế hoạch CODE, level: province}
issuer: ubnd-tinh
valid_from: 2026-11-01
valid_to: 2027-12-31
defaults:
  due: {other: {working_days: 5}}
agencies:
  - {code: ubnd-tinh, name: UBND thành phố Đồng Nai, level: province}
  - {code: so-y-te, name: Sở Y tế, level: department, parent: ubnd-tinh}
duties:
  - code: I.1
    text: Báo cáo hằng quý
    agencies: so-y-te
    schedule_words: [hằng quý]
    cadences: quarterly
    recipient: ubnd-tinh
`
