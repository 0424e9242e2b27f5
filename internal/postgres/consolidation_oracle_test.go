package postgres_test

import (
	"database/sql"
	"slices"

	"github.com/lib/pq"
	"github.com/shopspring/decimal"

	"dondoc/internal/indicator"
)

// oracleRows are base figures: of which unit of the level below the consolidator
// they are, of which base unit, in which order of time; value is NULL where the
// base unit said that there was nothing, and nothing stands for what was not given.
const oracleAggregates = `
	SELECT CASE $1
		WHEN 'sum' THEN (SELECT sum(COALESCE(value, 0)) FROM rows)
		WHEN 'maximum' THEN (SELECT max(value) FROM rows)
		WHEN 'mean' THEN (SELECT round(avg(value), 2) FROM rows)
		WHEN 'count_units' THEN (SELECT CASE WHEN count(*) > 0 THEN count(DISTINCT base) FILTER (WHERE value > 0) END FROM rows)
		WHEN 'last' THEN (SELECT sum(value) FROM rows r WHERE nth = (SELECT max(nth) FROM rows n WHERE n.unit = r.unit AND n.value IS NOT NULL))
	END`

// ofCommunes are the rows of one district's ($2) period ($3) and figure ($4).
const ofCommunes = `WITH rows AS (
	SELECT c.unit, c.unit AS base, 1 AS nth, (c.figures ->> $4)::numeric AS value
	FROM counted c JOIN agencies a ON a.id = c.above WHERE c.duty = 'IV.15.i.3' AND a.code = $2 AND c.period = $3
		AND (c.figures ? $4 OR c.kind = 'nil' AND EXISTS (SELECT 1 FROM counted k WHERE k.duty = 'IV.15.i.3' AND k.figures ? $4)))`

// ofDepartment are the rows of the department's figure ($4): what the districts
// had from their communes in the rounds $2, what they know themselves, and what
// agencies tell in the round $3, districts only where the others had it from nobody.
const ofDepartment = `WITH districts AS (
	SELECT c.unit, c.period, c.figures, array_position($2::text[], c.period) AS nth FROM counted c WHERE c.duty = 'IV.15.h' AND c.period = ANY ($2)
), communes AS (
	SELECT d.unit, c.unit AS base, d.nth, (c.figures ->> $4)::numeric AS value
	FROM districts d JOIN counted c ON c.above = d.unit AND c.period = d.period AND c.duty = 'IV.15.i.3'
	WHERE (c.kind = 'nil' OR c.figures ? $4) AND EXISTS (SELECT 1 FROM counted k WHERE k.duty = 'IV.15.i.3' AND k.figures ? $4)
), own AS (
	SELECT unit, unit AS base, nth, (figures ->> $4)::numeric AS value FROM districts WHERE figures ? $4 AND NOT EXISTS (SELECT 1 FROM communes)
), rows AS (
	SELECT * FROM communes UNION ALL SELECT * FROM own UNION ALL
	SELECT v.unit, v.unit, 1, (v.figures ->> $4)::numeric FROM counted v
	WHERE v.duty = 'V.2' AND v.period = $3 AND v.figures ? $4 AND v.unit NOT IN (SELECT unit FROM communes UNION ALL SELECT unit FROM own)
)`

// oracle works one figure out in SQL; args are $2 and $3 of the rows. A ratio is
// made of its two parts.
func (y *yearWorld) oracle(rows string, all []indicator.Definition, code string, args ...any) string {
	y.t.Helper()
	d := all[slices.IndexFunc(all, func(d indicator.Definition) bool { return d.Code == code })]
	if d.Aggregation == indicator.Ratio {
		n, m := y.oracle(rows, all, d.Numerator, args...), y.oracle(rows, all, d.Denominator, args...)
		if n == "" || m == "" || sameNumber(m, "0") {
			return ""
		}
		return y.strings(`SELECT round(100 * $1::numeric / $2::numeric, 2)::text`, n, m)[0]
	}
	kind := string(d.Aggregation)
	if kind == "" {
		kind = "sum"
	}
	var value sql.NullString
	if err := y.db.GetContext(y.t.Context(), &value, rows+oracleAggregates, append(append([]any{kind}, args...), d.Code)...); err != nil {
		y.t.Fatalf("%s: %v", d.Code, err)
	}
	return value.String
}

// compare holds a consolidator's figures against the oracle's and counts them.
func (y *yearWorld) compare(t yearTask, period, rows string, args ...any) int {
	y.t.Helper()
	y.exec(`REFRESH MATERIALIZED VIEW counted`)
	v, err := y.store.Consolidation(y.t.Context(), y.person(t.Agency), t.ID)
	if err != nil {
		y.t.Fatal(err)
	}
	if v.Stale {
		y.t.Errorf("%s of %s for %s is stale", t.Duty, t.Agency, period)
	}
	known := 0
	for i, d := range v.Definitions {
		if d.Unit == indicator.Text {
			continue
		}
		want := y.oracle(rows, v.Definitions, d.Code, args...)
		if want != "" {
			known++
		}
		if !sameNumber(v.Figures[i].Value, want) {
			y.t.Errorf("%s of %s for %s: %s (%s) is %q, SQL says %q", t.Duty, t.Agency, period, d.Code, d.Aggregation, v.Figures[i].Value, want)
		}
		y.sent(t, d.Code, want)
	}
	if len(v.Edited) > 0 {
		y.t.Errorf("%s of %s for %s: sent otherwise: %v", t.Duty, t.Agency, period, v.Edited)
	}
	return known
}

// sent: what went up is what was worked out.
func (y *yearWorld) sent(t yearTask, code, want string) {
	y.t.Helper()
	for _, got := range y.strings(`SELECT figures ->> $2 FROM counted WHERE task = $1 AND figures ? $2`, t.ID, code) {
		if want != "" && !sameNumber(got, want) {
			y.t.Errorf("%s of %s sent %s as %q, SQL says %q", t.Duty, t.Agency, code, got, want)
		}
	}
}

func (y *yearWorld) checkDistricts(period string) int {
	y.t.Helper()
	known := 0
	for _, t := range y.tasks(byDistricts, period) {
		if y.strings(`SELECT state FROM tasks WHERE id = $1`, t.ID)[0] == "accepted" {
			known += y.compare(t, period, ofCommunes, t.Agency, period)
		}
	}
	return known
}

func (y *yearWorld) checkDepartment(t yearTask, period string, covers []string) int {
	y.t.Helper()
	return y.compare(t, period, ofDepartment, pq.Array(covers), period)
}

// sameNumber: both are the same number, or neither is known.
func sameNumber(a, b string) bool {
	if a == "" || b == "" {
		return a == b
	}
	x, err := decimal.NewFromString(a)
	if err != nil {
		return false
	}
	y, err := decimal.NewFromString(b)
	return err == nil && x.Equal(y)
}
