package web

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"dondoc/internal/browsertest"
	"dondoc/internal/geo"
	"dondoc/internal/task"
)

func square(west float64) [][]geo.Point {
	return [][]geo.Point{{{west, 11}, {west + 1, 11}, {west + 1, 12}, {west, 12}}}
}

// outlined is a sample with outlines of a district and two of its communes.
func outlined() *fake {
	f := sample()
	f.outlines = []geo.Outline{
		{AgencyID: district, Name: "UBND huyện Long Thành", Source: "Bản đồ mẫu, CC0", Rings: square(104)},
		{AgencyID: commune, ParentID: district, Name: "UBND xã Phước Thái", Source: "Bản đồ mẫu, CC0", Rings: square(106)},
		{AgencyID: 101, ParentID: district, Name: "UBND xã <i>Tân Hiệp</i>", Source: "Bản đồ mẫu, CC0", Rings: square(107)},
	}
	f.rates = []task.Rate{{ID: commune, Present: task.Tally{NotDoneOverdue: 3, DoneOnTime: 5}}, {ID: 101, Present: task.Tally{DoneOnTime: 4}}}
	return f
}

// The map says by form and by words what the list beside it says.
func TestTheMapShowsWhoIsLate(t *testing.T) {
	s := newSite(t, outlined()).as("department")
	got := s.get("/ban-do")
	got.shows(t, "Có việc quá hạn", "Đã xong", "Không có việc", "Nguồn đường ranh: Bản đồ mẫu, CC0", "phóng to")
	if !strings.Contains(got.text, `aria-label="UBND xã Phước Thái: Có việc quá hạn, 3 việc quá hạn"`) || !strings.Contains(got.text, `class="m-late"`) || strings.Contains(got.text, "<i>Tân") {
		t.Error("the drawing does not say who is late, or words became markup")
	}
	if first := strings.Index(got.text, "<tbody>"); !strings.Contains(got.text[first:first+300], "Phước Thái") {
		t.Error("who is late does not stand first")
	}
	zoomed := s.get("/ban-do?trong=" + formatID(district))
	if n := strings.Count(zoomed.text, `"><title>`); n != 3 {
		t.Errorf("zoomed to a district: %d", n)
	}
	zoomed = s.get("/ban-do?trong=" + formatID(commune))
	if n := strings.Count(zoomed.text, `"><title>`); n != 1 {
		t.Errorf("zoomed to a commune: %d", n)
	}
	if got := newSite(t, sample()).as("department").get("/ban-do"); got.status != 200 || !strings.Contains(got.text, "Chưa có đường ranh") {
		t.Errorf("without outlines: %d", got.status)
	}
	if got := s.as("admin").get("/ban-do"); got.status != 404 {
		t.Errorf("an administrator reads results: %d", got.status)
	}
}

// Where several plans are followed no unit may look as if it owed nothing, and what
// is not on the map is not "no outlines".
func TestTheMapAsksForAPlanBeforeItTellsStates(t *testing.T) {
	f := outlined()
	other := f.plans[0]
	other.ID = 999
	f.plans = append(f.plans, other)
	s := newSite(t, f).as("department")
	got := s.get("/ban-do")
	got.shows(t, "Chọn một văn bản để xem bản đồ.", "Chọn văn bản")
	if strings.Contains(got.text, "Không có việc") {
		t.Error("units look as if they owed nothing")
	}
	s.get("/ban-do?van-ban="+formatID(f.plans[0].ID)).shows(t, "Có việc quá hạn")
	if got := newSite(t, outlined()).as("department").get("/ban-do?trong=424242"); got.status != 404 {
		t.Errorf("zoomed to what is not on the map: %d", got.status)
	}
}

func TestOutlinesAreLoadedByPage(t *testing.T) {
	s := newSite(t, outlined()).as("admin")
	file := `{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"code": "xa-1"}, "geometry": {"type": "Polygon", "coordinates": [[[106, 11], [107, 11], [107, 12], [106, 11]]]}}]}`
	send := func(content, source string) body {
		return s.postForm("/quan-tri/ban-do", url.Values{"source": {source}, "idempotency_key": {formKey}}, "don-vi.geojson", content)
	}
	if got := send("khong phai", "CC0"); got.status != 422 || !strings.Contains(got.text, "Dòng 1") || !strings.Contains(got.text, `value="CC0"`) {
		t.Errorf("no GeoJSON: %d", got.status)
	}
	if got := send(file, ""); got.status != 422 || len(s.outlined) != 0 {
		t.Errorf("without a source: %d", got.status)
	}
	got := send(file, "CC0")
	got.shows(t, "Đã nạp đường ranh của 1 đơn vị.", "Nơi <b>khác</b>", "2 đơn vị cùng cấp chưa có đường ranh")
	if strings.Contains(got.text, "<b>khác") {
		t.Error("words became markup")
	}
}

func TestTheMapInABrowser(t *testing.T) {
	s := newSite(t, outlined())
	b := browsertest.Start(t, time.Minute)
	for path, token := range map[string]string{"/ban-do": "department", "/quan-tri/ban-do": "admin"} {
		for _, width := range []int64{1440, 360} {
			look(t, b, width, "ban-do"+strings.ReplaceAll(path, "/", "-"), s.url+path, token)
			for _, v := range b.Axe() {
				t.Errorf("%s at %d px: %s", path, width, v)
			}
		}
	}
}
