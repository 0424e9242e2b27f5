-- +goose Up
-- Instants are timestamptz and end in _at, days are date and end in _on.
-- "Business" instants come from the business clock, "wall" instants from the
-- wall clock; SQL never asks now() for either.

-- A rehearsal keeps its business clock here. No row: the business clock is the wall clock.
CREATE TABLE rehearsal_clock (
	only_row           boolean PRIMARY KEY DEFAULT true CONSTRAINT rehearsal_clock_one_row CHECK (only_row),
	wall_anchor_at     timestamptz NOT NULL,
	business_anchor_at timestamptz NOT NULL,
	rate               double precision NOT NULL CONSTRAINT rehearsal_clock_rate_positive CHECK (rate > 0),
	-- The clock never passes this instant until it is moved on; null lets it run.
	hold_at            timestamptz
);

-- Agencies -------------------------------------------------------------------

CREATE TABLE agencies (
	id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	code        text NOT NULL CONSTRAINT agencies_code_key UNIQUE,
	name        text NOT NULL CONSTRAINT agencies_name_present CHECK (name <> ''),
	short_name  text NOT NULL DEFAULT '',
	aliases     text[] NOT NULL DEFAULT '{}',
	level       text NOT NULL,
	parent_id   bigint CONSTRAINT agencies_parent_fkey REFERENCES agencies,
	-- Official electronic identifier (mã định danh điện tử).
	official_id text NOT NULL DEFAULT '',
	-- Official mailbox (hộp thư công vụ), copied on every notice to the agency.
	mailbox     text NOT NULL DEFAULT '',
	phone       text NOT NULL DEFAULT '',
	valid_from_on date NOT NULL DEFAULT '0001-01-01',
	valid_to_on   date NOT NULL DEFAULT '9999-12-31',
	-- Language of mail to the official mailbox.
	language    text NOT NULL DEFAULT 'vi' CONSTRAINT agencies_language CHECK (language IN ('vi', 'en')),
	-- Position in the tree's own order, for lists.
	position    integer NOT NULL DEFAULT 0,
	version     integer NOT NULL DEFAULT 1,
	CONSTRAINT agencies_validity CHECK (valid_from_on <= valid_to_on),
	CONSTRAINT agencies_not_own_parent CHECK (parent_id <> id)
);
CREATE INDEX agencies_parent_idx ON agencies (parent_id);
CREATE UNIQUE INDEX agencies_official_id_key ON agencies (official_id) WHERE official_id <> '';

-- +goose StatementBegin
-- A parent that is its own descendant would make every walk of the tree endless.
CREATE FUNCTION agencies_refuse_cycle() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF EXISTS (
		WITH RECURSIVE up AS (
			SELECT id, parent_id FROM agencies WHERE id = NEW.parent_id
			UNION
			SELECT a.id, a.parent_id FROM agencies a JOIN up ON a.id = up.parent_id
		) SELECT 1 FROM up WHERE id = NEW.id
	) THEN
		RAISE EXCEPTION 'agency % would be its own ancestor', NEW.code
			USING ERRCODE = 'check_violation', CONSTRAINT = 'agencies_no_cycle';
	END IF;
	RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE CONSTRAINT TRIGGER agencies_no_cycle AFTER INSERT OR UPDATE OF parent_id ON agencies
	FOR EACH ROW WHEN (NEW.parent_id IS NOT NULL) EXECUTE FUNCTION agencies_refuse_cycle();

CREATE TABLE agency_successions (
	predecessor_id bigint NOT NULL REFERENCES agencies,
	successor_id   bigint NOT NULL REFERENCES agencies,
	effective_on   date NOT NULL,
	legal_basis    text NOT NULL,
	CONSTRAINT agency_successions_pkey PRIMARY KEY (predecessor_id, successor_id, effective_on),
	CONSTRAINT agency_successions_other CHECK (predecessor_id <> successor_id)
);

-- People ---------------------------------------------------------------------

CREATE TABLE users (
	id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	email         text NOT NULL CONSTRAINT users_email_lower CHECK (email = lower(email) AND email <> ''),
	-- How the person is shown; the sample uses the role's name.
	name          text NOT NULL CONSTRAINT users_name_present CHECK (name <> ''),
	phone         text NOT NULL DEFAULT '',
	language      text NOT NULL DEFAULT 'vi' CONSTRAINT users_language CHECK (language IN ('vi', 'en')),
	-- argon2id in PHC form; empty until the invitation is taken up.
	password_hash text NOT NULL DEFAULT '',
	active        boolean NOT NULL DEFAULT true,
	created_at    timestamptz NOT NULL,
	version       integer NOT NULL DEFAULT 1,
	CONSTRAINT users_email_key UNIQUE (email)
);

