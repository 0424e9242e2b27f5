// Package internal has no code: it holds the rule of who may import whom,
// which the table in docs/architecture.md states, against the sources.
package internal_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const module = "dondoc"

// domain packages hold rules and types; they may import each other.
var domain = []string{
	"internal/account", "internal/agency", "internal/amendment", "internal/attachment", "internal/audit", "internal/consolidation", "internal/document", "internal/docx", "internal/dossier", "internal/form",
	"internal/draft", "internal/feed", "internal/geo", "internal/indicator", "internal/issued",
	"internal/notice", "internal/paper", "internal/pdf", "internal/plan", "internal/policy", "internal/preview", "internal/privacy", "internal/request", "internal/score", "internal/target", "internal/task", "internal/timetable", "internal/workbook",
}

// ground may be imported by all that has rules.
var ground = []string{"internal/calendar", "internal/calendar/vietnam", "internal/clock", "internal/fault", "internal/ical", "internal/idempotency", "internal/keyfile", "internal/plaintext", "internal/sheet"}

// mayImport says which of our packages a package may import. A package that is
// not named here has no place in the architecture yet and fails the test.
var mayImport = map[string][]string{
	"cmd":                     {"internal/command"},
	"internal/command":        join(domain, ground, []string{"internal/app", "internal/config", "internal/postgres"}),
	"internal/app":            join(domain, ground, []string{"api", "web", "activities", "workflows", "examples", "internal/config", "internal/conductor", "internal/relay", "internal/openid", "internal/postgres", "internal/session", "internal/filestore", "internal/clamav"}),
	"api":                     join(domain, ground, []string{"internal/session"}),
	"web":                     join(domain, ground, []string{"internal/session"}),
	"activities":              join(domain, ground, []string{"workflows"}),
	"workflows":               nil,
	"internal/session":        {"internal/account", "internal/fault", "internal/policy"},
	"internal/conductor":      {"workflows"},
	"internal/relay":          {"workflows"},
	"internal/postgres":       join(domain, ground, []string{"migrations", "internal/filestore"}),
	"internal/filestore":      nil,
	"internal/clamav":         nil,
	"internal/postgrestest":   {"internal/clock", "internal/postgres", "migrations"},
	"internal/browsertest":    nil,
	"internal/officetest":     nil,
	"internal/notice/mailbox": {"internal/clock"},
	"internal/issued/pdffile": nil,
	"internal/calendar":       {"internal/clock", "internal/fault"},
	// A country's calendar builds on the general one, which knows no country.
	"internal/calendar/lunar":   {"internal/calendar", "internal/fault"},
	"internal/calendar/vietnam": {"internal/calendar", "internal/calendar/lunar", "internal/fault", "internal/plaintext"},
	"internal/clock":            nil,
	"internal/fault":            nil,
	"internal/ical":             nil,
	"internal/idempotency":      nil,
	"internal/plaintext":        nil,
	"internal/keyfile":          nil,
	"internal/openid":           {"internal/fault"},
	"internal/sheet":            nil,
	"internal/config":           nil,
	"migrations":                nil,
	"examples":                  nil,
}

func init() {
	for _, name := range domain {
		mayImport[name] = join(domain, ground)
	}
	mayImport["internal/issued"] = append(mayImport["internal/issued"], "internal/issued/pdffile")
}

// libraries says which of our packages may import a library at all; what is
// not named here is free.
var libraries = map[string][]string{
	"github.com/gin-gonic/gin":            {"api", "web"},
	"github.com/danielgtaylor/huma":       {"api"},
	"github.com/jmoiron/sqlx":             {"internal/postgres", "internal/postgrestest", "internal/relay", "internal/app"},
	"github.com/lib/pq":                   {"internal/postgres", "internal/relay"},
	"github.com/pressly/goose":            {"internal/postgres"},
	"database/sql":                        {"internal/postgres", "internal/relay", "internal/app", "internal/postgrestest"},
	"database/sql/driver":                 {"internal/postgres", "api"}, // api knows a lost connection when it sees one
	"go.temporal.io/api":                  {"workflows", "internal/conductor"},
	"go.temporal.io/sdk":                  {"workflows", "activities", "internal/conductor", "internal/app"},
	"go.temporal.io/sdk/client":           {"internal/conductor", "internal/app"},
	"go.temporal.io/server":               {},
	"github.com/spf13/cobra":              {"internal/command"},
	"github.com/wneessen/go-mail":         {"internal/notice"},
	"github.com/emersion/go-smtp":         {"internal/notice/mailbox"},
	"github.com/prometheus/client_golang": {"api", "internal/app"},
	"github.com/robfig/cron":              {"internal/calendar"},
	"github.com/gabriel-vasile/mimetype":  {"internal/attachment"},
	"github.com/coreos/go-oidc":           {"internal/openid"},
	"github.com/go-pdf/fpdf":              {"internal/pdf"},
	"golang.org/x/oauth2":                 {"internal/openid"},
	"github.com/piglig/go-qr":             {"web"},
	"net/http":                            {"api", "web", "internal/app", "internal/session", "internal/openid", "internal/notice/mailbox"},
}

func join(lists ...[]string) (all []string) {
	for _, list := range lists {
		all = append(all, list...)
	}
	return all
}

// source is one file that is built into the product.
type source struct {
	path, pkg string
	syntax    *ast.File
	fileSet   *token.FileSet
}

