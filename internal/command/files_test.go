package command

import (
	"strings"
	"testing"

	"dondoc/internal/postgres"
)

func TestDamagedFilesAreNamedAndFailTheCommand(t *testing.T) {
	var b strings.Builder
	err := tellFiles(&b, postgres.FilesReport{Checked: 3, Strays: 1, Damaged: []postgres.DamagedFile{
		{SHA256: "ab12", Attachments: []int64{4, 9}, Tasks: []int64{1, 2}}, {SHA256: "cd34", Missing: true, Attachments: []int64{5}, Tasks: []int64{1}},
	}})
	want := "altered ab12: attachments 4, 9 of tasks 1, 2\nmissing cd34: attachments 5 of tasks 1\n3 files checked, 2 damaged, 1 without a row\n"
	if err == nil || b.String() != want {
		t.Errorf("%q, %v", b.String(), err)
	}
	b.Reset()
	if err := tellFiles(&b, postgres.FilesReport{Checked: 2}); err != nil || b.String() != "2 files checked, 0 damaged, 0 without a row\n" {
		t.Errorf("%q, %v", b.String(), err)
	}
}
