package postgres_test

import (
	"testing"

	"github.com/jmoiron/sqlx"
)

// seed fills a database with plans in every state, rounds open and closed, and
// tasks in every state around their due time, all by a fixed hash.
const seed = `
	INSERT INTO users (email, name, created_at) VALUES ('nguoi.dung@dondoc.example', 'Đầu mối UBND huyện Tân Phú', '2026-01-01');
	INSERT INTO agencies (code, name, level) VALUES ('tinh', 'UBND tỉnh', 'province');
	INSERT INTO agencies (code, name, level, parent_id, position)
		SELECT 'so' || n, 'Sở ' || n, 'department', 1, n FROM generate_series(1, 3) n;
	INSERT INTO agencies (code, name, level, parent_id, position)
		SELECT 'huyen' || n, 'Huyện ' || n, 'district', 1, 10 + n FROM generate_series(1, 4) n;
	INSERT INTO agencies (code, name, level, parent_id, position)
		SELECT 'xa' || n, 'Xã ' || n, 'commune', 5 + n % 4, 20 + n FROM generate_series(1, 8) n;
	INSERT INTO plans (code, title, issuer_id, state, valid_from_on, valid_to_on, time_zone, activated_at, suspended_at, closed_at, current_version)
		SELECT 'kh' || n, 'Kế hoạch ' || n, n, s, '2026-01-01', '2026-12-31', 'Asia/Ho_Chi_Minh', '2026-01-01',
			CASE s WHEN 'suspended' THEN timestamptz '2026-05-01' END, CASE s WHEN 'closed' THEN timestamptz '2026-12-01' END, 1
		FROM unnest(ARRAY[1, 2, 3], ARRAY['active', 'suspended', 'closed']) AS f (n, s);
	INSERT INTO plan_versions (plan_id, number, source, sha256, document, loaded_at) SELECT id, 1, '', '', '{}', '2026-01-01' FROM plans;
	INSERT INTO duties (plan_id, code, position, title, text, mode, scheduled, review, nil_return, definition, since_version)
		SELECT p.id, 'IV.' || n, n, 'Nhiệm vụ ' || n, 'Văn bản', 'assigned', true, r, true, '{}', 1
		FROM plans p, unnest(ARRAY[1, 2, 3], ARRAY['required', 'none', 'automatic']) AS f (n, r);
	INSERT INTO rounds (duty_id, plan_id, period_key, cadences, window_from_on, window_to_on, state, opens_at, due_at, closes_at, opened_at, closed_at)
		SELECT d.id, d.plan_id, '2026-M0' || m, '{monthly}', make_date(2026, m, 1), make_date(2026, m, 28), s, due - interval '20 days',
			due, due + interval '30 days', due - interval '20 days', CASE s WHEN 'closed' THEN due + interval '30 days' END
		FROM duties d, unnest(ARRAY[4, 5, 6], ARRAY['closed', 'open', 'open']) AS f (m, s), make_timestamptz(2026, m, 18, 17, 0, 0, 'UTC') AS due;
	INSERT INTO tasks (round_id, duty_id, plan_id, agency_id, recipient_id, reviewer_id, state, due_at, original_due_at, resubmit_due_at,
			derivation, opened_at, first_submitted_at, submitted_at, settled_at, closed_at, submissions)
		SELECT r.id, r.duty_id, r.plan_id, a.id, CASE h % 3 WHEN 0 THEN a.parent_id WHEN 1 THEN 2 END, CASE h % 5 WHEN 0 THEN NULL WHEN 1 THEN a.parent_id ELSE 2 + h % 3 END,
			x.state, due, r.due_at, CASE WHEN x.state = 'returned' OR h % 13 = 0 THEN due + (h % 400) * interval '1 hour' END,
			'{"notes": []}', r.opens_at, CASE WHEN h % 11 > 0 THEN sent END, sent, CASE WHEN x.state IN ('accepted', 'waived', 'cancelled') THEN due END,
			CASE WHEN r.state = 'closed' AND x.state IN ('open', 'prepared', 'returned') THEN r.closed_at END, (sent IS NOT NULL)::int
		FROM rounds r CROSS JOIN agencies a CROSS JOIN LATERAL (SELECT abs(hashint8(a.id * 1000 + r.id))) AS f (h)
		CROSS JOIN LATERAL (SELECT r.due_at + CASE h % 7 WHEN 0 THEN interval '5 days' ELSE '0' END AS due,
			(ARRAY['scheduled', 'open', 'open', 'prepared', 'submitted', 'submitted', 'returned', 'returned', 'accepted', 'accepted', 'waived', 'cancelled'])[1 + h / 64 % 12] AS state) x
		CROSS JOIN LATERAL (SELECT CASE WHEN x.state IN ('submitted', 'returned', 'accepted') THEN due + (h / 32 % 200 - 120) * interval '1 hour' END AS sent) y
		WHERE a.id > 1`

func seeded(t testing.TB, db *sqlx.DB) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), seed); err != nil {
		t.Fatal(err)
	}
}

// parentsOf is the tree of agencies: the parent of each, 0 of the topmost.
func parentsOf(t testing.TB, db *sqlx.DB) map[int64]int64 {
	t.Helper()
	rows := []struct{ ID, Parent int64 }{}
	if err := db.SelectContext(t.Context(), &rows, `SELECT id, COALESCE(parent_id, 0) AS parent FROM agencies`); err != nil {
		t.Fatal(err)
	}
	parents := map[int64]int64{}
	for _, r := range rows {
		parents[r.ID] = r.Parent
	}
	return parents
}
