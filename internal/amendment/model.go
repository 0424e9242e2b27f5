package amendment

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/plan"
	"dondoc/internal/task"
)

// Basis is the document that amends the plan.
type Basis struct {
	Number string
	On     calendar.Date // date of issue
}

// maxNumber bounds a document's number and symbol, in characters.
const maxNumber = 200

// Input is a new version of a followed plan's file.
type Input struct {
	PlanID int64
	// Version is the plan record's, as it was read; a preview needs none.
	Version int
	Plan    *plan.Plan
	Source  string
	Basis   Basis
	// Digest names what was previewed; a preview has none.
	Digest string
}

// Clean brings the amendment into the form that is stored; today is the business
// day. A preview may leave out its basis. Faults (Invalid) name the field.
func (in Input) Clean(preview bool, today calendar.Date) (Input, error) {
	number, f := task.CleanText(in.Basis.Number, maxNumber)
	if f != nil {
		return in, f.At("basis.number")
	}
	in.Basis.Number = number
	if err := task.CheckDocumentOn("basis.on", in.Basis.On, today); err != nil {
		return in, err
	}
	if preview {
		return in, nil
	}
	switch {
	case number == "":
		return in, fault.New(fault.Invalid, "amendment.basis",
			"Ghi số, ký hiệu văn bản sửa đổi.", "Give the number of the amending document.").At("basis.number")
	case in.Basis.On.IsZero():
		return in, fault.New(fault.Invalid, "amendment.basis",
			"Ghi ngày ban hành văn bản sửa đổi.", "Give the date of the amending document.").At("basis.on")
	case in.Digest == "":
		return in, fault.New(fault.Invalid, "amendment.digest",
			"Hãy xem trước rồi gửi kèm digest của bản xem trước.", "Preview the amendment first, and give the preview's digest.").At("digest")
	}
	return in, nil
}

// Preview is everything that an amendment does.
type Preview struct {
	Difference Difference
	Effect     Effect
	// PlanVersion is the plan record's that it was computed against.
	PlanVersion int
	Digest      string
}

// DigestOf names a preview: the same plan record, the same file and the same
// consequences have the same digest. How many people are told is no part of it,
// they come and go; neither are the words of a derivation, which name a basis
// that a preview may lack, nor how many notices are still to come.
func DigestOf(planID int64, planVersion int, source string, d Difference, e Effect) (string, error) {
	e.People = 0
	e.Open = slices.Clone(e.Open)
	for i := range e.Open {
		e.Open[i].Moves = slices.Clone(e.Open[i].Moves)
		for j := range e.Open[i].Moves {
			e.Open[i].Moves[j].Derivation, e.Open[i].Moves[j].Steps = calendar.Derivation{}, 0
		}
	}
	encoded, err := json.Marshal(struct {
		Plan, Version int64
		Source        [sha256.Size]byte
		Difference    Difference
		Effect        Effect
	}{planID, int64(planVersion), sha256.Sum256([]byte(source)), d, e})
	if err != nil {
		return "", fmt.Errorf("encode preview: %w", err)
	}
	sum := sha256.Sum256(encoded)
	return hex.EncodeToString(sum[:]), nil
}

// Stale refuses to apply what is not what was previewed.
func Stale() error {
	return fault.New(fault.Conflict, "amendment.stale",
		"Có thay đổi từ lúc xem trước (đơn vị vừa gửi báo cáo, hoặc hạn vừa qua). Xem trước lại rồi áp dụng.",
		"Something has changed since the preview (a result came in, or a due time passed). Preview again, then apply.")
}

// Nothing refuses a file that says what is in force already.
func Nothing() error {
	return fault.New(fault.Conflict, "amendment.nothing",
		"Tệp này không khác bản đang áp dụng.", "This file says what is in force already.").At("source")
}

// Applied is an amendment that is in force.
type Applied struct {
	Record plan.Record
	// Number is that of the new version.
	Number     int
	Difference Difference
	Effect     Effect
}

// Version is a version of a plan's file.
type Version struct {
	Number       int
	LoadedAt     time.Time
	LoadedByName string // empty: the system itself
	SHA256       string
	// Basis is zero for versions loaded while the plan was a draft.
	Basis Basis
	// Current: it is the one in force.
	Current bool
	// Duties counts those of the version.
	Duties int
}

// Contents are a version with its text.
type Contents struct {
	Version
	Source string
	// Files are the texts of the files that it names; none where they were not kept.
	Files map[string]string
}

// Comparison is what differs between two versions.
type Comparison struct {
	From, To   Version
	Difference Difference
}
