-- +goose Up
-- Each taking over of a lower level's figures into a draft. What a submission
-- was made of is the newest one before it: submissions keep nothing of it
-- themselves, and are sent as fast as ever.
CREATE TABLE consolidations (
	id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	task_id  bigint NOT NULL REFERENCES tasks,
	-- [{"Task": 1, "Submission": 2}]: the versions that were counted, which are
	-- never overwritten, so that every figure can be worked out again.
	sources  jsonb NOT NULL,
	-- Indicator to what it added up to, with its weights.
	totals   jsonb NOT NULL,
	-- By the business clock.
	taken_at timestamptz NOT NULL,
	taken_by bigint NOT NULL REFERENCES users
);
CREATE INDEX consolidations_task_idx ON consolidations (task_id, id);

-- +goose Down
DROP TABLE consolidations;
