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

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/form"
	"dondoc/internal/indicator"
	"dondoc/internal/plan"
	"dondoc/internal/task"
)

// planParts are what a version of a plan says of figures and forms. Versions
// never change, so what was read once stays true.
type planParts struct {
	Indicators map[string]plan.Indicator
	Forms      map[string]plan.Form
	// From is the plan's first day.
	From calendar.Date
}

// definitions are the plan's indicators as they are added up.
func (p planParts) definitions() map[string]indicator.Definition {
	all := make(map[string]indicator.Definition, len(p.Indicators))
	for code, i := range p.Indicators {
		all[code] = form.Definition(i)
	}
	return all
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
		From       string `db:"valid_from"`
	}
	if err := sqlx.GetContext(ctx, q, &row, `
		SELECT document -> 'Indicators' AS indicators, document -> 'Forms' AS forms, COALESCE(document ->> 'ValidFrom', '') AS valid_from
		FROM plan_versions WHERE plan_id = $1 AND number = $2`, v.plan, v.number); err != nil {
		return planParts{}, fmt.Errorf("read plan version: %w", err)
	}
	var indicators []plan.Indicator
	var forms []plan.Form
	if err := errors.Join(unmarshalPresent(row.Indicators, &indicators), unmarshalPresent(row.Forms, &forms)); err != nil {
		return planParts{}, fmt.Errorf("version %d of plan %d: %w", v.number, v.plan, err)
	}
	parts := planParts{Indicators: map[string]plan.Indicator{}, Forms: map[string]plan.Form{}}
	if err := parts.From.UnmarshalText([]byte(row.From)); err != nil {
		return planParts{}, fmt.Errorf("version %d of plan %d: %w", v.number, v.plan, err)
	}
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
	rules := task.Rules{Result: t.Result, ResultRequired: t.ResultRequired, Secret: t.Secret, StandingSections: t.StandingSections && !t.Secret}
	if len(asked) > 0 || t.Form != "" {
		parts, err := s.planParts(ctx, q, planVersion{t.PlanID, t.PlanVersion})
		if err != nil {
			return task.Rules{}, err
		}
		rules = parts.rules(rules, asked, t.Form)
	}
	if rules.StandingSections {
		standing, err := standingSections(ctx, q, t.PlanID, t.AgencyID)
		if err != nil {
			return task.Rules{}, err
		}
		rules.Sections = withStanding(rules.Sections, standing)
	}
	return rules, nil
}

// rules adds what the plan's version says of the figures asked for and of the form.
func (p planParts) rules(r task.Rules, asked []string, formCode string) task.Rules {
	f := p.Forms[formCode]
	if r.Secret {
		return r // a form asks for content
	}
	for _, section := range f.Sections {
		for _, code := range section.Indicators {
			if !slices.Contains(asked, code) {
				asked = append(asked, code)
			}
		}
		if section.Narrative {
			r.Sections = append(r.Sections, task.Section{
				Heading: section.Heading, Hint: section.Hint, Required: section.Required, MaxLength: section.MaxLength, Level: section.Level,
			})
		}
	}
	for _, code := range asked {
		field := p.field(code)
		field.Required = field.Required || slices.ContainsFunc(f.Sections, func(s plan.FormSection) bool {
			return s.Required && slices.Contains(s.Indicators, code)
		})
		r.Fields = append(r.Fields, field)
		for _, part := range p.Indicators[code].Parts {
			r.Fields = append(r.Fields, p.field(part))
		}
	}
	for _, text := range f.Rules {
		if rule, err := indicator.ParseRule(text); err == nil { // held against the plan when it was read
			r.Rules = append(r.Rules, rule)
		}
	}
	return r
}

func (p planParts) field(code string) task.Field {
	i, ok := p.Indicators[code]
	if !ok {
		return task.Field{Indicator: code, Name: code}
	}
	field := task.Field{
		Indicator: code, Name: i.Name, UnitName: i.UnitName, Kind: i.Unit, Required: i.Required, Integer: i.Integer, Min: i.Min, Max: i.Max,
		Total: i.Total, Of: p.Indicators[i.Total].Name, Steady: i.Steady, Cumulative: i.Cumulative, CountOnly: i.CountOnly,
	}
	if i.Aggregation == string(indicator.Ratio) {
		field.Numerator, field.Denominator = i.Numerator, i.Denominator
	}
	return field
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
	in.Figures = rules.Compute(in.Figures)
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
	content, err := s.answered(ctx, tx, t, rules, in.Content())
	in.Explanations = content.Explanations
	return in, err
}

// answered refuses a result that leaves a question about its figures open.
func (s *Store) answered(ctx context.Context, tx *sqlx.Tx, t lockedTask, rules task.Rules, content task.Content) (task.Content, error) {
	previous := map[string]string{}
	if rules.Compares(content) {
		var err error
		if previous, err = s.previousFigures(ctx, tx, t, rules); err != nil {
			return content, err
		}
	}
	return rules.Answered(content, previous)
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
