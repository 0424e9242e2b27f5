package sheet_test

import (
	"encoding/csv"
	"errors"
	"strings"
	"testing"

	"dondoc/internal/sheet"
)

func TestASheetIsReadAsItWasWritten(t *testing.T) {
	var b strings.Builder
	w := sheet.New(&b, "Đơn vị", "Ghi chú")
	dangerous := []string{"=1+2", "+84", "-3", "@SUM(A1)", "\tx", "\rx"}
	for _, cell := range dangerous {
		w.Line("UBND huyện \"Một\", Hai", cell)
	}
	w.Line("", "an toàn = 1")
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	text, marked := strings.CutPrefix(b.String(), "\xEF\xBB\xBF")
	if !marked {
		t.Error("no mark: Excel would take the text for Windows-1252")
	}
	lines, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if lines[0][0] != "Đơn vị" || lines[1][0] != "UBND huyện \"Một\", Hai" || lines[len(lines)-1][1] != "an toàn = 1" {
		t.Errorf("%q", lines)
	}
	for i, cell := range dangerous {
		if got := lines[i+1][1]; got[0] != '\'' || strings.TrimSpace(got[1:]) != strings.TrimSpace(cell) {
			t.Errorf("%q came as %q", cell, got)
		}
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestAFullDiskIsTold(t *testing.T) {
	w := sheet.New(full{}, "a")
	w.Line("b")
	if err := w.Close(); err == nil {
		t.Error("a sheet that could not be written was called whole")
	}
}
