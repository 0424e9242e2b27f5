package dossier

import (
	"bytes"
	"fmt"
	"strconv"
	"time"

	"dondoc/internal/audit"
	"dondoc/internal/sheet"
	"dondoc/internal/task"
)

// Duty is a duty of a plan, word for word.
type Duty struct {
	Code, Title, Text, Mode, Review string
	Scheduled                       bool
	Owners                          []Owner
}

// Owner is an agency with its role in a duty.
type Owner struct{ Code, Name, Role string }

// IndexedTask is a line of a plan's index: facts only, nothing that changes by
// time passing.
type IndexedTask struct {
	ID                                                      int64
	DutyCode, PeriodKey, AgencyCode, AgencyName             string
	State                                                   task.State
	DueAt, OriginalDueAt                                    time.Time
	ResubmitDueAt, FirstSubmittedAt, SubmittedAt, SettledAt *time.Time
	Submissions, Version                                    int
}

// PlanDossier holds a plan, its duties, what was done with it, and an index of
// those of its tasks that the reader may see.
type PlanDossier struct {
	ID      int64
	Version int
	Plan    Plan
	Duties  []Duty        // in the document's order
	Tasks   []IndexedTask // by number
	Audit   []audit.Entry // by number; exports and downloads are left out
}

// Name is what the archive's file is called.
func (d PlanDossier) Name() string { return fmt.Sprintf("ho-so-van-ban-%d.zip", d.ID) }

// Prepare gives what will be written, or the fault that it is too large.
func (d PlanDossier) Prepare() (*Archive, error) {
	duties := []facts{}
	for _, duty := range d.Duties {
		owners := []facts{}
		for _, o := range duty.Owners {
			owners = append(owners, facts{"code": o.Code, "name": o.Name, "role": o.Role})
		}
		duties = append(duties, facts{
			"code": duty.Code, "title": duty.Title, "text": duty.Text, "mode": duty.Mode, "review": duty.Review,
			"scheduled": duty.Scheduled, "owners": owners,
		})
	}
	all := make([]file, 0, 4)
	for _, part := range []struct {
		name  string
		value any
	}{{"plan.json", d.Plan.facts()}, {"duties.json", duties}, {"audit.json", auditFacts(d.Audit)}} {
		f, err := asJSON(part.name, part.value)
		if err != nil {
			return nil, err
		}
		all = append(all, f)
	}
	index, err := d.index()
	if err != nil {
		return nil, err
	}
	return prepare(manifest{Dossier: "dondoc plan dossier 1", Plan: d.Plan.Code, Version: d.Version}, append(all, file{"tasks.csv", index}))
}

func (d PlanDossier) index() ([]byte, error) {
	var b bytes.Buffer
	out := sheet.New(&b, "id", "duty", "period", "agency", "agency_name", "state", "due_at", "original_due_at", "resubmit_due_at",
		"first_submitted_at", "submitted_at", "settled_at", "submissions", "version")
	instant := func(at *time.Time) string {
		if at == nil {
			return ""
		}
		return at.UTC().Format(time.RFC3339)
	}
	for _, t := range d.Tasks {
		out.Line(strconv.FormatInt(t.ID, 10), t.DutyCode, t.PeriodKey, t.AgencyCode, t.AgencyName, string(t.State),
			instant(&t.DueAt), instant(&t.OriginalDueAt), instant(t.ResubmitDueAt), instant(t.FirstSubmittedAt), instant(t.SubmittedAt),
			instant(t.SettledAt), strconv.Itoa(t.Submissions), strconv.Itoa(t.Version))
	}
	if err := out.Close(); err != nil {
		return nil, fmt.Errorf("write index: %w", err)
	}
	return b.Bytes(), nil
}
