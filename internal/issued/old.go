package issued

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// patience bounds LibreOffice, which takes a few seconds.
const patience = time.Minute

// readOld has LibreOffice, where it is installed, save a .doc or .rtf as .docx and reads that.
func readOld(ctx context.Context, content []byte) (Document, error) {
	program, err := exec.LookPath("soffice")
	if err != nil {
		return Document{}, refuse("old_word", "Tệp .doc (Word cũ) hoặc .rtf cần LibreOffice trên máy chủ. Mở bằng Word, lưu thành .docx rồi thử lại.",
			"A .doc (old Word) or .rtf file needs LibreOffice on the server. Open it in Word, save it as .docx and try again.")
	}
	folder, err := os.MkdirTemp("", "dondoc-doc-")
	if err != nil {
		return Document{}, fmt.Errorf("make folder: %w", err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	source := filepath.Join(folder, "van-ban.doc")
	if err := os.WriteFile(source, content, 0o600); err != nil {
		return Document{}, fmt.Errorf("write document: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	profile := url.URL{Scheme: "file", Path: filepath.Join(folder, "profile")}
	run := exec.CommandContext(ctx, program, "--headless", "--norestore", "-env:UserInstallation="+profile.String(), "--convert-to", "docx", "--outdir", folder, source) //nolint:gosec // the program is fixed, the names are ours
	// LibreOffice starts children; all end with it.
	run.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	run.Cancel = func() error { return syscall.Kill(-run.Process.Pid, syscall.SIGKILL) }
	run.WaitDelay = time.Second
	if err := run.Run(); err != nil {
		if errors.Is(ctx.Err(), context.Canceled) {
			return Document{}, ctx.Err()
		}
		return Document{}, damaged(OldWord)
	}
	target := filepath.Join(folder, "van-ban.docx")
	if info, err := os.Stat(target); err == nil && info.Size() > MaxSize {
		return Document{}, tooMuch()
	}
	saved, err := os.ReadFile(target) //nolint:gosec // our own folder
	if err != nil {
		return Document{}, damaged(OldWord)
	}
	files, err := openArchive(ctx, saved)
	if err != nil {
		return Document{}, err
	}
	out := newLines(OldWord)
	if err := readWord(files, out); err != nil {
		return Document{}, err
	}
	if out.failed != nil {
		return Document{}, out.failed
	}
	return out.finish()
}
