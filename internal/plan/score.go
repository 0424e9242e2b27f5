package plan

import (
	"slices"

	"github.com/shopspring/decimal"
)

// ScoreSheet is a sheet by which units score themselves ("bảng chấm điểm").
type ScoreSheet struct {
	Code, Name string
	// Note says where the criteria come from.
	Note     string
	Criteria []Criterion
	// Classes are in falling order of their thresholds; the last begins at 0.
	Classes []Class
}

// Criterion is one line of a score sheet.
type Criterion struct {
	Code, Name string
	// Points is the most that it gives, in decimal text.
	Points string
	Hint   string
}

// Class is what a total of points comes to.
type Class struct {
	Code, Name string
	// From is the least total of the class, in decimal text.
	From string
}

var scoreSheetShape = object(
	field{"code", scalar(kindCode), true, "Code, unique among score sheets; a duty names it in score_sheet."},
	field{"name", text(), true, "Name."},
	field{"note", text(), false, "Where the criteria come from; shown above the sheet."},
	field{"criteria", list(object(
		field{"code", scalar(kindCode), true, "Code, unique in the sheet."},
		field{"name", text(), true, "What is scored."},
		field{"points", scalar(kindDecimal), true, "Most points that it gives."},
		field{"hint", text(), false, "How it is scored."},
	)), true, "What is scored, in order."},
	field{"classes", list(object(
		field{"code", scalar(kindCode), true, "Code, unique in the sheet."},
		field{"name", text(), true, "Name."},
		field{"from", scalar(kindDecimal), true, "Least total of points of this class; the lowest class begins at 0."},
	)), true, "What a total comes to."},
)

var (
	nounSheet = noun{"bảng chấm điểm", "score sheet"}
	nounClass = noun{"loại", "class"}
)

func (r *reader) readScoreSheets(sheets []view) {
	for _, v := range sheets {
		r.unique(r.sheets, v, nounSheet.vi, nounSheet.en)
		s := ScoreSheet{Code: v.text("code"), Name: v.text("name"), Note: v.text("note")}
		most, codes := decimal.Zero, index{}
		for _, c := range v.views("criteria") {
			r.unique(codes, c, "tiêu chí", "criterion")
			points, err := decimal.NewFromString(c.text("points"))
			if err == nil && !points.IsPositive() {
				r.fail(c.node("points"), c.at("points"), "score.points", "điểm tối đa phải lớn hơn 0", "the most points must be above 0")
			}
			most = most.Add(points)
			s.Criteria = append(s.Criteria, Criterion{Code: c.text("code"), Name: c.text("name"), Points: c.text("points"), Hint: c.text("hint")})
		}
		r.readClasses(v, &s, most)
		r.plan.ScoreSheets = append(r.plan.ScoreSheets, s)
	}
}

// readClasses reads the thresholds: each total of points has exactly one class.
func (r *reader) readClasses(v view, s *ScoreSheet, most decimal.Decimal) {
	codes := index{}
	r.classes[s.Code] = codes
	least := map[string]decimal.Decimal{}
	for _, c := range v.views("classes") {
		r.unique(codes, c, nounClass.vi, nounClass.en)
		from, err := decimal.NewFromString(c.text("from"))
		if err != nil {
			continue
		}
		for _, other := range s.Classes {
			if least[other.Code].Equal(from) {
				r.fail(c.node("from"), c.at("from"), "score.threshold", "hai loại cùng bắt đầu từ %[1]s điểm", "two classes begin at %[1]s points", from)
			}
		}
		if from.IsNegative() || from.GreaterThan(most) {
			r.fail(c.node("from"), c.at("from"), "score.threshold", "%[1]s nằm ngoài thang điểm (0 đến %[2]s)", "%[1]s lies outside of the points (0 to %[2]s)", from, most)
		}
		least[c.text("code")] = from
		s.Classes = append(s.Classes, Class{Code: c.text("code"), Name: c.text("name"), From: c.text("from")})
	}
	slices.SortStableFunc(s.Classes, func(a, b Class) int { return least[b.Code].Cmp(least[a.Code]) })
	if n := len(s.Classes); n > 0 && !least[s.Classes[n-1].Code].IsZero() {
		r.fail(v.node("classes"), v.at("classes"), "score.lowest", "loại thấp nhất phải có from: 0, để điểm nào cũng có loại", "the lowest class needs from: 0, so that every total has a class")
	}
	if len(s.Criteria) == 0 || len(s.Classes) == 0 {
		r.fail(v.n, v.path, "score.empty", "bảng chấm điểm %[1]q cần ít nhất một tiêu chí và một loại", "the score sheet %[1]q needs a criterion and a class at least", s.Code)
	}
}
