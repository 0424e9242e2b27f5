-- +goose Up
-- Where the agency asks for two signatures, what a focal point sends in waits
-- for the head.
ALTER TABLE agencies ADD COLUMN two_signatures boolean NOT NULL DEFAULT false;

ALTER TABLE submissions
	-- The state that the submission took the task out of: withdrawing leads back
	-- there. Null for what was submitted before this was written down.
	ADD COLUMN from_state text CONSTRAINT submissions_from_state CHECK (from_state IN ('open', 'returned', 'prepared')),
	-- Taken back by the agency; the version stays in history and counts for nothing.
	ADD COLUMN withdrawn_at timestamptz,
	ADD COLUMN withdrawn_by bigint REFERENCES users,
	ADD COLUMN withdraw_reason text NOT NULL DEFAULT '',
	-- Who prepared what the head (submitted_by) approved.
	ADD COLUMN prepared_by bigint REFERENCES users,
	-- "Ghi nhận thay": submitted_by recorded at this instant, for on_behalf_of,
	-- what had been received at submitted_at.
	ADD COLUMN recorded_at timestamptz,
	ADD COLUMN channel text NOT NULL DEFAULT '' CONSTRAINT submissions_channel
		CHECK (channel IN ('', 'paper', 'document_system', 'email', 'fax', 'phone', 'other')),
	ADD COLUMN evidence text NOT NULL DEFAULT '',
	ADD CONSTRAINT submissions_withdrawn CHECK ((withdrawn_at IS NULL) = (withdrawn_by IS NULL)),
	ADD CONSTRAINT submissions_recorded CHECK ((recorded_at IS NULL) = (channel = '')
		AND (recorded_at IS NULL OR on_behalf_of IS NOT NULL AND submitted_at <= recorded_at));

-- What the agency's people are still writing; nobody outside of it sees it. A
-- version is given once only: who still edits a draft that was submitted must not
-- overwrite the next one.
CREATE SEQUENCE task_draft_versions;
CREATE TABLE task_drafts (
	task_id         bigint PRIMARY KEY REFERENCES tasks,
	kind            text NOT NULL CONSTRAINT task_drafts_kind CHECK (kind IN ('report', 'nil')),
	narrative       text NOT NULL,
	figures         jsonb NOT NULL,
	document_number text NOT NULL,
	document_on     date,
	signatory_title text NOT NULL,
	version         bigint NOT NULL DEFAULT nextval('task_draft_versions'),
	saved_at        timestamptz NOT NULL,
	saved_by        bigint NOT NULL REFERENCES users
);

-- What waits, or waited, for the head's approval.
CREATE TABLE preparations (
	id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	task_id         bigint NOT NULL REFERENCES tasks,
	from_state      text NOT NULL CONSTRAINT preparations_from_state CHECK (from_state IN ('open', 'returned')),
	kind            text NOT NULL CONSTRAINT preparations_kind CHECK (kind IN ('report', 'nil')),
	narrative       text NOT NULL,
	figures         jsonb NOT NULL,
	document_number text NOT NULL,
	document_on     date,
	signatory_title text NOT NULL,
	prepared_at     timestamptz NOT NULL,
	prepared_by     bigint NOT NULL REFERENCES users,
	outcome         text NOT NULL DEFAULT 'waiting' CONSTRAINT preparations_outcome
		CHECK (outcome IN ('waiting', 'approved', 'given_back', 'taken_back', 'superseded')),
	reason          text NOT NULL DEFAULT '',
	decided_at      timestamptz,
	decided_by      bigint REFERENCES users,
	CONSTRAINT preparations_decided CHECK ((outcome = 'waiting') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by IS NULL)),
	CONSTRAINT preparations_reason CHECK (outcome <> 'given_back' OR reason <> '')
);
CREATE UNIQUE INDEX preparations_waiting_key ON preparations (task_id) WHERE outcome = 'waiting';
CREATE INDEX preparations_task_idx ON preparations (task_id);

-- What was returned and mended waits for the head under the due time for
-- resending: the expression is that of the reads.
DROP INDEX tasks_owed_due_idx;
CREATE INDEX tasks_owed_due_idx ON tasks ((CASE WHEN state IN ('returned', 'prepared') THEN COALESCE(resubmit_due_at, due_at) ELSE due_at END), id)
	INCLUDE (plan_id, duty_id, agency_id, reviewer_id, recipient_id, state, due_at, resubmit_due_at)
	WHERE state IN ('open', 'prepared', 'returned');

-- +goose Down
DROP INDEX tasks_owed_due_idx;
CREATE INDEX tasks_owed_due_idx ON tasks ((CASE WHEN state = 'returned' THEN resubmit_due_at ELSE due_at END), id)
	INCLUDE (plan_id, duty_id, agency_id, reviewer_id, recipient_id, state, due_at, resubmit_due_at)
	WHERE state IN ('open', 'prepared', 'returned');
DROP TABLE preparations, task_drafts;
DROP SEQUENCE task_draft_versions;
ALTER TABLE submissions DROP COLUMN from_state, DROP COLUMN withdrawn_at, DROP COLUMN withdrawn_by, DROP COLUMN withdraw_reason,
	DROP COLUMN prepared_by, DROP COLUMN recorded_at, DROP COLUMN channel, DROP COLUMN evidence;
ALTER TABLE agencies DROP COLUMN two_signatures;
