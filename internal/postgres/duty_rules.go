package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"sync"

	"github.com/jmoiron/sqlx"

	"dondoc/internal/fault"
	"dondoc/internal/plan"
	"dondoc/internal/task"
)

// planParts are what a version of a plan says of figures and forms. Versions
// never change, so what was read once stays true.
type planParts struct {
	Indicators map[string]plan.Indicator
	Forms      map[string]plan.Form
}

type planVersion struct {
	plan   int64
	number int
}

// partsCache keeps the parts of the plans that are reported on.
type partsCache struct {
	mu   sync.Mutex
	kept map[planVersion]planParts
}

// plansKept bounds the cache: a plan's parts are some kilobytes.
const plansKept = 500

func (c *partsCache) of(v planVersion) (planParts, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	parts, ok := c.kept[v]
	return parts, ok
}

func (c *partsCache) keep(v planVersion, parts planParts) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.kept == nil || len(c.kept) >= plansKept {
		c.kept = map[planVersion]planParts{}
	}
	c.kept[v] = parts
}

func (s *Store) planParts(ctx context.Context, q sqlx.QueryerContext, v planVersion) (planParts, error) {
	if parts, ok := s.parts.of(v); ok {
		return parts, nil
	}
	parts, err := readPlanParts(ctx, q, v)
	if err == nil {
		s.parts.keep(v, parts)
	}
	return parts, err
}

func readPlanParts(ctx context.Context, q sqlx.QueryerContext, v planVersion) (planParts, error) {
	var row struct {
		Indicators []byte `db:"indicators"`
		Forms      []byte `db:"forms"`
	}
	if err := sqlx.GetContext(ctx, q, &row, `
		SELECT document -> 'Indicators' AS indicators, document -> 'Forms' AS forms
		FROM plan_versions WHERE plan_id = $1 AND number = $2`, v.plan, v.number); err != nil {
		return planParts{}, fmt.Errorf("read plan version: %w", err)
	}
	var indicators []plan.Indicator
	var forms []plan.Form
	if err := errors.Join(unmarshalPresent(row.Indicators, &indicators), unmarshalPresent(row.Forms, &forms)); err != nil {
		return planParts{}, fmt.Errorf("version %d of plan %d: %w", v.number, v.plan, err)
	}
	parts := planParts{map[string]plan.Indicator{}, map[string]plan.Form{}}
	for _, i := range indicators {
		parts.Indicators[i.Code] = i
	}
	for _, f := range forms {
		parts.Forms[f.Code] = f
	}
	return parts, nil
}

// rulesOf are what the task's duty asks of a report.
func (s *Store) rulesOf(ctx context.Context, q sqlx.QueryerContext, t lockedTask) (task.Rules, error) {
	var asked []string
	if err := json.Unmarshal(t.Indicators, &asked); err != nil {
		return task.Rules{}, fmt.Errorf("duty indicators: %w", err)
	}
	rules := task.Rules{Result: t.Result, ResultRequired: t.ResultRequired, Secret: t.Secret}
	if len(asked) == 0 && t.Form == "" {
		return rules, nil
	}
	parts, err := s.planParts(ctx, q, planVersion{t.PlanID, t.PlanVersion})
	if err != nil {
		return task.Rules{}, err
	}
	return parts.rules(rules, asked, t.Form), nil
}

// rules adds what the plan's version says of the figures asked for and of the form.
func (p planParts) rules(r task.Rules, asked []string, formCode string) task.Rules {
	form := p.Forms[formCode]
	if r.Secret {
		return r // a form asks for content
	}
	for _, section := range form.Sections {
		for _, code := range section.Indicators {
			if !slices.Contains(asked, code) {
				asked = append(asked, code)
			}
		}
		if section.Narrative {
			r.Sections = append(r.Sections, task.Section{Heading: section.Heading, Hint: section.Hint, Required: section.Required, MaxLength: section.MaxLength})
		}
	}
	for _, code := range asked {
		field := task.Field{Indicator: code, Name: code}
		if i, ok := p.Indicators[code]; ok {
			field = task.Field{
				Indicator: code, Name: i.Name, UnitName: i.UnitName, Kind: i.Unit, Required: i.Required, Integer: i.Integer, Min: i.Min, Max: i.Max, CountOnly: i.CountOnly,
			}
		}
		field.Required = field.Required || slices.ContainsFunc(form.Sections, func(s plan.FormSection) bool {
			return s.Required && slices.Contains(s.Indicators, code)
		})
		r.Fields = append(r.Fields, field)
	}
	return r
}

// sender is the side that a result comes from.
type sender struct {
	fromReviewer bool
	// elsewhere: the original can be seen at a place that is named.
	elsewhere bool
}

var asAgency = sender{}

func asReviewer(evidence bool) sender { return sender{fromReviewer: true, elsewhere: evidence} }

// checkResult holds a result against everything that its duty asks for, files
// included, and returns it as it is kept.
func (s *Store) checkResult(ctx context.Context, tx *sqlx.Tx, t lockedTask, in task.SubmitInput, from sender) (task.SubmitInput, error) {
	rules, err := s.rulesOf(ctx, tx, t)
	if err != nil {
		return in, err
	}
	scans, err := checkAttachments(ctx, tx, t, in.Attachments, from)
	var faults []*fault.Fault
	if f := fault.Of(err); f != nil {
		faults = append(faults, f)
	} else if err != nil {
		return in, err
	}
	if f := fault.Of(rules.Check(in.Content(), scans, from.elsewhere)); f != nil {
		faults = append(faults, f.Details...)
	}
	err = s.checkScored(ctx, tx, t, in, from)
	if f := fault.Of(err); f != nil {
		faults = append(faults, f)
	} else if err != nil {
		return in, err
	}
	if len(faults) > 0 {
		return in, fault.New(fault.Invalid, "submission.invalid",
			"Chưa gửi được. Có %d chỗ cần sửa.", "Not sent. %d places need mending.", len(faults)).With(faults...)
	}
	if rules.Secret && in.Kind == task.Report {
		in.Narrative = task.SentClassified
	}
	return in, nil
}

// plainFigure is a number that can be no person's: the trail shows it as it is.
var plainFigure = regexp.MustCompile(`^-?\d{1,15}(\.\d{1,4})?$`)

// auditFigures are figures as the trail may keep them: numbers as they are, and
// what could be a person's number or is text as a hash, so that it can be redacted.
func auditFigures(figures map[string]string) map[string]string {
	kept := make(map[string]string, len(figures))
	for code, value := range figures {
		if !plainFigure.MatchString(value) || len(value) == 9 || len(value) == 12 {
			value = "sha256:" + digest(value)
		}
		kept[code] = value
	}
	return kept
}