CREATE TABLE memberships (
	id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	user_id       bigint NOT NULL REFERENCES users,
	agency_id     bigint NOT NULL REFERENCES agencies,
	role          text NOT NULL CONSTRAINT memberships_role CHECK (role IN
		('focal_point', 'head', 'supervisor', 'plan_authority', 'auditor', 'administrator')),
	valid_from_on date NOT NULL,
	valid_to_on   date NOT NULL DEFAULT '9999-12-31',
	CONSTRAINT memberships_validity CHECK (valid_from_on <= valid_to_on),
	CONSTRAINT memberships_key UNIQUE (user_id, agency_id, role, valid_from_on)
);
CREATE INDEX memberships_agency_idx ON memberships (agency_id, role);

-- Tokens are 32 random bytes; only their SHA-256 is kept. All instants are wall.
CREATE TABLE sessions (
	token_hash   bytea PRIMARY KEY,
	user_id      bigint NOT NULL REFERENCES users,
	created_at   timestamptz NOT NULL,
	last_seen_at timestamptz NOT NULL,
	expires_at   timestamptz NOT NULL,
	revoked_at   timestamptz
);
CREATE INDEX sessions_user_idx ON sessions (user_id) WHERE revoked_at IS NULL;

CREATE TABLE account_links (
	token_hash bytea PRIMARY KEY,
	user_id    bigint NOT NULL REFERENCES users,
	kind       text NOT NULL CONSTRAINT account_links_kind CHECK (kind IN ('invitation', 'reset')),
	created_at timestamptz NOT NULL,
	expires_at timestamptz NOT NULL,
	used_at    timestamptz
);
CREATE INDEX account_links_user_idx ON account_links (user_id);

-- One row per answered POST, so that a repeat gets the same answer. Wall clock.
CREATE TABLE idempotency_keys (
	user_id      bigint NOT NULL REFERENCES users,
	key          text NOT NULL CONSTRAINT idempotency_keys_length CHECK (length(key) BETWEEN 8 AND 200),
	request_hash bytea NOT NULL,
	status       integer NOT NULL,
	answer       bytea NOT NULL,
	created_at   timestamptz NOT NULL,
	CONSTRAINT idempotency_keys_pkey PRIMARY KEY (user_id, key)
);
CREATE INDEX idempotency_keys_age_idx ON idempotency_keys (created_at);

-- Plans ----------------------------------------------------------------------

CREATE TABLE plans (
	id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	code          text NOT NULL CONSTRAINT plans_code_key UNIQUE,
	title         text NOT NULL,
	number        text NOT NULL DEFAULT '',
	issuer_id     bigint NOT NULL REFERENCES agencies,
	standing_id   bigint REFERENCES agencies,
	state         text NOT NULL DEFAULT 'draft' CONSTRAINT plans_state
		CHECK (state IN ('draft', 'active', 'suspended', 'closed')),
	valid_from_on date NOT NULL,
	valid_to_on   date NOT NULL,
	time_zone     text NOT NULL,
	-- Rounds whose due time lies before this day are not opened.
	followed_from_on date,
	activated_at  timestamptz,
	suspended_at  timestamptz,
	closed_at     timestamptz,
	-- The version in force; null while the plan is a draft without versions.
	current_version integer,
	version       integer NOT NULL DEFAULT 1,
	CONSTRAINT plans_validity CHECK (valid_from_on <= valid_to_on),
	CONSTRAINT plans_active_since CHECK (state = 'draft' OR activated_at IS NOT NULL),
	CONSTRAINT plans_suspended_since CHECK ((state = 'suspended') = (suspended_at IS NOT NULL) OR state = 'closed'),
	CONSTRAINT plans_closed_since CHECK ((state = 'closed') = (closed_at IS NOT NULL))
);

