package api_test

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// rightsTable is the one table of who may make which call; its head explains it.
const rightsTable = "testdata/rights.txt"

var rowForm = regexp.MustCompile(`^(\S+ \S+(?: #.*?)?) +((?:\S{6} ){6}\S)$`)

// compareRights holds the answers against the table; DONDOC_RIGHTS=write writes
// them into it, to be reviewed line by line.
func compareRights(t *testing.T, got map[string]string) {
	t.Helper()
	file, err := os.ReadFile(rightsTable)
	if err != nil {
		t.Fatal(err)
	}
	var head []string
	want := map[string]string{}
	for _, line := range strings.Split(strings.TrimRight(string(file), "\n"), "\n") {
		switch found := rowForm.FindStringSubmatch(line); {
		case strings.HasPrefix(line, "#"):
			head = append(head, line)
		case found == nil:
			t.Errorf("%s: this line is no row: %q", rightsTable, line)
		default:
			want[found[1]] = found[2]
		}
	}
	if os.Getenv("DONDOC_RIGHTS") == "write" {
		lines := head
		for _, call := range slices.SortedFunc(maps.Keys(got), byPath) {
			lines = append(lines, fmt.Sprintf("%-62s %s", call, got[call]))
		}
		if err := os.WriteFile(rightsTable, []byte(strings.Join(lines, "\n")+"\n"), 0o644); err != nil { //nolint:gosec // a file of the project
			t.Fatal(err)
		}
	}
	for _, call := range slices.SortedFunc(maps.Keys(got), byPath) {
		if want[call] != got[call] {
			t.Errorf("%s\n table  %s\n server %s", call, want[call], got[call])
		}
	}
	for call := range want {
		if got[call] == "" {
			t.Errorf("%s has a row in %s, and nobody walks it", call, rightsTable)
		}
	}
}

// byPath orders the table by address, then by method.
func byPath(a, b string) int {
	turned := func(call string) string {
		method, rest, _ := strings.Cut(call, " ")
		return rest + " " + method
	}
	return strings.Compare(turned(a), turned(b))
}
