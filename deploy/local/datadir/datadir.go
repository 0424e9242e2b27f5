// Package datadir keeps the one folder in which the embedded variant stores
// everything of its own: which ports it was given, the secrets it made, logs,
// and the databases' files. One process at a time holds the folder.
package datadir

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
)

// ErrBusy says that another process holds the folder.
var ErrBusy = errors.New("another process is using this data folder")

// EnvVar names the environment variable that says where the folder is.
const EnvVar = "DONDOC_DATA"

// state is what the folder remembers between starts.
type state struct {
	// Instance tells this folder apart from others on the machine.
	Instance string `json:"instance"`
	// PostgresDir is where Postgres's files are, absolute; empty before the first start.
	PostgresDir string `json:"postgres_dir,omitempty"`
	// Ports holds the TCP port that each part was given.
	Ports map[string]int `json:"ports"`
}

// Folder is an open, locked data folder.
type Folder struct {
	root string
	lock *os.File

	mu    sync.Mutex
	state state
}

// Default returns DONDOC_DATA, or ./var where it is not set.
func Default() string {
	if dir := os.Getenv(EnvVar); dir != "" {
		return dir
	}
	return "var"
}

// Open creates the folder where it is missing, locks it and reads what it
// remembers. It returns ErrBusy while another process holds it.
func Open(path string) (*Folder, error) {
	root, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("data folder %q: %w", path, err)
	}
	if err := checkOwner(root); err != nil {
		return nil, err
	}
	// Others may pass through (Postgres runs as another user when we are root)
	// but not list; what is secret below has its own, closed folder.
	if err := os.MkdirAll(root, 0o711); err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	for dir, mode := range map[string]os.FileMode{"log": 0o700, "secret": 0o700} {
		if err := os.MkdirAll(filepath.Join(root, dir), mode); err != nil {
			return nil, fmt.Errorf("data folder: %w", err)
		}
	}
	lock, err := Lock(filepath.Join(root, "lock"))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", root, err)
	}
	f := &Folder{root: root, lock: lock}
	if err := f.load(); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// checkOwner refuses, as root, a folder that an ordinary user has used before:
// what root writes there that user could not read at the next start.
func checkOwner(root string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	var info unix.Stat_t
	err := unix.Stat(filepath.Join(root, "state.json"), &info)
	if errors.Is(err, fs.ErrNotExist) || err == nil && info.Uid == 0 {
		return nil
	}
	if err != nil {
		return fmt.Errorf("data folder: %w", err)
	}
	name := "#" + strconv.FormatUint(uint64(info.Uid), 10)
	if owner, err := user.LookupId(name[1:]); err == nil {
		name = owner.Username
	}
	return fmt.Errorf("the data in %s belong to the user %s; start as that user (sudo -u '%s' …) and not as root", root, name, name)
}

// Lock takes the lock file at path without waiting; the lock ends with the
// process or when the file is closed. It returns ErrBusy when it is held.
func Lock(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		file.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, ErrBusy
		}
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return file, nil
}

// Close gives the folder back.
func (f *Folder) Close() error { return f.lock.Close() }

// Root returns the folder's absolute path.
func (f *Folder) Root() string { return f.root }

// Path returns the absolute path of something below the folder.
func (f *Folder) Path(elem ...string) string {
	return filepath.Join(append([]string{f.root}, elem...)...)
}

// Instance returns the random name that this folder got when it was made.
func (f *Folder) Instance() string { return f.state.Instance }

// PostgresDir returns where Postgres's files are, or "" before the first start.
func (f *Folder) PostgresDir() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.state.PostgresDir
}

// SetPostgresDir remembers where Postgres's files are.
func (f *Folder) SetPostgresDir(dir string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.state.PostgresDir = dir
	return f.save()
}

// Port returns the port that the named part has on 127.0.0.1: the one it had
// before if nobody took it meanwhile, else the preferred one (0: none) if it is
// free, else a random one. It is remembered.
func (f *Folder) Port(name string, preferred int) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, port := range []int{f.state.Ports[name], preferred} {
		if port != 0 && Free(port) {
			f.state.Ports[name] = port
			return port, f.save()
		}
	}
	taken := map[int]bool{}
	for _, port := range f.state.Ports {
		taken[port] = true
	}
	port, err := FreePort(taken)
	if err != nil {
		return 0, err
	}
	f.state.Ports[name] = port
	return port, f.save()
}

