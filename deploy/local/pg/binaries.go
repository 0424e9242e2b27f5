package pg

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// minimumMajor is the oldest PostgreSQL that the product's schema is made for.
const minimumMajor = 14

// Binaries is one installed PostgreSQL.
type Binaries struct {
	// Dir holds postgres and initdb.
	Dir string
	// Major is the main version number, such as 15.
	Major int
}

// NotInstalledError says that no fitting PostgreSQL is on the machine.
type NotInstalledError struct {
	// Major is the version that existing data need; 0 where any will do.
	Major int
}

// Error says what to install.
func (e *NotInstalledError) Error() string {
	if e.Major != 0 {
		return fmt.Sprintf("the data were made by PostgreSQL %d, which is not installed; install it (Debian: apt-get install postgresql-%d)", e.Major, e.Major)
	}
	return fmt.Sprintf("PostgreSQL %d or newer is not installed (Debian: apt-get install postgresql)", minimumMajor)
}

// installDirs are where distributions put the server's programs, which are
// usually not on PATH.
var installDirs = []string{
	"/usr/lib/postgresql/*/bin", // Debian, Ubuntu
	"/usr/pgsql-*/bin",          // PGDG packages for Red Hat
	"/usr/local/pgsql/bin",      // built from source
	"/usr/libexec/postgresql*/", // Alpine
}

var versionPattern = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)

// Find returns the newest installed PostgreSQL, or the one of a given main
// version if major is not zero; a *NotInstalledError if there is none.
func Find(major int) (Binaries, error) {
	var dirs []string
	for _, pattern := range installDirs {
		matches, err := filepath.Glob(pattern)
		if err != nil {
			return Binaries{}, fmt.Errorf("look for PostgreSQL in %s: %w", pattern, err)
		}
		dirs = append(dirs, matches...)
	}
	if path, err := exec.LookPath("postgres"); err == nil {
		if resolved, err := filepath.EvalSymlinks(path); err == nil {
			dirs = append(dirs, filepath.Dir(resolved))
		}
	}
	var found []Binaries
	for _, dir := range dirs {
		if _, err := os.Stat(filepath.Join(dir, "initdb")); err != nil {
			continue
		}
		out, err := exec.Command(filepath.Join(dir, "postgres"), "--version").Output()
		if err != nil {
			continue
		}
		match := versionPattern.FindSubmatch(out)
		if match == nil {
			continue
		}
		version, err := strconv.Atoi(string(match[1]))
		if err != nil || version < minimumMajor || (major != 0 && version != major) {
			continue
		}
		found = append(found, Binaries{Dir: dir, Major: version})
	}
	if len(found) == 0 {
		return Binaries{}, &NotInstalledError{Major: major}
	}
	return slices.MaxFunc(found, func(a, b Binaries) int { return a.Major - b.Major }), nil
}

// dataMajor returns the main version that made a data directory, 0 if there is none.
func dataMajor(dataDir string) (int, error) {
	raw, err := os.ReadFile(filepath.Join(dataDir, "PG_VERSION"))
	if os.IsNotExist(err) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("PostgreSQL data: %w", err)
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(raw)))
	if err != nil {
		return 0, fmt.Errorf("PostgreSQL data: %s/PG_VERSION: %w", dataDir, err)
	}
	return major, nil
}
