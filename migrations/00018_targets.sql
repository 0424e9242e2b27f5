-- +goose Up
-- How the plan authority splits a measure of a target: the newest row of a
-- measure holds, older ones stay as they were. Without one the plan file's holds.
CREATE TABLE target_splits (
	id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	plan_id    bigint NOT NULL REFERENCES plans,
	target     text NOT NULL,
	-- Its place in the target, from 1.
	measure    integer NOT NULL CONSTRAINT target_splits_measure CHECK (measure > 0),
	basis      text NOT NULL CONSTRAINT target_splits_basis CHECK (basis <> ''),
	decided_at timestamptz NOT NULL,
	decided_by bigint NOT NULL REFERENCES users
);
CREATE INDEX target_splits_plan_idx ON target_splits (plan_id, target, measure, id);

CREATE TABLE target_split_parts (
	split_id  bigint NOT NULL REFERENCES target_splits,
	-- Null: of all agencies.
	agency_id bigint CONSTRAINT target_split_parts_agency_fkey REFERENCES agencies,
	-- Null: of the whole span.
	year      integer,
	aim       numeric NOT NULL CONSTRAINT target_split_parts_aim CHECK (aim >= 0),
	CONSTRAINT target_split_parts_key UNIQUE NULLS NOT DISTINCT (split_id, agency_id, year),
	CONSTRAINT target_split_parts_part CHECK (agency_id IS NOT NULL OR year IS NOT NULL)
);

-- The level that a reduction starts from; the newest row of a measure holds.
CREATE TABLE target_baselines (
	id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	plan_id    bigint NOT NULL REFERENCES plans,
	target     text NOT NULL,
	measure    integer NOT NULL CONSTRAINT target_baselines_measure CHECK (measure > 0),
	value      numeric NOT NULL CONSTRAINT target_baselines_value CHECK (value > 0),
	source     text NOT NULL CONSTRAINT target_baselines_source CHECK (source <> ''),
	-- The day that it was counted for.
	counted_on date NOT NULL,
	entered_at timestamptz NOT NULL,
	entered_by bigint NOT NULL REFERENCES users
);
CREATE INDEX target_baselines_plan_idx ON target_baselines (plan_id, target, measure, id);

-- A score sheet as the unit filled it in for one version of its report. Each
-- saving is a row: a submission has the newest one of its number or below, so
-- that what was sent is never overwritten.
CREATE TABLE scores (
	id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	task_id  bigint NOT NULL REFERENCES tasks,
	-- Of the submission that it was written for.
	number   integer NOT NULL CONSTRAINT scores_number CHECK (number > 0),
	sheet    text NOT NULL,
	saved_at timestamptz NOT NULL,
	saved_by bigint NOT NULL REFERENCES users
);
CREATE INDEX scores_task_idx ON scores (task_id, number, id);

CREATE TABLE score_points (
	score_id  bigint NOT NULL REFERENCES scores,
	task_id   bigint NOT NULL REFERENCES tasks,
	criterion text NOT NULL,
	points    numeric NOT NULL CONSTRAINT score_points_points CHECK (points >= 0),
	evidence  text NOT NULL,
	CONSTRAINT score_points_pkey PRIMARY KEY (score_id, criterion)
);
CREATE INDEX score_points_task_idx ON score_points (task_id);

-- What the level above says to a submission's sheet; its newest row holds.
CREATE TABLE score_checks (
	id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	task_id       bigint NOT NULL REFERENCES tasks,
	submission_id bigint NOT NULL REFERENCES submissions,
	checked_at    timestamptz NOT NULL,
	checked_by    bigint NOT NULL REFERENCES users
);
CREATE INDEX score_checks_submission_idx ON score_checks (submission_id, id);
CREATE INDEX score_checks_task_idx ON score_checks (task_id);

CREATE TABLE score_check_points (
	check_id  bigint NOT NULL REFERENCES score_checks,
	task_id   bigint NOT NULL REFERENCES tasks,
	criterion text NOT NULL,
	points    numeric NOT NULL CONSTRAINT score_check_points_points CHECK (points >= 0),
	remark    text NOT NULL,
	CONSTRAINT score_check_points_pkey PRIMARY KEY (check_id, criterion)
);
CREATE INDEX score_check_points_task_idx ON score_check_points (task_id);

-- +goose Down
DROP TABLE score_check_points, score_checks, score_points, scores, target_baselines, target_split_parts, target_splits;