// Secret returns the named secret, 48 hexadecimal digits, made at the first call.
func (f *Folder) Secret(name string) (string, error) {
	return f.secret(name, func() (string, error) { return randomHex(24) })
}

// Passphrase returns the named secret in a form that a person can copy from
// the screen, made at the first call: four groups of four letters, 72 bits.
func (f *Folder) Passphrase(name string) (string, error) {
	return f.secret(name, func() (string, error) {
		const letters = "abcdefghjkmnpqrstuvwxyz" // without the look-alikes i, l, o
		var b strings.Builder
		for i := range 16 {
			if i > 0 && i%4 == 0 {
				b.WriteByte('-')
			}
			n, err := rand.Int(rand.Reader, big.NewInt(int64(len(letters))))
			if err != nil {
				return "", fmt.Errorf("random number: %w", err)
			}
			b.WriteByte(letters[n.Int64()])
		}
		return b.String(), nil
	})
}

func (f *Folder) secret(name string, invent func() (string, error)) (string, error) {
	path := f.Path("secret", name)
	raw, err := os.ReadFile(path)
	if err == nil && len(strings.TrimSpace(string(raw))) > 0 {
		return strings.TrimSpace(string(raw)), nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("secret %s: %w", name, err)
	}
	secret, err := invent()
	if err != nil {
		return "", err
	}
	if err := writeFile(path, []byte(secret+"\n")); err != nil {
		return "", fmt.Errorf("secret %s: %w", name, err)
	}
	return secret, nil
}

func (f *Folder) load() error {
	raw, err := os.ReadFile(f.Path("state.json"))
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return fmt.Errorf("data folder: %w", err)
	default:
		if err := json.Unmarshal(raw, &f.state); err != nil {
			return fmt.Errorf("data folder: %s: %w", f.Path("state.json"), err)
		}
	}
	if f.state.Ports == nil {
		f.state.Ports = map[string]int{}
	}
	if f.state.Instance != "" {
		return nil
	}
	if f.state.Instance, err = randomHex(5); err != nil {
		return err
	}
	return f.save()
}

func (f *Folder) save() error {
	raw, err := json.MarshalIndent(f.state, "", "  ")
	if err != nil {
		return fmt.Errorf("data folder: %w", err)
	}
	if err := writeFile(f.Path("state.json"), append(raw, '\n')); err != nil {
		return fmt.Errorf("data folder: %w", err)
	}
	return nil
}

// writeFile replaces a file as a whole, so that a kill leaves the old or the new one.
func writeFile(path string, content []byte) error {
	temporary, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(temporary.Name())
	if _, err := temporary.Write(content); err != nil {
		return errors.Join(err, temporary.Close())
	}
	if err := temporary.Sync(); err != nil {
		return errors.Join(err, temporary.Close())
	}
	if err := temporary.Close(); err != nil {
		return err
	}
	return os.Rename(temporary.Name(), path)
}

// Ports are taken from below the range that the kernel gives to outgoing
// connections, so that a kept port is seldom taken by one of them.
const (
	firstPort = 20000
	lastPort  = 29999
)

// FreePort returns a port of 127.0.0.1 on which nothing listens and that is not in taken.
func FreePort(taken map[int]bool) (int, error) {
	for range 200 {
		n, err := rand.Int(rand.Reader, big.NewInt(lastPort-firstPort+1))
		if err != nil {
			return 0, fmt.Errorf("random number: %w", err)
		}
		if port := firstPort + int(n.Int64()); !taken[port] && Free(port) {
			return port, nil
		}
	}
	return 0, fmt.Errorf("no free port between %d and %d on 127.0.0.1", firstPort, lastPort)
}

// Free reports whether nothing listens on the port of 127.0.0.1.
func Free(port int) bool {
	listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return false
	}
	return listener.Close() == nil
}

// OpenLog opens a log file for appending; what grew beyond 20 MB in earlier
// runs is set aside as <path>.1.
func OpenLog(path string) (*os.File, error) {
	if info, err := os.Stat(path); err == nil && info.Size() > 20<<20 {
		if err := os.Rename(path, path+".1"); err != nil {
			return nil, fmt.Errorf("log: %w", err)
		}
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("log: %w", err)
	}
	return file, nil
}

func randomHex(n int) (string, error) {
	raw := make([]byte, n)
	if _, err := rand.Read(raw); err != nil {
		return "", fmt.Errorf("random number: %w", err)
	}
	return hex.EncodeToString(raw), nil
}
