package task

import (
	"strconv"

	"dondoc/internal/fault"
	"dondoc/internal/privacy"
)

// RecordManyInput records results of one round that came outside of the system:
// all of them, or none.
type RecordManyInput struct {
	RoundID int64
	Records []RecordInput
}

// RecordField names a field of one of several records: "records[2].received_at";
// without a field, the record itself.
func RecordField(i int, field string) string {
	name := "records[" + strconv.Itoa(i) + "]"
	if field == "" {
		return name
	}
	return name + "." + field
}

// Clean brings every record into the form that is stored and names all faults at
// once, each with its record.
func (in RecordManyInput) Clean() (RecordManyInput, error) {
	if err := CheckMany("records", in.tasks()); err != nil {
		return in, err
	}
	var faults []*fault.Fault
	records := make([]RecordInput, len(in.Records))
	for i, record := range in.Records {
		cleaned, err := record.Clean()
		if f := fault.Of(err); f != nil {
			faults = append(faults, AtRecord(i, f)...)
		}
		records[i] = cleaned
	}
	in.Records = records
	if len(faults) > 0 {
		return in, NotRecorded(faults)
	}
	return in, nil
}

// tasks are those that the records are of.
func (in RecordManyInput) tasks() []int64 {
	ids := make([]int64, len(in.Records))
	for i, record := range in.Records {
		ids[i] = record.TaskID
	}
	return ids
}

// Texts are the free texts of all records, by field.
func (in RecordManyInput) Texts() []privacy.Text {
	var texts []privacy.Text
	for i, record := range in.Records {
		for _, t := range record.Texts() {
			texts = append(texts, privacy.Text{Field: RecordField(i, t.Field), Text: t.Text})
		}
	}
	return texts
}

// AtRecord is what one record is refused for, with its name.
func AtRecord(i int, f *fault.Fault) []*fault.Fault {
	if len(f.Details) == 0 {
		return []*fault.Fault{f.At(RecordField(i, f.Field))}
	}
	var named []*fault.Fault
	for _, d := range f.Details {
		named = append(named, d.At(RecordField(i, d.Field)))
	}
	return named
}

// NotRecorded refuses all records for what is wrong with some.
func NotRecorded(faults []*fault.Fault) *fault.Fault {
	return fault.New(fault.Invalid, "record.invalid", "Chưa ghi nhận được dòng nào. Có %d chỗ cần sửa.",
		"Nothing was recorded. %d places need mending.", len(faults)).With(faults...)
}