-- What was loaded, as it was written. Never changed.
CREATE TABLE plan_versions (
	plan_id    bigint NOT NULL REFERENCES plans,
	number     integer NOT NULL CONSTRAINT plan_versions_number CHECK (number > 0),
	source     text NOT NULL,
	sha256     bytea NOT NULL,
	-- The plan as it was understood, for what no table holds.
	document   jsonb NOT NULL,
	loaded_at  timestamptz NOT NULL,
	loaded_by  bigint REFERENCES users,
	CONSTRAINT plan_versions_pkey PRIMARY KEY (plan_id, number)
);

-- A duty keeps its row, and so its identity, across versions of its plan.
CREATE TABLE duties (
	id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	plan_id     bigint NOT NULL REFERENCES plans,
	code        text NOT NULL,
	parent_id   bigint REFERENCES duties,
	position    integer NOT NULL,
	title       text NOT NULL,
	text        text NOT NULL,
	mode        text NOT NULL CONSTRAINT duties_mode CHECK (mode IN ('assigned', 'requested')),
	-- Whether the calendar opens rounds for it by itself.
	scheduled   boolean NOT NULL,
	review      text NOT NULL CONSTRAINT duties_review CHECK (review IN ('required', 'none', 'automatic')),
	nil_return  boolean NOT NULL,
	-- Schedule, due rules, policy, recipient: what the calendar and the forms need.
	definition  jsonb NOT NULL,
	since_version   integer NOT NULL,
	retired_version integer,
	CONSTRAINT duties_code_key UNIQUE (plan_id, code),
	CONSTRAINT duties_version_fkey FOREIGN KEY (plan_id, since_version) REFERENCES plan_versions (plan_id, number)
);

CREATE TABLE assignments (
	duty_id   bigint NOT NULL REFERENCES duties,
	agency_id bigint NOT NULL REFERENCES agencies,
	role      text NOT NULL CONSTRAINT assignments_role
		CHECK (role IN ('lead', 'implementing', 'coordinating', 'member')),
	-- Who receives the result of this agency, and who reviews it.
	recipient_id bigint REFERENCES agencies,
	reviewer_id  bigint REFERENCES agencies,
	CONSTRAINT assignments_pkey PRIMARY KEY (duty_id, agency_id, role)
);
CREATE INDEX assignments_agency_idx ON assignments (agency_id);

-- Rounds and tasks -------------------------------------------------------------

CREATE TABLE rounds (
	id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	duty_id      bigint NOT NULL REFERENCES duties,
	plan_id      bigint NOT NULL REFERENCES plans,
	period_key   text NOT NULL,
	cadences     text[] NOT NULL,
	window_from_on date NOT NULL,
	window_to_on   date NOT NULL,
	state        text NOT NULL DEFAULT 'scheduled' CONSTRAINT rounds_state
		CHECK (state IN ('scheduled', 'open', 'closed')),
	opens_at     timestamptz NOT NULL,
	-- The latest due time of its levels.
	due_at       timestamptz NOT NULL,
	-- At the latest: the next round's due time or the plan's end.
	closes_at    timestamptz NOT NULL,
	opened_at    timestamptz,
	closed_at    timestamptz,
	version      integer NOT NULL DEFAULT 1,
	CONSTRAINT rounds_period_key UNIQUE (duty_id, period_key),
	CONSTRAINT rounds_window CHECK (window_from_on <= window_to_on),
	CONSTRAINT rounds_order CHECK (opens_at <= due_at AND due_at <= closes_at),
	CONSTRAINT rounds_opened CHECK ((state = 'scheduled') = (opened_at IS NULL)),
	CONSTRAINT rounds_closed CHECK ((state = 'closed') = (closed_at IS NOT NULL))
);
CREATE INDEX rounds_plan_idx ON rounds (plan_id, due_at);
CREATE INDEX rounds_live_idx ON rounds (state) WHERE state <> 'closed';

