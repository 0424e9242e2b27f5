-- +goose Up
-- What a person asks of another body about a task: one row per body that is
-- asked. Its text stands here; the audit trail has its hash.
CREATE TABLE requests (
	id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	-- The first of those that were asked together or passed on; null: this is it.
	group_id       bigint CONSTRAINT requests_group_fkey REFERENCES requests,
	kind           text NOT NULL CONSTRAINT requests_kind CHECK (kind IN
		('extension', 'waiver', 'explanation', 'obstacle', 'contribution', 'help')),
	task_id        bigint NOT NULL REFERENCES tasks,
	plan_id        bigint NOT NULL REFERENCES plans,
	from_agency_id bigint NOT NULL REFERENCES agencies,
	to_agency_id   bigint NOT NULL REFERENCES agencies,
	asked_by       bigint NOT NULL REFERENCES users,
	asked_at       timestamptz NOT NULL,
	text           text NOT NULL CONSTRAINT requests_text CHECK (text <> ''),
	-- An extension of the date by which a returned result is to be sent again.
	resubmission   boolean NOT NULL DEFAULT false,
	proposed_on    date,
	granted_on     date,
	due_at         timestamptz NOT NULL,
	derivation     jsonb NOT NULL,
	state          text NOT NULL DEFAULT 'asked' CONSTRAINT requests_state CHECK (state IN
		('asked', 'accepted', 'granted', 'refused', 'answered', 'passed_on', 'closed', 'lapsed', 'withdrawn', 'taken_back')),
	settled_at     timestamptz,
	version        integer NOT NULL DEFAULT 1,
	-- Help that was promised is still to be given, an explanation that was given still to be judged.
	CONSTRAINT requests_settled CHECK ((settled_at IS NULL) =
		(state = 'asked' OR state = 'accepted' AND kind = 'help' OR state = 'answered' AND kind = 'explanation')),
	CONSTRAINT requests_proposed CHECK ((kind = 'extension') = (proposed_on IS NOT NULL)),
	CONSTRAINT requests_granted CHECK ((kind = 'extension' AND state = 'granted') = (granted_on IS NOT NULL)),
	CONSTRAINT requests_resubmission CHECK (NOT resubmission OR kind = 'extension')
);
CREATE UNIQUE INDEX requests_one_open_key ON requests (task_id, kind)
	WHERE settled_at IS NULL AND kind IN ('extension', 'waiver');
CREATE INDEX requests_task_idx ON requests (task_id);
CREATE INDEX requests_from_idx ON requests (from_agency_id, due_at);
CREATE INDEX requests_to_idx ON requests (to_agency_id, due_at) WHERE settled_at IS NULL;
CREATE INDEX requests_group_idx ON requests (group_id);

-- What happened to a request, in words where somebody used them. Rows are never changed.
CREATE TABLE request_events (
	id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	request_id bigint NOT NULL REFERENCES requests,
	at         timestamptz NOT NULL,
	action     text NOT NULL CONSTRAINT request_events_action CHECK (action IN
		('asked', 'opinion', 'accepted', 'granted', 'refused', 'answered', 'passed_on', 'closed', 'lapsed', 'withdrawn', 'taken_back')),
	-- Null: the system itself.
	actor_id   bigint REFERENCES users,
	agency_id  bigint REFERENCES agencies,
	stance     text NOT NULL DEFAULT '' CONSTRAINT request_events_stance CHECK (stance IN ('', 'for', 'against')),
	text       text NOT NULL DEFAULT '',
	CONSTRAINT request_events_opinion CHECK ((action = 'opinion') = (stance <> '')),
	CONSTRAINT request_events_reason CHECK (action NOT IN ('refused', 'answered', 'passed_on', 'taken_back') OR text <> '')
);
CREATE INDEX request_events_request_idx ON request_events (request_id, id);

CREATE TABLE request_steps (
	id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	request_id bigint NOT NULL REFERENCES requests,
	code       text NOT NULL CONSTRAINT request_steps_code CHECK (code IN ('reminder', 'lapse', 'overdue')),
	at         timestamptz NOT NULL,
	state      text NOT NULL DEFAULT 'pending' CONSTRAINT request_steps_state CHECK (state IN ('pending', 'done', 'skipped')),
	run_at     timestamptz,
	CONSTRAINT request_steps_run CHECK ((state = 'pending') = (run_at IS NULL))
);
CREATE UNIQUE INDEX request_steps_one_pending_key ON request_steps (request_id, code) WHERE state = 'pending';
CREATE INDEX request_steps_pending_at_idx ON request_steps (at) WHERE state = 'pending';

-- A notice about a request is left out once the request calls for it no more.
ALTER TABLE notifications ADD COLUMN request_id bigint CONSTRAINT notifications_request_fkey REFERENCES requests;
CREATE INDEX notifications_request_idx ON notifications (request_id) WHERE request_id IS NOT NULL;

-- +goose Down
ALTER TABLE notifications DROP COLUMN request_id;
DROP TABLE request_steps, request_events, requests;