// sources parses every Go file of the module, tests and other modules left out.
func sources(t *testing.T) []source {
	t.Helper()
	var found []source
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		relative, err := filepath.Rel("..", path)
		if err != nil {
			return err
		}
		if entry.IsDir() {
			switch {
			case relative == ".", relative == "deploy": // look below
			case strings.HasPrefix(entry.Name(), "."), entry.Name() == "testdata", relative == "deploy/local", relative == "tools":
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		fileSet := token.NewFileSet()
		syntax, err := parser.ParseFile(fileSet, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		found = append(found, source{relative, filepath.ToSlash(filepath.Dir(relative)), syntax, fileSet})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) < 20 {
		t.Fatalf("only %d files found: the test looks in the wrong place", len(found))
	}
	return found
}

// covers reports whether path is name or below it.
func covers(name, path string) bool { return path == name || strings.HasPrefix(path, name+"/") }

// ruleFor finds the longest name in rules that covers path.
func ruleFor(rules map[string][]string, path string) (allowed []string, found bool) {
	longest := -1
	for name, list := range rules {
		if covers(name, path) && len(name) > longest {
			longest, allowed, found = len(name), list, true
		}
	}
	return allowed, found
}

// anyCovers reports whether one of names covers path; "internal/notice" is not
// meant to speak for "internal/notice/mailbox", which has a rule of its own.
func anyCovers(names []string, path string) bool {
	for _, name := range names {
		if name == path {
			return true
		}
		if _, own := mayImport[path]; !own && covers(name, path) {
			return true
		}
	}
	return false
}

// violation returns what is wrong with one import, or "".
func violation(pkg, imported string) string {
	if inside, ours := strings.CutPrefix(imported, module+"/"); ours {
		allowed, known := ruleFor(mayImport, pkg)
		if !known {
			return "has no rule in internal/architecture_test.go"
		}
		// A part of a package without a rule of its own is its parent's affair.
		if !anyCovers(append([]string{pkg}, allowed...), inside) {
			return "may not import " + imported
		}
		return ""
	}
	if allowed, limited := ruleFor(libraries, imported); limited && !anyCovers(allowed, pkg) {
		return "may not import " + imported
	}
	return ""
}

func TestImportsPointInward(t *testing.T) {
	for _, file := range sources(t) {
		for _, spec := range file.syntax.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if wrong := violation(file.pkg, imported); wrong != "" {
				t.Errorf("%s: package %s %s", file.fileSet.Position(spec.Pos()), file.pkg, wrong)
			}
		}
	}
}

func TestImportRulesCatch(t *testing.T) {
	for _, c := range []struct {
		pkg, imported string
		wrong         bool
	}{
		{"internal/task", module + "/internal/plan", false},
		{"internal/task", module + "/internal/postgres", true},
		{"internal/task", "github.com/jmoiron/sqlx", true},
		{"internal/notice", module + "/internal/notice/mailbox", true},
		{"internal/plan", "go.temporal.io/sdk/workflow", true},
		{"internal/policy", "github.com/gin-gonic/gin", true},
		{"internal/fault", module + "/internal/clock", true},
		{"internal/calendar", module + "/internal/calendar/vietnam", true},
		{"internal/calendar/vietnam", module + "/internal/calendar/lunar", false},
		{"internal/calendar/lunar", module + "/internal/calendar/vietnam", true},
		{"internal/plan", module + "/internal/calendar/vietnam", false},
		{"internal/plan", module + "/internal/calendar/lunar", true},
		{"workflows", module + "/internal/plan", true},
		{"workflows", "go.temporal.io/sdk/workflow", false},
		{"workflows", "go.temporal.io/sdk/client", true},
		{"api", module + "/internal/postgres", true},
		{"web", module + "/api", true},
		{"internal/postgres", module + "/api", true},
		{"internal/app", module + "/web", false},
		{"cmd/dondoc", module + "/internal/postgres", true},
		{"internal/app", "go.temporal.io/server/temporal", true},
		{"internal/task", module + "/internal/privacy", false},
		{"internal/attachment", module + "/internal/filestore", true},
		{"api", module + "/internal/filestore", true},
		{"internal/unheard", module + "/internal/plan", true},
	} {
		if wrong := violation(c.pkg, c.imported); (wrong != "") != c.wrong {
			t.Errorf("%s importing %s: %q", c.pkg, c.imported, wrong)
		}
	}
}

// TestOnlyClockReadsTheTime holds the promise that both clocks are passed in.
func TestOnlyClockReadsTheTime(t *testing.T) {
	for _, file := range sources(t) {
		if file.pkg == "internal/clock" || file.pkg == "internal/postgrestest" {
			continue
		}
		ast.Inspect(file.syntax, func(node ast.Node) bool {
			selector, ok := node.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			name, ok := selector.X.(*ast.Ident)
			if ok && name.Name == "time" && (selector.Sel.Name == "Now" || selector.Sel.Name == "Since" || selector.Sel.Name == "Until") {
				t.Errorf("%s: time.%s: take a clock instead", file.fileSet.Position(node.Pos()), selector.Sel.Name)
			}
			return true
		})
	}
}

// TestTemporalServerIsNotLinked keeps the product's own module small: only
// deploy/local, a module of its own, embeds the server.
func TestTemporalServerIsNotLinked(t *testing.T) {
	cmd := exec.Command("go", "list", "-deps", "./...")
	cmd.Dir = ".."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	seen := false
	for pkg := range strings.Lines(string(out)) {
		pkg = strings.TrimSpace(pkg)
		seen = seen || covers("go.temporal.io/sdk", pkg)
		if covers("go.temporal.io/server", pkg) {
			t.Errorf("the root module links %s", pkg)
		}
	}
	if !seen {
		t.Error("the SDK is not among the packages: the test does not see the module's dependencies")
	}
}
