// Package dossier puts together everything that is known of one task, or an
// index of a whole plan, in one archive ("hồ sơ"), for those who must show or
// keep it outside of the system. The same state gives the same bytes.
package dossier

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"dondoc/internal/audit"
	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/task"
)

// MaxBytes is how much may be in an archive, before it is compressed.
const MaxBytes = 64 << 20

// Plan are the facts of the plan that a task comes from.
type Plan struct {
	Code, Title, Number, Issuer, State string
	ValidFrom, ValidTo                 calendar.Date
}

// Notice is one notice that was recorded for one recipient.
type Notice struct {
	Kind, Step string // step: its code; empty: not from a step
	CreatedAt  time.Time
	// Roles are the recipient's at the agencies around the task when it was
	// recorded, as "role@agency code"; Mailbox is the code of the agency whose
	// official mailbox was written to.
	Roles        []string
	Mailbox      string
	MessageID    string // empty: not composed yet, or left out
	MessageState string
	HandedOverAt *time.Time
	DroppedAt    *time.Time
}

// Dossier is what one archive holds.
type Dossier struct {
	Plan    Plan
	Detail  task.Detail
	Notices []Notice      // by time
	Audit   []audit.Entry // by number; views and downloads change nothing and are left out
	// Contents are the bytes of the files that submissions name, by their numbers;
	// of what was redacted there are none.
	Contents map[int64][]byte
}

// Name is what the archive's file is called.
func (d Dossier) Name() string { return fmt.Sprintf("ho-so-%d.zip", d.Detail.Task.ID) }

// written is a line of the manifest.
type written struct {
	Name   string `json:"name"`
	Bytes  int    `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// file is one file of the archive, with its contents.
type file struct {
	name string
	body []byte
}

func asJSON(name string, value any) (file, error) {
	body, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return file{}, fmt.Errorf("write %s: %w", name, err)
	}
	return file{name, append(body, '\n')}, nil
}

// files are all files but the manifest, in the archive's order.
func (d Dossier) files() ([]file, error) {
	zone, err := calendar.Zone(d.Detail.Task.TimeZone)
	if err != nil {
		return nil, fmt.Errorf("plan zone: %w", err)
	}
	all := []file{{"summary.txt", []byte(d.summary(zone))}}
	add := func(name string, value any) error {
		f, err := asJSON(name, value)
		all = append(all, f)
		return err
	}
	parts := []struct {
		name  string
		value any
	}{
		{"plan.json", planFacts(d)}, {"task.json", taskFacts(d)}, {"reviews.json", reviewFacts(d)},
		{"steps.json", stepFacts(d)}, {"notices.json", noticeFacts(d)}, {"audit.json", auditFacts(d.Audit)},
	}
	for _, part := range parts {
		if err := add(part.name, part.value); err != nil {
			return nil, err
		}
	}
	for _, b := range slices.Backward(d.Detail.Submissions) { // the first one first
		name := fmt.Sprintf("submissions/%03d", b.Number)
		if err := add(name+".json", submissionFacts(b)); err != nil {
			return nil, err
		}
		all = append(all, file{name + ".txt", []byte(d.readable(b, zone))})
	}
	for _, a := range d.Detail.Attachments() {
		if content, ok := d.Contents[a.ID]; ok {
			all = append(all, file{attachmentPath(a), content})
		}
	}
	return all, nil
}

// attachmentPath is where a file lies in the archive, byte for byte as it came.
func attachmentPath(a task.Attachment) string { return fmt.Sprintf("files/%d-%s", a.ID, a.Name) }

// Prepare gives what will be written, or the fault that it is too large: told
// before the first byte leaves.
func (d Dossier) Prepare() (*Archive, error) {
	all, err := d.files()
	if err != nil {
		return nil, err
	}
	return prepare(manifest{Dossier: "dondoc task dossier 1", Task: d.Detail.Task.ID, Version: d.Detail.Task.Version}, all)
}

// manifest lists the files of an archive, itself left out.
type manifest struct {
	Dossier string    `json:"dossier"`
	Task    int64     `json:"task,omitempty"`
	Plan    string    `json:"plan,omitempty"`
	Version int       `json:"version"`
	Files   []written `json:"files"`
}

func prepare(m manifest, all []file) (*Archive, error) {
	m.Files = []written{}
	total := 0
	for _, f := range all {
		sum := sha256.Sum256(f.body)
		m.Files = append(m.Files, written{f.name, len(f.body), hex.EncodeToString(sum[:])})
		total += len(f.body)
	}
	if total > MaxBytes {
		return nil, TooLarge()
	}
	body, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write manifest: %w", err)
	}
	return &Archive{files: append([]file{{"manifest.json", append(body, '\n')}}, all...)}, nil
}

// TooLarge is the fault of an archive that holds more than MaxBytes.
func TooLarge() error {
	return fault.New(fault.Invalid, "dossier.too_large",
		"Hồ sơ lớn hơn %d MB nên không xuất được một lần.", "The dossier is larger than %d MB and cannot be given at once.", MaxBytes>>20)
}

// Archive is a dossier ready to be written.
type Archive struct{ files []file }

// zipEpoch is the date that every file bears: when an archive was made is no
// part of what it says.
var zipEpoch = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

// WriteTo writes the archive file by file.
func (a *Archive) WriteTo(w io.Writer) (int64, error) {
	counted := &counter{to: w}
	out := zip.NewWriter(counted)
	for _, f := range a.files {
		into, err := out.CreateHeader(&zip.FileHeader{Name: f.name, Method: zip.Deflate, Modified: zipEpoch})
		if err != nil {
			return counted.n, fmt.Errorf("begin %s: %w", f.name, err)
		}
		if _, err := into.Write(f.body); err != nil {
			return counted.n, fmt.Errorf("write %s: %w", f.name, err)
		}
	}
	if err := out.Close(); err != nil {
		return counted.n, fmt.Errorf("end archive: %w", err)
	}
	return counted.n, nil
}

type counter struct {
	to io.Writer
	n  int64
}

func (c *counter) Write(b []byte) (int, error) {
	n, err := c.to.Write(b)
	c.n += int64(n)
	return n, err
}
