-- +goose Up
-- What happens to a plan while it is followed: amendments, links to the plan
-- above, closing.

ALTER TABLE plan_versions
	-- The files that the source names, by their path: with them it can be read again.
	ADD COLUMN files jsonb NOT NULL DEFAULT '{}',
	-- The amending document; empty for what was loaded while the plan was a draft.
	ADD COLUMN basis_number text NOT NULL DEFAULT '',
	ADD COLUMN basis_on date,
	-- How many tasks the amendment opened, cancelled, moved.
	ADD COLUMN effect jsonb,
	ADD CONSTRAINT plan_versions_basis CHECK ((basis_number = '') = (basis_on IS NULL));

-- A duty that an amendment brought in, or gave other periods, has no rounds that
-- were due before that day; null leaves it to the plan.
ALTER TABLE duties ADD COLUMN followed_from_on date;

-- An amendment ended the round before it opened. Should the period come back, so does the round.
ALTER TABLE rounds ADD COLUMN dropped_at timestamptz,
	ADD CONSTRAINT rounds_dropped CHECK (dropped_at IS NULL OR state = 'closed');

ALTER TABLE plans
	ADD COLUMN outcome text NOT NULL DEFAULT '' CONSTRAINT plans_outcome CHECK (outcome IN ('', 'completed', 'terminated', 'replaced')),
	ADD COLUMN closing_note text NOT NULL DEFAULT '',
	ADD COLUMN replaced_by_id bigint CONSTRAINT plans_replaced_by_fkey REFERENCES plans,
	-- The official figures at closing, counted once and kept.
	ADD COLUMN closing_figures jsonb,
	ADD CONSTRAINT plans_outcome_closed CHECK (outcome = '' OR state = 'closed'),
	ADD CONSTRAINT plans_replaced CHECK ((outcome = 'replaced') = (replaced_by_id IS NOT NULL) AND replaced_by_id <> id);

-- A unit's own plan discharges a duty of the plan above.
CREATE TABLE plan_links (
	plan_id   bigint PRIMARY KEY REFERENCES plans,
	duty_id   bigint NOT NULL REFERENCES duties,
	linked_at timestamptz NOT NULL,
	linked_by bigint REFERENCES users
);
CREATE INDEX plan_links_duty_idx ON plan_links (duty_id);

-- +goose Down
DROP TABLE plan_links;
ALTER TABLE plans DROP CONSTRAINT plans_replaced, DROP CONSTRAINT plans_outcome_closed, DROP COLUMN outcome, DROP COLUMN closing_note,
	DROP COLUMN replaced_by_id, DROP COLUMN closing_figures;
ALTER TABLE rounds DROP CONSTRAINT rounds_dropped, DROP COLUMN dropped_at;
ALTER TABLE duties DROP COLUMN followed_from_on;
ALTER TABLE plan_versions DROP CONSTRAINT plan_versions_basis, DROP COLUMN files, DROP COLUMN basis_number, DROP COLUMN basis_on, DROP COLUMN effect;
