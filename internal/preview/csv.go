package preview

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/sheet"
)

var csvHeader = []string{
	"agency", "duty", "title", "period", "period_label", "window_from", "window_to", "level", "calendar", "agencies",
	"opens_at", "due_on", "due_at", "closes_at", "derivation",
}

// WriteCSV writes a line for each round and kind of task, in order of due times,
// under stable column names; labels and derivations are in "vi" or "en". Instants
// are in the plan's zone. What a spreadsheet would take for a formula begins with
// an apostrophe.
func WriteCSV(w io.Writer, p Preview, language string) error {
	out := csv.NewWriter(w)
	if err := out.Write(csvHeader); err != nil {
		return fmt.Errorf("write heading: %w", err)
	}
	instant := func(t time.Time) string { return t.In(p.Zone).Format(time.RFC3339) }
	for _, line := range p.lines() {
		r, t := line.round, line.task
		record := []string{
			p.AgencyCode, r.Duty, r.Title, r.Period.Key, r.Period.Label(language), r.Period.Start.String(), r.Period.End.String(),
			t.Kind.Level, t.Kind.Calendar, strconv.Itoa(t.Agencies), instant(r.OpensAt), calendar.DueDay(t.Due.At, p.Zone).String(),
			instant(t.Due.At), instant(r.ClosesAt), t.Due.Derivation.Sentence(language),
		}
		for i, cell := range record {
			record[i] = sheet.Inert(cell)
		}
		if err := out.Write(record); err != nil {
			return fmt.Errorf("write round: %w", err)
		}
	}
	out.Flush()
	return out.Error()
}
