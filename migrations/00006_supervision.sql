-- +goose Up
-- What supervisors and plan authorities do around a task: contested decisions,
-- reopenings, urgings.

-- A decision that was overturned stays in the history and binds nobody: the
-- submission waits again and is decided on anew.
ALTER TABLE reviews ADD COLUMN overturned_at timestamptz;
ALTER TABLE reviews DROP CONSTRAINT reviews_submission_key;
CREATE UNIQUE INDEX reviews_submission_key ON reviews (submission_id) WHERE overturned_at IS NULL;
-- "How long did decisions take" asks for a span of time.
CREATE INDEX reviews_decided_idx ON reviews (decided_at) WHERE decided_by IS NOT NULL;

-- A unit contests that its result was declared invalid; the plan authority of the issuer decides.
CREATE TABLE contests (
	id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	review_id    bigint NOT NULL CONSTRAINT contests_review_key UNIQUE REFERENCES reviews,
	task_id      bigint NOT NULL REFERENCES tasks,
	reason       text NOT NULL CONSTRAINT contests_reason_present CHECK (reason <> ''),
	contested_at timestamptz NOT NULL,
	contested_by bigint NOT NULL REFERENCES users,
	outcome      text CONSTRAINT contests_outcome CHECK (outcome IN ('upheld', 'overturned')),
	answer       text NOT NULL DEFAULT '',
	decided_at   timestamptz,
	decided_by   bigint REFERENCES users,
	CONSTRAINT contests_decided CHECK (num_nonnulls(outcome, decided_at, decided_by) IN (0, 3))
);
CREATE INDEX contests_task_idx ON contests (task_id);
CREATE INDEX contests_waiting_idx ON contests (contested_at, id) WHERE outcome IS NULL;

-- A task whose result was in, or whose round was over, is owed once more.
CREATE TABLE reopenings (
	id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	task_id     bigint NOT NULL REFERENCES tasks,
	state_from  text NOT NULL,
	reason      text NOT NULL CONSTRAINT reopenings_reason_present CHECK (reason <> ''),
	due_at      timestamptz NOT NULL,
	reopened_at timestamptz NOT NULL,
	reopened_by bigint NOT NULL REFERENCES users
);
CREATE INDEX reopenings_task_idx ON reopenings (task_id);

-- A supervisor's own push: a message sent by the system, or a note of what was
-- done by letter, telephone or Zalo.
CREATE TABLE urgings (
	id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	kind        text NOT NULL CONSTRAINT urgings_kind CHECK (kind IN ('message', 'letter', 'phone', 'zalo')),
	message     text NOT NULL DEFAULT '',
	-- The office or the role that was spoken with, never a person.
	with_whom   text NOT NULL DEFAULT '',
	promised_on date,
	-- When it was done, which may be before it was noted.
	urged_at    timestamptz NOT NULL,
	noted_at    timestamptz NOT NULL,
	noted_by    bigint NOT NULL REFERENCES users,
	CONSTRAINT urgings_message CHECK (kind <> 'message' OR message <> ''),
	CONSTRAINT urgings_with_whom CHECK ((kind = 'message') = (with_whom = ''))
);
CREATE TABLE urging_tasks (
	urging_id   bigint NOT NULL REFERENCES urgings,
	task_id     bigint NOT NULL REFERENCES tasks,
	-- The due time that it urged for.
	due_version integer NOT NULL,
	recipients  integer NOT NULL DEFAULT 0,
	CONSTRAINT urging_tasks_pkey PRIMARY KEY (urging_id, task_id)
);
CREATE INDEX urging_tasks_task_idx ON urging_tasks (task_id);

-- What a round that was opened by hand asks for; elsewhere the duty says it.
ALTER TABLE rounds ADD COLUMN title text NOT NULL DEFAULT '', ADD COLUMN text text NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE rounds DROP COLUMN title, DROP COLUMN text;
DROP TABLE urging_tasks, urgings, reopenings, contests;
DROP INDEX reviews_decided_idx;
DROP INDEX reviews_submission_key;
ALTER TABLE reviews ADD CONSTRAINT reviews_submission_key UNIQUE (submission_id);
ALTER TABLE reviews DROP COLUMN overturned_at;