CREATE TABLE tasks (
	id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	round_id        bigint NOT NULL REFERENCES rounds,
	duty_id         bigint NOT NULL REFERENCES duties,
	plan_id         bigint NOT NULL REFERENCES plans,
	agency_id       bigint NOT NULL REFERENCES agencies,
	recipient_id    bigint REFERENCES agencies,
	reviewer_id     bigint REFERENCES agencies,
	state           text NOT NULL CONSTRAINT tasks_state CHECK (state IN
		('scheduled', 'open', 'prepared', 'submitted', 'returned', 'accepted', 'waived', 'cancelled')),
	due_at          timestamptz NOT NULL,
	original_due_at timestamptz NOT NULL,
	resubmit_due_at timestamptz,
	-- Rises whenever a due time moves, so that its steps are new steps.
	due_version     integer NOT NULL DEFAULT 1,
	derivation      jsonb NOT NULL,
	resubmit_derivation jsonb,
	opened_at       timestamptz,
	-- The first valid submission: decides "on time".
	first_submitted_at timestamptz,
	submitted_at    timestamptz,
	settled_at      timestamptz,
	-- A round that closes leaves what was not submitted as "not done, overdue".
	closed_at       timestamptz,
	submissions     integer NOT NULL DEFAULT 0,
	version         integer NOT NULL DEFAULT 1,
	CONSTRAINT tasks_round_agency_key UNIQUE (round_id, agency_id),
	CONSTRAINT tasks_returned_due CHECK (state <> 'returned' OR resubmit_due_at IS NOT NULL),
	CONSTRAINT tasks_submitted CHECK (state NOT IN ('submitted', 'accepted') OR submitted_at IS NOT NULL),
	CONSTRAINT tasks_settled CHECK ((state IN ('accepted', 'waived', 'cancelled')) = (settled_at IS NOT NULL))
);
-- "What does my agency owe", "what is overdue below me", newest plans first.
CREATE INDEX tasks_agency_due_idx ON tasks (agency_id, due_at) WHERE state IN ('open', 'prepared', 'returned');
CREATE INDEX tasks_agency_all_idx ON tasks (agency_id, due_at);
CREATE INDEX tasks_reviewer_due_idx ON tasks (reviewer_id, due_at) WHERE state IN ('open', 'prepared', 'returned');
CREATE INDEX tasks_reviewer_waiting_idx ON tasks (reviewer_id, submitted_at) WHERE state = 'submitted';
CREATE INDEX tasks_plan_open_due_idx ON tasks (plan_id, due_at, id) WHERE state IN ('open', 'prepared', 'returned');
CREATE INDEX tasks_duty_idx ON tasks (duty_id);
-- The supervisors' board: the 2 × 2 counted from the index alone, and what is
-- owed by its effective due time (the expression is that of the reads).
CREATE INDEX tasks_board_idx ON tasks (round_id, state, due_at, agency_id)
	INCLUDE (reviewer_id, recipient_id, first_submitted_at, resubmit_due_at);
CREATE INDEX tasks_owed_due_idx ON tasks ((CASE WHEN state = 'returned' THEN resubmit_due_at ELSE due_at END), id)
	INCLUDE (plan_id, duty_id, agency_id, reviewer_id, recipient_id, state, due_at, resubmit_due_at)
	WHERE state IN ('open', 'prepared', 'returned');

CREATE TABLE steps (
	id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	task_id     bigint NOT NULL REFERENCES tasks,
	round_id    bigint NOT NULL REFERENCES rounds,
	code        text NOT NULL,
	kind        text NOT NULL,
	anchor      text NOT NULL CONSTRAINT steps_anchor CHECK (anchor IN ('opening', 'due', 'submitted')),
	due_version integer NOT NULL,
	occurrence  integer NOT NULL DEFAULT 1,
	at          timestamptz NOT NULL,
	audience    text[] NOT NULL,
	severity    integer NOT NULL,
	digest      boolean NOT NULL DEFAULT false,
	cron        text NOT NULL DEFAULT '',
	state       text NOT NULL DEFAULT 'pending' CONSTRAINT steps_state
		CHECK (state IN ('pending', 'done', 'skipped')),
	-- When it was run, by the business clock.
	run_at      timestamptz,
	CONSTRAINT steps_key UNIQUE (task_id, code, due_version, occurrence),
	CONSTRAINT steps_run CHECK ((state = 'pending') = (run_at IS NULL))
);
CREATE INDEX steps_pending_idx ON steps (round_id, at) WHERE state = 'pending';
CREATE INDEX steps_pending_at_idx ON steps (at) WHERE state = 'pending';
CREATE UNIQUE INDEX steps_cron_one_pending_key ON steps (task_id, code) WHERE state = 'pending' AND cron <> '';

