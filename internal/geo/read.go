package geo

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"dondoc/internal/fault"
)

// Limits of one file.
const (
	MaxFeatures = 20_000
	MaxPoints   = 2_000_000
	maxName     = 200
)

// Point is a longitude and a latitude in degrees.
type Point [2]float64

// Shape is the outline of one unit as a file gives it.
type Shape struct {
	// Key is an identifier or code, Name what the unit is called; one of them is there.
	Key, Name string
	Rings     [][]Point
}

// keys and names are properties in which files say whose outline it is.
var (
	keys  = []string{"code", "ma", "official_id", "ma_dinh_danh", "id", "gso_id", "maxa", "ma_xa"}
	names = []string{"name", "ten", "full_name", "ten_xa", "tenxa"}
)

type feature struct {
	Type       string                     `json:"type"`
	Properties map[string]json.RawMessage `json:"properties"`
	Geometry   *struct {
		Type        string          `json:"type"`
		Coordinates json.RawMessage `json:"coordinates"`
	} `json:"geometry"`
}

// Read reads a FeatureCollection of polygons. Faults (Invalid) name the feature,
// counted from 1, and say how to mend it; with a fault nothing is read.
func Read(source []byte) ([]Shape, error) {
	var file struct {
		Type     string    `json:"type"`
		Features []feature `json:"features"`
	}
	if err := json.Unmarshal(source, &file); err != nil {
		return nil, malformed(source, err)
	}
	if file.Type != "FeatureCollection" || len(file.Features) == 0 {
		return nil, fault.New(fault.Invalid, "outlines.collection", "Tệp phải là một FeatureCollection có ít nhất một đơn vị.",
			"The file has to be a FeatureCollection of at least one unit.").At("file")
	}
	if len(file.Features) > MaxFeatures {
		return nil, fault.New(fault.Invalid, "outlines.many", "Nhiều hơn %d đơn vị; hãy chia tệp.", "More than %d units; split the file.", MaxFeatures).At("file")
	}
	shapes, points := make([]Shape, 0, len(file.Features)), 0
	for i, f := range file.Features {
		shape, err := f.shape(i + 1)
		if err != nil {
			return nil, err
		}
		for _, ring := range shape.Rings {
			points += len(ring)
		}
		if points > MaxPoints {
			return nil, fault.New(fault.Invalid, "outlines.points", "Nhiều hơn %d điểm; hãy đơn giản hóa đường ranh.", "More than %d points; simplify the outlines.", MaxPoints).At("file")
		}
		shapes = append(shapes, shape)
	}
	return shapes, nil
}

// malformed says where the text stops being JSON.
func malformed(source []byte, err error) error {
	var syntax *json.SyntaxError
	line := 1
	if errors.As(err, &syntax) {
		line += strings.Count(string(source[:min(int(syntax.Offset), len(source))]), "\n")
	}
	return fault.New(fault.Invalid, "outlines.json", "Dòng %d không phải GeoJSON đúng cách.", "Line %d is no proper GeoJSON.", line).At("file")
}

func (f feature) shape(number int) (Shape, error) {
	wrong := func(vi, en string) error {
		return fault.New(fault.Invalid, "outlines.feature", "Đơn vị thứ %[1]d: "+vi, "Unit %[1]d: "+en, number).At("file")
	}
	shape := Shape{Key: f.property(keys), Name: f.property(names)}
	if shape.Key == "" && shape.Name == "" {
		return shape, wrong("thiếu thuộc tính code hoặc name.", "the property code or name is missing.")
	}
	if f.Geometry == nil {
		return shape, wrong("thiếu đường ranh.", "it has no geometry.")
	}
	var polygons [][][][]float64 // not Point: a position may be too short, or have a height
	var err error
	switch f.Geometry.Type {
	case "Polygon":
		var one [][][]float64
		err = json.Unmarshal(f.Geometry.Coordinates, &one)
		polygons = [][][][]float64{one}
	case "MultiPolygon":
		err = json.Unmarshal(f.Geometry.Coordinates, &polygons)
	default:
		return shape, wrong("đường ranh phải là Polygon hoặc MultiPolygon.", "its geometry has to be a Polygon or MultiPolygon.")
	}
	if err != nil {
		return shape, wrong("không đọc được tọa độ.", "its coordinates cannot be read.")
	}
	for _, polygon := range polygons {
		for _, ring := range polygon {
			if len(ring) < 4 {
				return shape, wrong("một vòng có ít hơn bốn điểm.", "a ring has fewer than four points.")
			}
			points := make([]Point, len(ring))
			for i, p := range ring {
				if len(p) < 2 || !inside(Point(p[:2])) {
					return shape, wrong("tọa độ phải là kinh độ, vĩ độ theo độ (WGS 84).", "coordinates have to be longitude, latitude in degrees (WGS 84).")
				}
				points[i] = Point(p[:2])
			}
			shape.Rings = append(shape.Rings, points)
		}
	}
	if len(shape.Rings) == 0 {
		return shape, wrong("không có vòng nào.", "it has no ring.")
	}
	return shape, nil
}

