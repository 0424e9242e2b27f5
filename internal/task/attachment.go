package task

import (
	"cmp"
	"slices"
	"time"

	"dondoc/internal/fault"
)

// MaxAttachments is how many files one submission may have.
const MaxAttachments = 10

// Attachment is a file beside a result. Its bytes are kept as they came, so that
// digital signatures stay valid.
type Attachment struct {
	ID, TaskID int64
	Name       string
	MediaType  string
	Size       int64  // bytes
	SHA256     string // hexadecimal, of the bytes
	// Scan: it shows a signed document, and somebody declared that it holds no
	// list of persons and no state secret.
	Scan           bool
	UploadedAt     time.Time
	UploadedByName string
	// Submitted: a submission or what waits for the head names it; it cannot be deleted.
	Submitted bool
	// RedactedAt is set on a file that was taken out; its bytes are gone.
	RedactedAt *time.Time
}

// UploadInput puts a file beside a task's draft, or beside what is going to be recorded.
type UploadInput struct {
	TaskID  int64
	Name    string
	Content []byte
	// Declared: the person says that the file holds no list of persons and no state secret.
	Declared bool
}

// Attachments are the files of all submissions, each once, in the order of their numbers.
func (d Detail) Attachments() []Attachment {
	var all []Attachment
	for _, b := range d.Submissions {
		all = append(all, b.Attachments...)
	}
	slices.SortFunc(all, func(a, b Attachment) int { return cmp.Compare(a.ID, b.ID) })
	return slices.CompactFunc(all, func(a, b Attachment) bool { return a.ID == b.ID })
}

func attachmentIDs(list []Attachment) []int64 {
	ids := make([]int64, 0, len(list))
	for _, a := range list {
		ids = append(ids, a.ID)
	}
	return ids
}

// checkAttachmentList refuses too many files and a file that is named twice.
func checkAttachmentList(ids []int64) []*fault.Fault {
	if len(ids) > MaxAttachments {
		return []*fault.Fault{fault.New(fault.Invalid, "attachments.many",
			"Kèm nhiều nhất %d tệp. Gộp các bản quét vào một tệp PDF.", "At most %d files. Put the scans into one PDF.", MaxAttachments).At("attachments")}
	}
	seen := make(map[int64]bool, len(ids))
	for _, id := range ids {
		if seen[id] {
			return []*fault.Fault{fault.New(fault.Invalid, "attachments.twice",
				"Tệp số %d được kèm hai lần.", "File %d is attached twice.", id).At("attachments")}
		}
		seen[id] = true
	}
	return nil
}
