-- What the board of one plan reads, so that it costs the same beside a million other tasks.

-- +goose Up
-- Agencies in the order of a distribution list (levelOrder): the rows of a page are
-- the first that owe anything, and those behind them are not looked at.
CREATE INDEX agencies_order_idx ON agencies (
	(COALESCE(array_position('{government,ministry,province,department,sub_department,union,judiciary,district,district_office,commune}'::text[], level), 99)),
	level, position, id);

-- What one reviewer waits for in one plan; the reviewer's index alone leads past all
-- that is overdue in other plans. Few tasks are owed at a time.
CREATE INDEX tasks_plan_reviewer_owed_idx ON tasks
	(plan_id, reviewer_id, (CASE WHEN state IN ('returned', 'prepared') THEN COALESCE(resubmit_due_at, due_at) ELSE due_at END), id)
	WHERE state IN ('open', 'prepared', 'returned');
-- Without it the planner expects the recipient's way to be as long as the plan.
CREATE INDEX tasks_plan_recipient_owed_idx ON tasks
	(plan_id, recipient_id, (CASE WHEN state IN ('returned', 'prepared') THEN COALESCE(resubmit_due_at, due_at) ELSE due_at END), id)
	WHERE recipient_id IS DISTINCT FROM reviewer_id AND state IN ('open', 'prepared', 'returned');

-- Who owes a reviewer, a recipient or who passes on anything.
CREATE INDEX assignments_reviewer_idx ON assignments (reviewer_id, duty_id, agency_id);
CREATE INDEX assignments_recipient_idx ON assignments (recipient_id, duty_id, agency_id) WHERE recipient_id IS DISTINCT FROM reviewer_id;
CREATE INDEX assignments_through_idx ON assignments (through_id, duty_id, agency_id) WHERE through_id IS NOT NULL;

-- +goose Down
DROP INDEX agencies_order_idx, tasks_plan_reviewer_owed_idx, tasks_plan_recipient_owed_idx, assignments_reviewer_idx, assignments_recipient_idx, assignments_through_idx;