func inside(p Point) bool {
	return math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 90
}

// property is the first of the names that the feature has, as text.
func (f feature) property(candidates []string) string {
	for _, candidate := range candidates {
		for name, raw := range f.Properties {
			if !strings.EqualFold(name, candidate) {
				continue
			}
			var text string
			if json.Unmarshal(raw, &text) != nil {
				var number float64
				if json.Unmarshal(raw, &number) != nil {
					continue
				}
				text = strconv.FormatFloat(number, 'f', -1, 64)
			}
			if text = norm.NFC.String(strings.TrimSpace(text)); text != "" && len(text) <= maxName {
				return text
			}
		}
	}
	return ""
}

// Frame is what a drawing shows, in degrees.
type Frame struct{ West, South, East, North float64 }

// FrameOf is the smallest frame around all rings; ok is false where there are none.
func FrameOf(all [][][]Point) (frame Frame, ok bool) {
	frame = Frame{West: math.Inf(1), South: math.Inf(1), East: math.Inf(-1), North: math.Inf(-1)}
	for _, rings := range all {
		for _, ring := range rings {
			for _, p := range ring {
				frame.West, frame.East = min(frame.West, p[0]), max(frame.East, p[0])
				frame.South, frame.North = min(frame.South, p[1]), max(frame.North, p[1])
				ok = true
			}
		}
	}
	return frame, ok
}

// Projection draws degrees into a picture: longitudes shortened as at the frame's
// middle, so that a province keeps its shape (equirectangular projection).
type Projection struct {
	frame         Frame
	shorten       float64
	scale         float64
	Width, Height float64
}

// NewProjection fits the frame into a width; the height follows.
func NewProjection(frame Frame, width float64) Projection {
	p := Projection{frame: frame, Width: width, shorten: math.Cos((frame.South + frame.North) / 2 * math.Pi / 180)}
	p.scale = width / max((frame.East-frame.West)*p.shorten, 1e-6)
	p.Height = max((frame.North-frame.South)*p.scale, 1)
	return p
}

// Path is the drawing of rings as an SVG path with one decimal.
func (p Projection) Path(rings [][]Point) string {
	var b strings.Builder
	for _, ring := range rings {
		for i, at := range ring {
			command := byte('L')
			if i == 0 {
				command = 'M'
			}
			fmt.Fprintf(&b, "%c%.1f %.1f", command, (at[0]-p.frame.West)*p.shorten*p.scale, (p.frame.North-at[1])*p.scale)
		}
		b.WriteByte('Z')
	}
	return b.String()
}

// Simplify leaves out points nearer than tolerance degrees to the one kept before;
// rings that shrink to less than a triangle go, the largest stays in any case.
func Simplify(rings [][]Point, tolerance float64) [][]Point {
	var kept [][]Point
	largest := 0
	for i, ring := range rings {
		if len(ring) > len(rings[largest]) {
			largest = i
		}
	}
	for i, ring := range rings {
		thin := []Point{ring[0]}
		for _, p := range ring[1:] {
			last := thin[len(thin)-1]
			if math.Hypot(p[0]-last[0], p[1]-last[1]) >= tolerance {
				thin = append(thin, p)
			}
		}
		switch {
		case len(thin) >= 3:
			kept = append(kept, thin)
		case i == largest:
			kept = append(kept, ring)
		}
	}
	return kept
}
