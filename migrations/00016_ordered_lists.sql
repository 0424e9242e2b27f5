-- +goose Up
-- A list of tasks is read in the order of the effective due time, once for each
-- way by which the actor sees tasks: at an agency, as who reviews, receives or
-- passes on, in a whole plan, in single rounds. Each way has its index in that
-- order, so that a page costs the same however many tasks there are; of what
-- few lists ask for (owed, waiting) there is a smaller one. The expression is
-- that of the reads (effectiveDue).
DROP INDEX tasks_agency_due_idx, tasks_agency_all_idx, tasks_reviewer_due_idx, tasks_reviewer_waiting_idx,
	tasks_plan_open_due_idx, tasks_through_idx, tasks_owed_due_idx, tasks_board_idx;

CREATE INDEX tasks_agency_idx ON tasks (agency_id, (CASE WHEN state IN ('returned', 'prepared') THEN COALESCE(resubmit_due_at, due_at) ELSE due_at END), id);
CREATE INDEX tasks_agency_owed_idx ON tasks (agency_id, (CASE WHEN state IN ('returned', 'prepared') THEN COALESCE(resubmit_due_at, due_at) ELSE due_at END), id)
	WHERE state IN ('open', 'prepared', 'returned');
CREATE INDEX tasks_reviewer_idx ON tasks (reviewer_id, (CASE WHEN state IN ('returned', 'prepared') THEN COALESCE(resubmit_due_at, due_at) ELSE due_at END), id);
CREATE INDEX tasks_reviewer_owed_idx ON tasks (reviewer_id, (CASE WHEN state IN ('returned', 'prepared') THEN COALESCE(resubmit_due_at, due_at) ELSE due_at END), id)
	WHERE state IN ('open', 'prepared', 'returned');
CREATE INDEX tasks_reviewer_waiting_idx ON tasks (reviewer_id, (CASE WHEN state IN ('returned', 'prepared') THEN COALESCE(resubmit_due_at, due_at) ELSE due_at END), id)
	WHERE state = 'submitted';
-- Most results are reviewed by who receives them: these are found by the reviewer.
CREATE INDEX tasks_recipient_idx ON tasks (recipient_id, (CASE WHEN state IN ('returned', 'prepared') THEN COALESCE(resubmit_due_at, due_at) ELSE due_at END), id)
	WHERE recipient_id IS DISTINCT FROM reviewer_id;
CREATE INDEX tasks_through_idx ON tasks (through_id, (CASE WHEN state IN ('returned', 'prepared') THEN COALESCE(resubmit_due_at, due_at) ELSE due_at END), id)
	WHERE through_id IS NOT NULL;
CREATE INDEX tasks_plan_idx ON tasks (plan_id, (CASE WHEN state IN ('returned', 'prepared') THEN COALESCE(resubmit_due_at, due_at) ELSE due_at END), id);
CREATE INDEX tasks_plan_owed_idx ON tasks (plan_id, (CASE WHEN state IN ('returned', 'prepared') THEN COALESCE(resubmit_due_at, due_at) ELSE due_at END), id)
	INCLUDE (duty_id, agency_id, reviewer_id, recipient_id, through_id, state, due_at, resubmit_due_at)
	WHERE state IN ('open', 'prepared', 'returned');
CREATE INDEX tasks_round_idx ON tasks (round_id, (CASE WHEN state IN ('returned', 'prepared') THEN COALESCE(resubmit_due_at, due_at) ELSE due_at END), id);
CREATE INDEX tasks_round_owed_idx ON tasks (round_id, (CASE WHEN state IN ('returned', 'prepared') THEN COALESCE(resubmit_due_at, due_at) ELSE due_at END), id)
	WHERE state IN ('open', 'prepared', 'returned');

-- The board counts a round from the index alone, or only the part of one reviewer.
CREATE INDEX tasks_board_idx ON tasks (round_id, reviewer_id, state, due_at, agency_id)
	INCLUDE (recipient_id, through_id, first_submitted_at, resubmit_due_at);
CREATE INDEX tasks_round_recipient_idx ON tasks (round_id, recipient_id) WHERE recipient_id IS DISTINCT FROM reviewer_id;
CREATE INDEX tasks_round_through_idx ON tasks (round_id, through_id) WHERE through_id IS NOT NULL;

-- +goose Down
DROP INDEX tasks_agency_idx, tasks_agency_owed_idx, tasks_reviewer_idx, tasks_reviewer_owed_idx, tasks_reviewer_waiting_idx,
	tasks_recipient_idx, tasks_through_idx, tasks_plan_idx, tasks_plan_owed_idx, tasks_round_idx, tasks_round_owed_idx,
	tasks_board_idx, tasks_round_recipient_idx, tasks_round_through_idx;
CREATE INDEX tasks_agency_due_idx ON tasks (agency_id, due_at) WHERE state IN ('open', 'prepared', 'returned');
CREATE INDEX tasks_agency_all_idx ON tasks (agency_id, due_at);
CREATE INDEX tasks_reviewer_due_idx ON tasks (reviewer_id, due_at) WHERE state IN ('open', 'prepared', 'returned');
CREATE INDEX tasks_reviewer_waiting_idx ON tasks (reviewer_id, submitted_at) WHERE state = 'submitted';
CREATE INDEX tasks_plan_open_due_idx ON tasks (plan_id, due_at, id) WHERE state IN ('open', 'prepared', 'returned');
CREATE INDEX tasks_through_idx ON tasks (through_id, due_at) WHERE through_id IS NOT NULL;
CREATE INDEX tasks_board_idx ON tasks (round_id, state, due_at, agency_id)
	INCLUDE (reviewer_id, recipient_id, through_id, first_submitted_at, resubmit_due_at);
CREATE INDEX tasks_owed_due_idx ON tasks ((CASE WHEN state IN ('returned', 'prepared') THEN COALESCE(resubmit_due_at, due_at) ELSE due_at END), id)
	INCLUDE (plan_id, duty_id, agency_id, reviewer_id, recipient_id, through_id, state, due_at, resubmit_due_at)
	WHERE state IN ('open', 'prepared', 'returned');
