-- +goose Up
-- Results that pass an intermediate agency ("qua Chi cục …"), correcting
-- reports ("báo cáo đính chính, thay thế") and supervisors' notes.

ALTER TABLE assignments ADD COLUMN through_id bigint CONSTRAINT assignments_through_fkey REFERENCES agencies;
ALTER TABLE tasks
	-- Who passes the result on before it is reviewed. Null: nobody.
	ADD COLUMN through_id bigint CONSTRAINT tasks_through_fkey REFERENCES agencies,
	-- The newest submission that was passed on, or came to the reviewer directly:
	-- while there is a newer one, it waits for who passes it on.
	ADD COLUMN forwarded integer NOT NULL DEFAULT 0,
	ADD CONSTRAINT tasks_forwarded CHECK (forwarded BETWEEN 0 AND submissions);
CREATE INDEX tasks_through_idx ON tasks (through_id, due_at) WHERE through_id IS NOT NULL;

-- Whoever passes results on sees the tasks: the lists that are read from an
-- index alone need to know.
DROP INDEX tasks_board_idx, tasks_owed_due_idx;
CREATE INDEX tasks_board_idx ON tasks (round_id, state, due_at, agency_id)
	INCLUDE (reviewer_id, recipient_id, through_id, first_submitted_at, resubmit_due_at);
CREATE INDEX tasks_owed_due_idx ON tasks ((CASE WHEN state IN ('returned', 'prepared') THEN COALESCE(resubmit_due_at, due_at) ELSE due_at END), id)
	INCLUDE (plan_id, duty_id, agency_id, reviewer_id, recipient_id, through_id, state, due_at, resubmit_due_at)
	WHERE state IN ('open', 'prepared', 'returned');

-- 'forwarding': of who passes on, 'correction': of who decides on a correction;
-- due_version is the number of the submission, as with 'submitted'.
ALTER TABLE steps DROP CONSTRAINT steps_anchor;
ALTER TABLE steps ADD CONSTRAINT steps_anchor CHECK (anchor IN ('opening', 'due', 'submitted', 'forwarding', 'correction'));

CREATE TABLE forwardings (
	submission_id bigint CONSTRAINT forwardings_pkey PRIMARY KEY REFERENCES submissions,
	task_id       bigint NOT NULL REFERENCES tasks,
	-- On whose behalf: the intermediary, or the issuer for it.
	agency_id     bigint NOT NULL REFERENCES agencies,
	remark        text NOT NULL DEFAULT '',
	forwarded_at  timestamptz NOT NULL,
	forwarded_by  bigint NOT NULL REFERENCES users
);
CREATE INDEX forwardings_task_idx ON forwardings (task_id);

-- Who returned the result before it was passed on. Null: the reviewing agency decided.
ALTER TABLE reviews ADD COLUMN intermediary_id bigint CONSTRAINT reviews_intermediary_fkey REFERENCES agencies,
	ADD CONSTRAINT reviews_intermediary CHECK (intermediary_id IS NULL OR decision = 'return');

-- A correction is a version of the result that replaces the one in force once it
-- is accepted; the task's state and times stay as they are.
ALTER TABLE submissions ADD COLUMN correction boolean NOT NULL DEFAULT false;
CREATE TABLE corrections (
	id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	submission_id bigint NOT NULL CONSTRAINT corrections_submission_key UNIQUE REFERENCES submissions,
	task_id       bigint NOT NULL REFERENCES tasks,
	-- The number of the version that was in force when it was sent.
	replaces      integer NOT NULL,
	reason        text NOT NULL CONSTRAINT corrections_reason_present CHECK (reason <> ''),
	outcome       text NOT NULL CONSTRAINT corrections_outcome
		CHECK (outcome IN ('waiting', 'accepted', 'refused', 'taken_back', 'superseded')),
	answer        text NOT NULL DEFAULT '',
	decided_at    timestamptz,
	-- Null: accepted at once or by itself, as the duty's review says.
	decided_by    bigint REFERENCES users,
	CONSTRAINT corrections_decided CHECK ((outcome = 'waiting') = (decided_at IS NULL) AND (decided_at IS NOT NULL OR decided_by IS NULL)),
	CONSTRAINT corrections_answer CHECK (outcome <> 'refused' OR answer <> '')
);
CREATE UNIQUE INDEX corrections_waiting_key ON corrections (task_id) WHERE outcome = 'waiting';
CREATE INDEX corrections_task_idx ON corrections (task_id);
CREATE INDEX corrections_waiting_idx ON corrections (id) WHERE outcome = 'waiting';

-- What supervisors write for each other; the unit does not see it.
CREATE TABLE task_notes (
	id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	task_id   bigint NOT NULL REFERENCES tasks,
	agency_id bigint NOT NULL REFERENCES agencies,
	text      text NOT NULL CONSTRAINT task_notes_text CHECK (text <> ''),
	noted_at  timestamptz NOT NULL,
	noted_by  bigint NOT NULL REFERENCES users
);
CREATE INDEX task_notes_task_idx ON task_notes (task_id);

-- +goose Down
DROP TABLE task_notes, corrections, forwardings;
DELETE FROM notifications n USING steps s WHERE s.id = n.step_id AND s.anchor IN ('forwarding', 'correction');
DELETE FROM steps WHERE anchor IN ('forwarding', 'correction');
ALTER TABLE submissions DROP COLUMN correction;
ALTER TABLE reviews DROP COLUMN intermediary_id;
ALTER TABLE steps DROP CONSTRAINT steps_anchor;
ALTER TABLE steps ADD CONSTRAINT steps_anchor CHECK (anchor IN ('opening', 'due', 'submitted'));
DROP INDEX tasks_board_idx, tasks_owed_due_idx;
CREATE INDEX tasks_board_idx ON tasks (round_id, state, due_at, agency_id)
	INCLUDE (reviewer_id, recipient_id, first_submitted_at, resubmit_due_at);
CREATE INDEX tasks_owed_due_idx ON tasks ((CASE WHEN state IN ('returned', 'prepared') THEN COALESCE(resubmit_due_at, due_at) ELSE due_at END), id)
	INCLUDE (plan_id, duty_id, agency_id, reviewer_id, recipient_id, state, due_at, resubmit_due_at)
	WHERE state IN ('open', 'prepared', 'returned');
ALTER TABLE tasks DROP COLUMN forwarded, DROP COLUMN through_id;
ALTER TABLE assignments DROP COLUMN through_id;
