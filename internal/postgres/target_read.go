package postgres

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/shopspring/decimal"

	"dondoc/internal/calendar"
	"dondoc/internal/indicator"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/target"
)

// PlanTargets tells where the targets of a plan stand on the business day, in the
// plan's zone, each with the units directly below the plan. Outside of the
// reporting chain counts of fewer than five persons are hidden. Faults: NotFound
// for a plan that the actor does not see.
func (s *Store) PlanTargets(ctx context.Context, actor policy.Actor, planID int64) (target.View, error) {
	return s.targets(ctx, actor, planID, "", 0)
}

// PlanTarget tells where one target stands, with the parts of the units below an
// agency; 0: the uppermost ones. Faults: NotFound for a plan, a target or an
// agency that the actor does not see in it.
func (s *Store) PlanTarget(ctx context.Context, actor policy.Actor, planID int64, code string, under int64) (target.View, error) {
	view, err := s.targets(ctx, actor, planID, code, under)
	if err == nil && len(view.Targets) == 0 {
		err = notFound()
	}
	return view, err
}

func (s *Store) targets(ctx context.Context, actor policy.Actor, planID int64, code string, under int64) (target.View, error) {
	var view target.View
	now, err := s.business.Now(ctx)
	if err != nil {
		return view, fmt.Errorf("business clock: %w", err)
	}
	err = s.snapshot(ctx, func(tx *sqlx.Tx) error {
		if err := seePlan(ctx, tx, actor, planID); err != nil {
			return err
		}
		p, err := readAimedPlan(ctx, tx, planID)
		if err != nil {
			return err
		}
		view, err = s.targetView(ctx, tx, actor, p, code, under, now)
		return err
	})
	return view, err
}

func (s *Store) targetView(ctx context.Context, tx *sqlx.Tx, actor policy.Actor, p aimedPlan, code string, under int64, now time.Time) (target.View, error) {
	view := target.View{PlanID: p.ID, PlanCode: p.Code, PlanTitle: p.Title, Manages: policy.ManagePlan(actor, p.IssuerID), Targets: []target.Standing{}}
	zone, err := calendar.Zone(p.TimeZone)
	if err != nil {
		return view, fmt.Errorf("plan zone: %w", err)
	}
	view.On = calendar.DateOf(now, zone)
	source, err := s.figureSource(ctx, tx, p)
	if err != nil {
		return view, err
	}
	decided, err := readDecided(ctx, tx, p)
	if err != nil {
		return view, err
	}
	reader := source.reader(actor, p.ID)
	for _, t := range p.targets {
		if code != "" && t.Code != code {
			continue
		}
		standing := target.Standing{
			Code: t.Code, Reference: t.Reference, Text: t.Text, Due: t.Due, Cadence: t.Cadence, DutyCode: t.Duty, Configured: t.Configured,
			Owners: decided.owners(t, p.groups),
		}
		for i := range t.Measures {
			m := measureOf(p, t, i, source.byCode, decided)
			node, err := nodeUnder(source, m, under, reader)
			if err != nil {
				return view, err
			}
			standing.Measures = append(standing.Measures, source.Measured(m, node, view.On, reader))
		}
		view.Targets = append(view.Targets, standing)
	}
	return view, decided.name(ctx, tx, view.Targets)
}

// nodeUnder finds an agency among those that a measure is made of.
func nodeUnder(source *figureSource, m target.Measure, under int64, reader target.Reader) (*target.Node, error) {
	if under == 0 {
		return nil, nil //nolint:nilnil // the uppermost units
	}
	for _, d := range source.Feeds(m) {
		n := target.Node{Duty: d.DutyID, Agency: under}
		if _, known := source.relations[n]; known && reader.Sees(n) {
			return &n, nil
		}
	}
	return nil, notFound()
}

// decided is what stands in the database beside a plan's targets.
type decided struct {
	ids       map[string]int64
	splits    map[string][]target.Aim
	baselines map[string]target.Baseline
}

func measureKey(code string, number int) string { return fmt.Sprintf("%s#%d", code, number) }

func readDecided(ctx context.Context, tx *sqlx.Tx, p aimedPlan) (*decided, error) {
	d := &decided{ids: map[string]int64{}, splits: map[string][]target.Aim{}, baselines: map[string]target.Baseline{}}
	var codes []string
	for _, t := range p.targets {
		codes = append(codes, t.Owners...)
		for _, m := range t.Measures {
			for _, u := range m.Split {
				codes = append(codes, u.Agency)
			}
		}
	}
	var named []struct {
		ID   int64  `db:"id"`
		Code string `db:"code"`
	}
	if err := tx.SelectContext(ctx, &named, `SELECT id, code FROM agencies WHERE code = ANY ($1)`, pq.Array(codes)); err != nil {
		return nil, fmt.Errorf("find agencies: %w", err)
	}
	for _, n := range named {
		d.ids[n.Code] = n.ID
	}
	return d, d.readDecisions(ctx, tx, p)
}

