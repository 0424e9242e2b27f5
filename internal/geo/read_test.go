package geo_test

import (
	"strings"
	"testing"

	"dondoc/internal/fault"
	"dondoc/internal/geo"
)

const square = `{"type": "Feature", "properties": {"code": 25195, "Name": " Phường A "}, "geometry": {"type": "Polygon", "coordinates": [[[106, 11], [107, 11], [107, 12], [106, 12], [106, 11]]]}}`

func collection(features ...string) []byte {
	return []byte(`{"type": "FeatureCollection", "features": [` + strings.Join(features, ",") + `]}`)
}

func TestOutlinesAreRead(t *testing.T) {
	island := `{"type": "Feature", "properties": {"ten": "Đảo"}, "geometry": {"type": "MultiPolygon", "coordinates": [[[[1, 1], [2, 1], [2, 2], [1, 1]]], [[[3, 3], [4, 3], [4, 4], [3, 3]]]]}}`
	shapes, err := geo.Read(collection(square, island))
	if err != nil || len(shapes) != 2 {
		t.Fatalf("%v %v", shapes, err)
	}
	if shapes[0].Key != "25195" || shapes[0].Name != "Phường A" || len(shapes[0].Rings[0]) != 5 || shapes[1].Name != "Đảo" || len(shapes[1].Rings) != 2 {
		t.Errorf("%+v", shapes)
	}
}

func TestWhatIsNoOutlineIsRefusedByItsPlace(t *testing.T) {
	for _, c := range []struct{ source, words string }{
		{"{\n\n\"type\": x}", "Dòng 3"},
		{`{"type": "Feature"}`, "FeatureCollection"},
		{string(collection(square, `{"type": "Feature", "properties": {}, "geometry": null}`)), "Đơn vị thứ 2: thiếu thuộc tính"},
		{string(collection(strings.Replace(square, "Polygon", "Point", 1))), "Polygon hoặc MultiPolygon"},
		{string(collection(strings.Replace(square, "[106, 11], [107, 11], [107, 12], ", "", 1))), "ít hơn bốn điểm"},
		{string(collection(strings.Replace(square, "[107, 12]", "[2000000, 12]", 1))), "kinh độ, vĩ độ"},
		{string(collection(strings.Replace(square, "[107, 12]", `["x", 12]`, 1))), "tọa độ"},
		{string(collection(strings.Replace(square, "[107, 12]", "[107]", 1))), "kinh độ, vĩ độ"},
		{string(collection(strings.Replace(square, "[107, 12]", "null", 1))), "kinh độ, vĩ độ"},
		{string(collection(strings.Replace(square, `"coordinates": [[`, `"coordinates": [[[[`, 1))), ""},
	} {
		_, err := geo.Read([]byte(c.source))
		if f := fault.Of(err); f == nil || f.Kind != fault.Invalid || !strings.Contains(f.VI, c.words) {
			t.Errorf("%.60s: %v, want %q", c.source, err, c.words)
		}
	}
}

func TestADrawingKeepsTheShape(t *testing.T) {
	shapes, err := geo.Read(collection(square))
	if err != nil {
		t.Fatal(err)
	}
	frame, ok := geo.FrameOf([][][]geo.Point{shapes[0].Rings})
	if !ok || frame != (geo.Frame{West: 106, South: 11, East: 107, North: 12}) {
		t.Fatalf("%+v", frame)
	}
	p := geo.NewProjection(frame, 980)
	if p.Height < 995 || p.Height > 1005 { // a degree of latitude is longer than one of longitude here
		t.Errorf("height %.1f", p.Height)
	}
	if path := p.Path(shapes[0].Rings); !strings.HasPrefix(path, "M0.0 ") || !strings.Contains(path, "L980.0 0.0") || !strings.HasSuffix(path, "Z") {
		t.Errorf("path %s", path)
	}
	if _, ok := geo.FrameOf(nil); ok {
		t.Error("nothing has a frame")
	}
}

func TestSimplifyingKeepsEveryUnit(t *testing.T) {
	fine := [][]geo.Point{{{0, 0}, {0.001, 0}, {1, 0}, {1, 1}, {0, 1}}, {{5, 5}, {5.0001, 5}, {5, 5.0001}, {5, 5}}}
	if got := geo.Simplify(fine, 0.01); len(got) != 1 || len(got[0]) != 4 {
		t.Errorf("%v", got)
	}
	if got := geo.Simplify(fine[1:], 0.01); len(got) != 1 {
		t.Errorf("a small unit is gone: %v", got)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(collection(square))
	f.Fuzz(func(t *testing.T, source []byte) {
		shapes, err := geo.Read(source)
		if (err == nil) == (len(shapes) == 0) {
			t.Errorf("%d shapes and %v", len(shapes), err)
		}
		for _, s := range shapes {
			if rings := geo.Simplify(s.Rings, 0.001); len(rings) == 0 {
				t.Error("a unit without an outline")
			}
		}
	})
}