CREATE TABLE submissions (
	id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	task_id      bigint NOT NULL REFERENCES tasks,
	number       integer NOT NULL CONSTRAINT submissions_number CHECK (number > 0),
	kind         text NOT NULL CONSTRAINT submissions_kind CHECK (kind IN ('report', 'nil')),
	narrative    text NOT NULL DEFAULT '',
	-- Indicator code to decimal text.
	figures      jsonb NOT NULL DEFAULT '{}',
	-- The facts of the signed document.
	document_number  text NOT NULL DEFAULT '',
	document_on      date,
	signatory_title  text NOT NULL DEFAULT '',
	submitted_at timestamptz NOT NULL,
	submitted_by bigint NOT NULL REFERENCES users,
	on_behalf_of bigint REFERENCES agencies,
	-- "Không hợp lệ, coi như chưa gửi".
	invalid      boolean NOT NULL DEFAULT false,
	CONSTRAINT submissions_key UNIQUE (task_id, number)
);

CREATE TABLE reviews (
	id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	submission_id bigint NOT NULL REFERENCES submissions,
	task_id       bigint NOT NULL REFERENCES tasks,
	decision      text NOT NULL CONSTRAINT reviews_decision CHECK (decision IN ('accept', 'return', 'invalid')),
	reason        text NOT NULL DEFAULT '',
	resubmit_due_at timestamptz,
	decided_at    timestamptz NOT NULL,
	-- Null: accepted by itself after the duty's waiting time.
	decided_by    bigint REFERENCES users,
	CONSTRAINT reviews_submission_key UNIQUE (submission_id),
	CONSTRAINT reviews_reason CHECK (decision = 'accept' OR reason <> ''),
	CONSTRAINT reviews_resubmit CHECK ((decision = 'accept') = (resubmit_due_at IS NULL))
);
CREATE INDEX reviews_task_idx ON reviews (task_id);

-- Notices ----------------------------------------------------------------------

-- A message is what is handed over: one per recipient and moment. Its row, with
-- its Message-ID, is committed before the first try.
CREATE TABLE messages (
	id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	channel      text NOT NULL DEFAULT 'mail' CONSTRAINT messages_channel CHECK (channel IN ('mail')),
	message_id   text NOT NULL CONSTRAINT messages_message_id_key UNIQUE,
	user_id      bigint REFERENCES users,
	mailbox_agency_id bigint REFERENCES agencies,
	address      text NOT NULL CONSTRAINT messages_address_present CHECK (address <> ''),
	language     text NOT NULL,
	kind         text NOT NULL CONSTRAINT messages_kind CHECK (kind IN ('notices', 'account')),
	-- Filled at hand-over; an account message is written at once and wiped after hand-over.
	subject      text NOT NULL DEFAULT '',
	body_text    text NOT NULL DEFAULT '',
	body_html    text NOT NULL DEFAULT '',
	state        text NOT NULL DEFAULT 'pending' CONSTRAINT messages_state
		CHECK (state IN ('pending', 'sent', 'dropped', 'failed')),
	composed_at  timestamptz NOT NULL,
	-- Wall clock: who works on it, until when; the next try.
	lease_until_at timestamptz,
	next_try_at  timestamptz,
	attempts     integer NOT NULL DEFAULT 0,
	last_error   text NOT NULL DEFAULT '',
	handed_over_at timestamptz,
	CONSTRAINT messages_one_recipient CHECK (num_nonnulls(user_id, mailbox_agency_id) = 1)
);
CREATE INDEX messages_pending_idx ON messages (id) WHERE state = 'pending';

