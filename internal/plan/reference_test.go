package plan

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

const (
	manual = "../../docs/plan-file.md"
	// marker begins the tables that are made from the format's own table.
	marker = "<!-- The tables below are made by `UPDATE_SCHEMA=1 go test ./internal/plan`. -->\n"
)

func TestManualListsEveryKey(t *testing.T) {
	page, err := os.ReadFile(manual)
	if err != nil {
		t.Fatal(err)
	}
	written, _, found := strings.Cut(string(page), marker)
	if !found {
		t.Fatal("docs/plan-file.md has lost the marker of its tables")
	}
	want := written + marker + reference()
	if os.Getenv("UPDATE_SCHEMA") != "" {
		if err := os.WriteFile(manual, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(page) != want {
		t.Error("the tables of docs/plan-file.md are out of date; run the test with UPDATE_SCHEMA=1")
	}
}

// reference returns a table for each object of the format, in the order in which
// a file is written.
func reference() string {
	var b strings.Builder
	var seen []*shape
	var table func(name string, s *shape)
	table = func(name string, s *shape) {
		if slices.Contains(seen, s) {
			return
		}
		seen = append(seen, s)
		fmt.Fprintf(&b, "\n### %s\n\n| Key | Value | Meaning |\n|---|---|---|\n", name)
		for _, f := range s.fields {
			key := "`" + f.key + "`"
			if f.required {
				key = "**" + key + "** (required)"
			}
			fmt.Fprintf(&b, "| %s | %s | %s |\n", key, valueOf(f.shape), f.about)
		}
		for _, f := range s.fields {
			if inner := objectIn(f.shape); inner != nil {
				table(strings.TrimPrefix(name+" › ", "The file › ")+"`"+f.key+"`", inner)
			}
		}
	}
	table("The file", fileShape)
	return b.String()
}

func objectIn(s *shape) *shape {
	for s.item != nil {
		s = s.item
	}
	if s.kind == kindObject {
		return s
	}
	return nil
}

func valueOf(s *shape) string {
	switch s.kind {
	case kindList:
		if s.single {
			return valueOf(s.item) + "; or a list"
		}
		return "list of " + valueOf(s.item)
	case kindMap:
		switch {
		case s.item == dueRuleShape:
			return "level: due rule"
		case s.item.kind == kindMap:
			return "period: level: " + valueOf(s.item.item)
		}
		return "key: " + valueOf(s.item)
	case kindEnum:
		return "`" + strings.Join(s.values, "` `") + "`"
	case kindObject:
		if s == dueRuleShape {
			return "due rule"
		}
		if s.plain != nil {
			return valueOf(s.plain) + " or keys"
		}
		return "keys"
	}
	return map[kind]string{
		kindText: "text", kindCode: "code", kindDutyCode: "duty code", kindRef: "agency or \"@group\"", kindInt: "whole number",
		kindBool: "`true` `false`", kindDate: "date", kindDecimal: "number", kindTime: "\"17:00\"", kindMonthDay: "\"07-20\"",
	}[s.kind]
}
