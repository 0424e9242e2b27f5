package plan

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
)

// DutyDraft is a duty that is added to a plan without a new file (giao việc phát
// sinh). Empty values are left out, so that the file's defaults hold.
type DutyDraft struct {
	Code, Title, Text, Basis, Product string
	Mode                              Mode
	// Agencies are codes, or "@" and a group's code.
	Agencies, Coordinating []string
	Cadences               []calendar.Cadence
	// DueOn is the due day of what is owed once.
	DueOn calendar.Date
	// WorkingDays counts from the end of each period, or from the asking.
	WorkingDays         int
	Recipient, Reviewer string
	Review              ReviewMode
	Result              Result
	Indicators          []string
	NilReturn           bool
	Policy              string
}

// AddDuty writes the duty into a plan file after its last one and leaves the rest
// of the text as it is. What it says is checked when the file is read again.
// Faults (Invalid): text that is no plan file, or whose duties stand in brackets.
func AddDuty(source []byte, d DutyDraft) ([]byte, error) {
	r := &reader{name: "plan", bad: map[*yaml.Node]bool{}}
	root := r.load(source)
	duties := view{r, root, ""}.raw("duties")
	if duties == nil || duties.Kind != yaml.SequenceNode || duties.Style&yaml.FlowStyle != 0 || len(duties.Content) == 0 {
		return nil, fault.New(fault.Invalid, "plan.add_duty",
			"Không chèn được nhiệm vụ vào tệp này; hãy sửa tệp rồi nạp như văn bản sửa đổi.",
			"A duty cannot be written into this file; edit the file and amend the plan with it.")
	}
	item, err := d.lines(strings.Repeat(" ", max(duties.Column-1, 0)))
	if err != nil {
		return nil, err
	}
	at := end(source, root, duties)
	var out bytes.Buffer
	out.Write(source[:at])
	if at > 0 && source[at-1] != '\n' {
		out.WriteByte('\n')
	}
	out.WriteString(item)
	out.Write(source[at:])
	return out.Bytes(), nil
}

// end is where the list of duties ends: after the last line that says something
// before the next key of the file.
func end(source []byte, root, duties *yaml.Node) int {
	lines := lineStarts(source)
	last := len(lines)
	for i := 0; i+1 < len(root.Content); i += 2 {
		if line := root.Content[i].Line; line > duties.Line && line-1 < last {
			last = line - 1
		}
	}
	for last > 1 {
		row := bytes.TrimSpace(source[lines[last-1]:lineEndAt(source, lines, last-1)])
		if len(row) > 0 && row[0] != '#' {
			break
		}
		last--
	}
	return lineEndAt(source, lines, last-1)
}

func lineEndAt(source []byte, lines []int, i int) int {
	if i+1 < len(lines) {
		return lines[i+1]
	}
	return len(source)
}

// lines are the duty as an item of the list. Text in quotes as JSON has it is YAML too.
func (d DutyDraft) lines(indent string) (string, error) {
	var b strings.Builder
	lead := indent + "- "
	put := func(key string, value any) error {
		encoded, err := quote(value)
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "%s%s: %s\n", lead, key, encoded)
		lead = indent + "  "
		return nil
	}
	due := map[string]map[string]int{}
	if d.WorkingDays > 0 {
		due["other"] = map[string]int{"working_days": d.WorkingDays}
	}
	for _, field := range []struct {
		key   string
		value any
		given bool
	}{
		{"code", d.Code, true}, {"title", d.Title, d.Title != ""}, {"text", d.Text, true}, {"basis", d.Basis, d.Basis != ""},
		{"product", d.Product, d.Product != ""}, {"mode", d.Mode, d.Mode != ""},
		{"agencies", d.Agencies, true}, {"coordinating", d.Coordinating, len(d.Coordinating) > 0},
		{"cadences", d.Cadences, len(d.Cadences) > 0}, {"due_on", d.DueOn.String(), !d.DueOn.IsZero()}, {"due", due, len(due) > 0},
		{"recipient", d.Recipient, d.Recipient != ""}, {"reviewer", d.Reviewer, d.Reviewer != ""}, {"review", d.Review, d.Review != ""},
		{"result", d.Result, d.Result != ""}, {"indicators", d.Indicators, len(d.Indicators) > 0}, {"nil_return", true, d.NilReturn},
		{"policy", d.Policy, d.Policy != ""},
	} {
		if !field.given {
			continue
		}
		if err := put(field.key, field.value); err != nil {
			return "", err
		}
	}
	return b.String(), nil
}

func quote(value any) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		return "", fmt.Errorf("write duty: %w", err)
	}
	return strings.TrimSpace(b.String()), nil
}