CREATE TABLE notifications (
	id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	user_id     bigint REFERENCES users,
	mailbox_agency_id bigint REFERENCES agencies,
	kind        text NOT NULL,
	plan_id     bigint REFERENCES plans,
	task_id     bigint REFERENCES tasks,
	step_id     bigint REFERENCES steps,
	-- Makes a notice that comes from no step unique: "returned:7", "digest:weekly:2026-11-23".
	cause       text NOT NULL,
	created_at  timestamptz NOT NULL,
	-- When it may be handed over: at once if urgent, else the next morning hour.
	deliver_at  timestamptz NOT NULL,
	-- Whether it is handed over even if the task was settled meanwhile.
	standing    boolean NOT NULL DEFAULT false,
	message_id  bigint REFERENCES messages,
	dropped_at  timestamptz,
	read_at     timestamptz,
	CONSTRAINT notifications_one_recipient CHECK (num_nonnulls(user_id, mailbox_agency_id) = 1),
	CONSTRAINT notifications_step_cause CHECK ((step_id IS NULL) = (cause NOT LIKE 'step:%'))
);
CREATE UNIQUE INDEX notifications_user_cause_key ON notifications (user_id, cause) WHERE user_id IS NOT NULL;
CREATE UNIQUE INDEX notifications_mailbox_cause_key ON notifications (mailbox_agency_id, cause) WHERE mailbox_agency_id IS NOT NULL;
CREATE INDEX notifications_waiting_idx ON notifications (deliver_at) WHERE message_id IS NULL AND dropped_at IS NULL;
CREATE INDEX notifications_user_idx ON notifications (user_id, created_at DESC);
CREATE INDEX notifications_message_idx ON notifications (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX notifications_task_idx ON notifications (task_id);

-- +goose StatementBegin
-- The first morning hour (08:00 in the zone) at or after an instant: when ordinary notices go out.
CREATE FUNCTION morning_at_or_after(at timestamptz, zone text) RETURNS timestamptz LANGUAGE sql STABLE AS $$
	SELECT ((local::date + CASE WHEN local::time <= time '08:00' THEN 0 ELSE 1 END) + time '08:00') AT TIME ZONE zone
	FROM (SELECT at AT TIME ZONE zone AS local) AS l
$$;
-- +goose StatementEnd

-- +goose StatementBegin
-- The first Monday morning (08:00 in the zone) at or after a morning: when the weekly digest goes out.
CREATE FUNCTION next_monday(morning timestamptz, zone text) RETURNS timestamptz LANGUAGE sql STABLE AS $$
	SELECT ((local::date + (8 - extract(isodow FROM local)::int) % 7) + time '08:00') AT TIME ZONE zone
	FROM (SELECT morning AT TIME ZONE zone AS local) AS l
$$;
-- +goose StatementEnd

-- Outbox and audit ---------------------------------------------------------------

CREATE TABLE outbox (
	id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	-- The workflow to nudge: "plan:3", "duty:17", "round:204", "delivery:mail".
	workflow   text NOT NULL,
	kind       text NOT NULL,
	created_at timestamptz NOT NULL
);
CREATE INDEX outbox_workflow_idx ON outbox (workflow);

-- Append-only. Rows come in unchained; one sealer chains committed rows.
CREATE TABLE audit (
	id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	at           timestamptz NOT NULL, -- business
	recorded_at  timestamptz NOT NULL, -- wall
	actor_id     bigint REFERENCES users, -- null: the system itself
	on_behalf_of bigint REFERENCES agencies,
	action       text NOT NULL,
	entity       text NOT NULL,
	entity_id    bigint NOT NULL,
	-- Free text and files appear here as hashes only, so that redaction keeps the chain whole.
	before       jsonb,
	after        jsonb,
	-- The sealer seals only below the oldest running transaction.
	transaction  xid8 NOT NULL DEFAULT pg_current_xact_id(),
	seal_number  bigint CONSTRAINT audit_seal_number_key UNIQUE,
	seal_mac     bytea,
	CONSTRAINT audit_sealed_whole CHECK ((seal_number IS NULL) = (seal_mac IS NULL))
);
CREATE INDEX audit_unsealed_idx ON audit (transaction, id) WHERE seal_number IS NULL;
CREATE INDEX audit_entity_idx ON audit (entity, entity_id);

-- +goose StatementBegin
CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP = 'UPDATE' AND OLD.seal_number IS NULL AND NEW.seal_number IS NOT NULL
		AND (to_jsonb(NEW) - 'seal_number' - 'seal_mac') = (to_jsonb(OLD) - 'seal_number' - 'seal_mac') THEN
		RETURN NEW;
	END IF;
	RAISE EXCEPTION 'the audit trail is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
-- +goose StatementEnd
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit
	FOR EACH ROW EXECUTE FUNCTION audit_append_only();
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit
	FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only();

-- +goose Down
DROP TABLE audit, outbox, notifications, messages, reviews, submissions, steps, tasks, rounds, assignments,
	duties, plan_versions, plans, idempotency_keys, account_links, sessions, memberships, users,
	agency_successions, agencies, rehearsal_clock;
DROP FUNCTION audit_append_only(), agencies_refuse_cycle(), morning_at_or_after(timestamptz, text),
	next_monday(timestamptz, text);
