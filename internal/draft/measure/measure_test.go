package measure_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dondoc/internal/draft"
	"dondoc/internal/draft/measure"
	"dondoc/internal/issued"
)

// documents are those that were read by hand: two issued plans, and documents of other shapes.
var documents = []struct{ document, reading string }{
	{"../../../examples/source/an-thi-2018.txt", "../../plan/testdata/gold-an-thi-2018.yaml"},
	{"../../../examples/source/dong-nai-2016-2020.txt", "../../plan/testdata/gold-dong-nai-2016-2020.yaml"},
	{"../testdata/quyet-dinh.txt", "../testdata/quyet-dinh.want.json"},
	{"../testdata/chi-thi.txt", "../testdata/chi-thi.want.json"},
	{"../testdata/nghi-quyet.html", "../testdata/nghi-quyet.want.json"},
	{"../testdata/thong-bao-ket-luan.txt", "../testdata/thong-bao-ket-luan.want.json"},
	{"../testdata/ke-hoach-xa.txt", "../testdata/ke-hoach-xa.want.json"},
	{"../testdata/ke-hoach-phoi-hop.txt", "../testdata/ke-hoach-phoi-hop.want.json"},
}

func readDocument(t testing.TB, path string) issued.Document {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := issued.Read(context.Background(), filepath.Base(path), content)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func reading(t testing.TB, path string) measure.Reading {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var r measure.Reading
	if strings.HasSuffix(path, ".json") {
		err = json.Unmarshal(content, &r)
	} else {
		r, err = measure.FromGold(content)
	}
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// floors are below what is reached: a rule that helps one document and harms another shows here.
func floor(document, kind string) float64 {
	issuedPlan := strings.Contains(document, "examples/source")
	switch {
	case kind == "recipients" && strings.Contains(document, "an-thi"):
		return 0 // its reading writes them in other words than the plan
	case issuedPlan && (kind == "agencies" || kind == "duties" || kind == "cadences" || kind == "targets" || kind == "facts" || kind == "legal bases"):
		return 1
	case kind == "agencies" || kind == "duties" || kind == "reporting" || kind == "recipients" || kind == "partners":
		return 0.8
	}
	return 0.85
}

func TestDocumentsAreReadAsByHand(t *testing.T) {
	for _, one := range documents {
		t.Run(filepath.Base(one.document), func(t *testing.T) {
			for _, s := range measure.Compare(reading(t, one.reading), draft.Read(readDocument(t, one.document))) {
				if least := floor(one.document, s.Kind); s.Precision() < least || s.Recall() < least {
					t.Errorf("%s: precision %.2f, recall %.2f, want %.2f\n missed %q\n invented %q", s.Kind, s.Precision(), s.Recall(), least, s.Missed, s.Invented)
				}
			}
		})
	}
}

// What a draft says is in the document, word for word, at the line that it names.
func TestWhatIsReadIsThere(t *testing.T) {
	plain := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	for _, one := range documents {
		doc := readDocument(t, one.document)
		lines := map[int]string{}
		for _, l := range doc.Lines {
			lines[l.Number] += " " + plain(l.Text)
		}
		d := draft.Read(doc)
		var check func(duty draft.Duty)
		check = func(duty draft.Duty) {
			if !strings.Contains(lines[duty.Line], plain(duty.Text)) {
				t.Errorf("%s: line %d does not say %q", one.document, duty.Line, duty.Text)
			}
			if duty.Confidence <= 0 || duty.Confidence > 1 || duty.Rule == "" {
				t.Errorf("%s: line %d bears no mark: %+v", one.document, duty.Line, duty.Mark)
			}
			for _, child := range duty.Children {
				check(child)
			}
		}
		for _, a := range d.Agencies {
			for _, duty := range a.Duties {
				check(duty)
			}
		}
		for _, c := range d.Common {
			check(c.Duty)
		}
		for _, target := range d.Targets {
			if !strings.Contains(lines[target.Line], plain(target.Text)) {
				t.Errorf("%s: line %d does not say %q", one.document, target.Line, target.Text)
			}
		}
	}
}

func TestTheMeasureCountsEachItemOnce(t *testing.T) {
	r := measure.Reading{}
	r.Agencies = append(r.Agencies, struct {
		Names   []string       `json:"names"`
		Section string         `json:"section"`
		Mode    string         `json:"mode"`
		Duties  []measure.Duty `json:"duties"`
	}{Names: []string{"Sở Y tế"}, Section: "I", Mode: "assigned", Duties: []measure.Duty{{Text: "Chủ trì.", Role: "lead"}, {Text: "Phối hợp.", Role: "coordinate"}}})
	got := draft.Draft{Agencies: []draft.Assignment{{Names: []string{"Sở Y tế", "Sở Nội vụ"}, Section: "I", Mode: draft.Assigned, Duties: []draft.Duty{{Text: "Chủ trì.", Role: draft.Lead}, {Text: "Chủ trì.", Role: draft.Lead}}}}}
	for _, s := range measure.Compare(r, got) {
		switch s.Kind {
		case "agencies":
			if s.Precision() != 0.5 || s.Recall() != 1 {
				t.Errorf("agencies: %.2f %.2f", s.Precision(), s.Recall())
			}
		case "duties":
			if s.Precision() != 0.5 || s.Recall() != 0.5 || len(s.Missed) != 1 || len(s.Invented) != 1 {
				t.Errorf("duties: %+v", s)
			}
		}
	}
}
