package pg

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"

	"dondoc/deploy/local/datadir"
)

// systemDir is where Postgres's files go when the data folder is out of reach
// for the user that Postgres runs as.
const systemDir = "/var/lib"

// account is the user that Postgres runs as; nil credentials mean ourselves.
type account struct {
	name       string
	credential *syscall.Credential
}

// chooseAccount returns whom Postgres runs as: ourselves, or, since Postgres
// refuses root, the user "postgres" or else "nobody".
func chooseAccount() (account, error) {
	if os.Geteuid() != 0 {
		return account{}, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		found, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.ParseUint(found.Uid, 10, 32)
		if err != nil {
			return account{}, fmt.Errorf("user %s: %w", name, err)
		}
		gid, err := strconv.ParseUint(found.Gid, 10, 32)
		if err != nil {
			return account{}, fmt.Errorf("user %s: %w", name, err)
		}
		return account{name: name, credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, nil
	}
	return account{}, errors.New("PostgreSQL does not run as root, and this machine has neither a user \"postgres\" nor \"nobody\"; start as an ordinary user")
}

// ownDir makes dir where it is missing and gives it to the account.
func (a account) ownDir(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		return err
	}
	return a.own(dir)
}

// own gives an existing file to the account.
func (a account) own(path string) error {
	if a.credential == nil {
		return nil
	}
	return os.Chown(path, int(a.credential.Uid), int(a.credential.Gid))
}

// reaches reports whether the account can write in dir, by trying.
func (a account) reaches(dir string) bool {
	probe := exec.Command("/bin/sh", "-c", "touch .reach && rm .reach")
	probe.Dir = dir
	probe.Env = []string{"PATH=/usr/bin:/bin"}
	probe.SysProcAttr = &syscall.SysProcAttr{Credential: a.credential}
	return probe.Run() == nil
}

// Place is where Postgres's files are and whom it runs as.
type Place struct {
	// Dir is the absolute folder, owned by the account.
	Dir string
	// User is whom Postgres runs as when we are root, else "".
	User string
	// Outside says that Dir is not below the data folder because the user
	// cannot reach it.
	Outside bool

	account account
}

// Settle decides where Postgres's files of a data folder are, makes that
// folder and remembers it.
func Settle(folder *datadir.Folder) (Place, error) {
	as, err := chooseAccount()
	if err != nil {
		return Place{}, err
	}
	inside := folder.Path("postgres")
	candidates := []string{inside, filepath.Join(systemDir, "dondoc-"+folder.Instance())}
	if kept := folder.PostgresDir(); kept != "" {
		if _, err := os.Stat(kept); err == nil {
			candidates = []string{kept}
		} else if !errors.Is(err, fs.ErrNotExist) {
			return Place{}, fmt.Errorf("PostgreSQL's folder: %w", err)
		} else if _, err := os.Stat(inside); err == nil {
			// The data folder was moved as a whole.
			candidates = []string{inside}
		}
	}
	for _, dir := range candidates {
		if err := as.ownDir(dir); err != nil {
			return Place{}, fmt.Errorf("PostgreSQL's folder: %w", err)
		}
		if !as.reaches(dir) {
			if dir == inside && len(candidates) > 1 {
				if err := os.Remove(dir); err != nil {
					return Place{}, fmt.Errorf("PostgreSQL's folder: %w", err)
				}
			}
			continue
		}
		if err := folder.SetPostgresDir(dir); err != nil {
			return Place{}, err
		}
		return Place{Dir: dir, User: as.name, Outside: dir != inside, account: as}, nil
	}
	return Place{}, fmt.Errorf("the user %q, as whom PostgreSQL runs, cannot write in %s", as.name, candidates[len(candidates)-1])
}

// At returns a place in a folder of the caller's choice, for tests and for
// throw-away databases; the account must be able to reach it.
func At(dir string) (Place, error) {
	as, err := chooseAccount()
	if err != nil {
		return Place{}, err
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return Place{}, fmt.Errorf("PostgreSQL's folder: %w", err)
	}
	if err := as.ownDir(dir); err != nil {
		return Place{}, fmt.Errorf("PostgreSQL's folder: %w", err)
	}
	if !as.reaches(dir) {
		return Place{}, fmt.Errorf("the user %q, as whom PostgreSQL runs, cannot write in %s", as.name, dir)
	}
	return Place{Dir: dir, User: as.name, account: as}, nil
}
