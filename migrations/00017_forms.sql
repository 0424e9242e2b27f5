-- +goose Up
-- What is said of single figures, by indicator: why one fell, rose, or is more
-- than its parts. It goes with the version whose figures it explains.
ALTER TABLE submissions ADD COLUMN explanations jsonb NOT NULL DEFAULT '{}';
ALTER TABLE preparations ADD COLUMN explanations jsonb NOT NULL DEFAULT '{}';
ALTER TABLE task_drafts ADD COLUMN explanations jsonb NOT NULL DEFAULT '{}';

-- Figures of periods that no report of this system covers. Each entry is kept;
-- the newest of an agency, an indicator and a window is the figure, and an empty
-- value takes it back.
CREATE TABLE past_figures (
	id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	agency_id      bigint NOT NULL REFERENCES agencies,
	indicator      text NOT NULL,
	window_from_on date NOT NULL,
	window_to_on   date NOT NULL,
	-- Counts from 1 within agency, indicator and window.
	version        int NOT NULL,
	-- Decimal text; empty: there is none (any more).
	value          text NOT NULL,
	-- Where it comes from, in a person's words: "Báo cáo số 15/BC-UBND ngày 20/12/2015".
	source         text NOT NULL,
	-- By the business clock.
	entered_at     timestamptz NOT NULL,
	entered_by     bigint NOT NULL REFERENCES users,
	CONSTRAINT past_figures_window_check CHECK (window_from_on <= window_to_on),
	CONSTRAINT past_figures_version_key UNIQUE (agency_id, indicator, window_from_on, window_to_on, version)
);

-- +goose Down
DROP TABLE past_figures;
ALTER TABLE task_drafts DROP COLUMN explanations;
ALTER TABLE preparations DROP COLUMN explanations;
ALTER TABLE submissions DROP COLUMN explanations;
