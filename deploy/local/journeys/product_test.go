package journeys

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"dondoc/deploy/local/stack"
)

// product is a running installation with its sample.
type product struct {
	base, mails, password string
}

// The sample's people that the walks act as.
const (
	focalPoint    = "daumoi.xa-26422@dondoc.example"
	supervisor    = "theodoi.so-y-te@dondoc.example"
	department    = "theodoi.chi-cuc-pctnxh@dondoc.example"
	head          = "thutruong.xa-26422@dondoc.example"
	planAuthority = "banhanh.ubnd-tinh@dondoc.example"
	administrator = "quantri.ubnd-tinh@dondoc.example"
)

var running product

func TestMain(m *testing.M) {
	code, err := around(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// around starts the product for all tests of the package and stops it. Who writes
// a journey saves the start: JOURNEYS_LOG names the output of a `run` that is up.
func around(m *testing.M) (code int, err error) {
	ctx := context.Background()
	if log := os.Getenv("JOURNEYS_LOG"); log != "" {
		if running, err = welcome(log); err != nil {
			return 0, err
		}
		return m.Run(), nil
	}
	binary, err := stack.Build(ctx)
	if err != nil {
		return 0, err
	}
	dir, err := os.MkdirTemp("", "dondoc-journeys-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	// PostgreSQL runs as another user when we are root and must get through.
	if err := os.Chmod(dir, 0o711); err != nil {
		return 0, err
	}
	p := &stack.Process{
		Name: "dondoc-local run", Path: binary, Args: []string{"run", "--data", filepath.Join(dir, "data"), "--follow-parent"},
		LogFile: filepath.Join(dir, "run.log"),
	}
	p.Ready = func(context.Context) error {
		found, err := welcome(p.LogFile)
		running = found
		return err
	}
	if err := p.Start(ctx); err != nil {
		return 0, err
	}
	code = m.Run()
	if err := p.Stop(); err != nil {
		return code, err
	}
	return code, nil
}

var (
	addressLine  = regexp.MustCompile(`^Đôn Đốc: (http://\S+)$`)
	mailsLine    = regexp.MustCompile(`^Mails:\s+(http://\S+)$`)
	passwordLine = regexp.MustCompile(`^Sign in with the password (.+) as$`)
	endLine      = regexp.MustCompile(`^Data are in `)
)

// welcome reads what `run` prints once everything works.
func welcome(file string) (found product, err error) {
	f, err := os.Open(file)
	if err != nil {
		return found, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		line := lines.Text()
		for pattern, into := range map[*regexp.Regexp]*string{addressLine: &found.base, mailsLine: &found.mails, passwordLine: &found.password} {
			if m := pattern.FindStringSubmatch(line); m != nil {
				*into = strings.TrimRight(m[1], "/")
			}
		}
		if endLine.MatchString(line) {
			return found, nil
		}
	}
	if err := lines.Err(); err != nil {
		return found, err
	}
	return found, fmt.Errorf("it has not said yet where it is")
}

// artifacts is where pictures go that a test run keeps.
const artifacts = "../../../test-artifacts/journeys"

const patience = 10 * time.Minute