func (d *decided) readDecisions(ctx context.Context, tx *sqlx.Tx, p aimedPlan) error {
	var parts []struct {
		Target   string          `db:"target"`
		Measure  int             `db:"measure"`
		AgencyID int64           `db:"agency_id"`
		Year     int             `db:"year"`
		Aim      decimal.Decimal `db:"aim"`
	}
	if err := tx.SelectContext(ctx, &parts, `
		SELECT x.target, x.measure, COALESCE(y.agency_id, 0) AS agency_id, COALESCE(y.year, 0) AS year, trim_scale(y.aim) AS aim
		FROM (SELECT DISTINCT ON (target, measure) id, target, measure FROM target_splits WHERE plan_id = $1 ORDER BY target, measure, id DESC) x
		JOIN target_split_parts y ON y.split_id = x.id LEFT JOIN agencies a ON a.id = y.agency_id
		ORDER BY a.position NULLS FIRST, a.id, y.year`, p.ID); err != nil {
		return fmt.Errorf("list splits: %w", err)
	}
	for _, r := range parts {
		key := measureKey(r.Target, r.Measure)
		d.splits[key] = append(d.splits[key], target.Aim{AgencyID: r.AgencyID, Year: r.Year, Aim: r.Aim})
	}
	var baselines []struct {
		Target  string          `db:"target"`
		Measure int             `db:"measure"`
		Value   decimal.Decimal `db:"value"`
		Source  string          `db:"source"`
		On      time.Time       `db:"counted_on"`
		At      time.Time       `db:"entered_at"`
		ByName  string          `db:"name"`
	}
	if err := tx.SelectContext(ctx, &baselines, `
		SELECT DISTINCT ON (b.target, b.measure) b.target, b.measure, trim_scale(b.value) AS value, b.source, b.counted_on, b.entered_at, u.name
		FROM target_baselines b JOIN users u ON u.id = b.entered_by WHERE b.plan_id = $1 ORDER BY b.target, b.measure, b.id DESC`, p.ID); err != nil {
		return fmt.Errorf("list baselines: %w", err)
	}
	for _, r := range baselines {
		d.baselines[measureKey(r.Target, r.Measure)] = target.Baseline{Value: r.Value, Source: r.Source, On: civil(r.On), At: r.At.UTC(), ByName: r.ByName}
	}
	return nil
}

// measureOf is the measure at an index of a target: what a person decided takes
// the place of what the plan file says.
func measureOf(p aimedPlan, t plan.Target, i int, duties map[string]int64, d *decided) target.Measure {
	m := t.Measures[i]
	r := target.Measure{
		Number: i + 1, Kind: indicator.TargetKind(m.Kind), Unit: m.Unit, Name: m.Measure, Soft: m.Soft, Indicator: m.Indicator, Class: m.Class,
		From: civil(p.From), To: t.Due,
	}
	if r.To.IsZero() {
		r.To = civil(p.To)
	}
	if t.Cadence != calendar.Continuous && t.Cadence != calendar.Standing {
		r.Per = t.Cadence
	}
	if t.Cadence == calendar.Continuous && r.Kind == indicator.ReachShare {
		r.Kind = indicator.Maintain // "thường xuyên": held at every checkpoint, not at the end alone
	}
	if n, err := decimal.NewFromString(m.Number); err == nil {
		r.Aim = &n
	}
	for _, code := range m.From {
		if id := duties[code]; id != 0 {
			r.Duties = append(r.Duties, id)
		}
	}
	key := measureKey(t.Code, i+1)
	if r.Aims = d.splits[key]; r.Aims == nil {
		r.Aims = d.written(m)
	}
	if b, entered := d.baselines[key]; entered {
		r.Baseline = &b
	} else if n, err := decimal.NewFromString(strings.TrimSpace(m.Baseline)); err == nil {
		r.Baseline = &target.Baseline{Value: n}
	}
	return r
}

// written are the parts that the plan file gives a measure.
func (d *decided) written(m plan.Measure) []target.Aim {
	var aims []target.Aim
	add := func(agency int64, year int, aim string) {
		if n, err := decimal.NewFromString(aim); err == nil {
			aims = append(aims, target.Aim{AgencyID: agency, Year: year, Aim: n})
		}
	}
	for _, y := range m.ByYear {
		add(0, y.Year, y.Aim)
	}
	for _, u := range m.Split {
		if id := d.ids[u.Agency]; id != 0 {
			add(id, 0, u.Aim)
		}
	}
	return aims
}

// owners names who answers for a target; a group stands for its members.
func (d *decided) owners(t plan.Target, groups []plan.Group) []target.Agency {
	owners := make([]target.Agency, 0, len(t.Owners))
	for _, ref := range t.Owners {
		if code, group := strings.CutPrefix(ref, "@"); group {
			if i := slices.IndexFunc(groups, func(g plan.Group) bool { return g.Code == code }); i >= 0 {
				owners = append(owners, target.Agency{Code: ref, Name: groups[i].Name})
			}
			continue
		}
		owners = append(owners, target.Agency{ID: d.ids[ref], Code: ref})
	}
	return owners
}

// name fills in the names of all agencies that a view speaks of.
func (d *decided) name(ctx context.Context, tx *sqlx.Tx, standings []target.Standing) error {
	var ids []int64
	each := func(visit func(*target.Agency)) {
		for i := range standings {
			for j := range standings[i].Owners {
				visit(&standings[i].Owners[j])
			}
			for j := range standings[i].Measures {
				for k := range standings[i].Measures[j].Parts {
					visit(&standings[i].Measures[j].Parts[k].Agency)
				}
			}
		}
	}
	each(func(a *target.Agency) { ids = append(ids, a.ID) })
	var rows []struct {
		ID   int64  `db:"id"`
		Code string `db:"code"`
		Name string `db:"name"`
	}
	if err := tx.SelectContext(ctx, &rows, `SELECT id, code, name FROM agencies WHERE id = ANY ($1)`, pq.Array(ids)); err != nil {
		return fmt.Errorf("name agencies: %w", err)
	}
	byID := make(map[int64]target.Agency, len(rows))
	for _, r := range rows {
		byID[r.ID] = target.Agency{ID: r.ID, Code: r.Code, Name: r.Name}
	}
	each(func(a *target.Agency) {
		if known, ok := byID[a.ID]; ok {
			*a = known
		}
	})
	return nil
}
