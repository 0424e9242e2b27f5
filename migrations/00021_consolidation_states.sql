-- +goose Up
-- What a duty sums up, beside its definition: every change of a result asks for
-- it, and unpacking a definition for that would cost more than the change.
ALTER TABLE duties ADD COLUMN consolidates jsonb GENERATED ALWAYS AS (definition -> 'Consolidates') STORED;
CREATE INDEX duties_consolidating_idx ON duties (plan_id) WHERE jsonb_typeof(consolidates) = 'array';

-- What is known of a result that sums up others, one row each.
CREATE TABLE consolidation_states (
	task_id bigint CONSTRAINT consolidation_states_pkey PRIMARY KEY REFERENCES tasks,
	-- The newest taking over, and what it counted: the rounds, and beside each other
	-- the tasks and their versions. Null and empty: nothing was taken over yet.
	consolidation_id bigint REFERENCES consolidations,
	rounds      bigint[] NOT NULL DEFAULT '{}',
	inputs      bigint[] NOT NULL DEFAULT '{}',
	submissions bigint[] NOT NULL DEFAULT '{}',
	-- When the consolidator was told that everything is in, and who is missing.
	complete_told_at timestamptz,
	cut_off_told_at  timestamptz,
	CONSTRAINT consolidation_states_counted CHECK (cardinality(inputs) = cardinality(submissions))
);

-- What has changed at an input since it was taken over. There are no foreign keys
-- to tasks: whoever changes an input holds it, and must not wait for whoever
-- works on a level above.
CREATE TABLE consolidation_marks (
	task_id  bigint NOT NULL,
	input_id bigint NOT NULL,
	reason   text NOT NULL CONSTRAINT consolidation_marks_reason CHECK (reason IN (
		'version',   -- another version counts, or none
		'redacted',  -- something was taken out of the version that counts
		'below')),   -- the input is stale itself
	-- Null: it did not count, or does not now.
	old_submission_id bigint,
	new_submission_id bigint,
	marked_at timestamptz NOT NULL,
	-- It is in the draft; the mark goes once a version made of it counts.
	taken_at timestamptz,
	CONSTRAINT consolidation_marks_pkey PRIMARY KEY (task_id, input_id, reason)
);

-- The engine may freshen a draft that a person took over: when it did so last.
ALTER TABLE consolidations ADD COLUMN freshened_at timestamptz;

-- Of eleven thousand inputs these are some 100 kB each, written at every change of
-- one of them: pressing them together costs more than everything else about it.
ALTER TABLE consolidations ALTER COLUMN sources SET STORAGE EXTERNAL, ALTER COLUMN totals SET STORAGE EXTERNAL;
ALTER TABLE consolidation_states ALTER COLUMN inputs SET STORAGE EXTERNAL, ALTER COLUMN submissions SET STORAGE EXTERNAL;

-- What the consolidator says to a unit about its report.
CREATE TABLE consolidation_comments (
	id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	-- The unit's task, and the version that it is about.
	task_id bigint NOT NULL CONSTRAINT consolidation_comments_task_fkey REFERENCES tasks,
	submission_id bigint CONSTRAINT consolidation_comments_submission_fkey REFERENCES submissions,
	-- The consolidator's task.
	consolidator_id bigint NOT NULL CONSTRAINT consolidation_comments_consolidator_fkey REFERENCES tasks,
	text    text NOT NULL CONSTRAINT consolidation_comments_text_present CHECK (text <> ''),
	written_at timestamptz NOT NULL,
	written_by bigint NOT NULL CONSTRAINT consolidation_comments_written_by_fkey REFERENCES users
);
CREATE INDEX consolidation_comments_task_idx ON consolidation_comments (task_id, id);
CREATE INDEX consolidation_comments_consolidator_idx ON consolidation_comments (consolidator_id);

-- What was missing when a consolidated result was sent: [{"task": 1, "standing": "missing"}].
CREATE TABLE submission_missing (
	submission_id bigint CONSTRAINT submission_missing_pkey PRIMARY KEY REFERENCES submissions,
	expected integer NOT NULL,
	missing  jsonb NOT NULL
);

-- The version of a result that counts in a sum: once it is accepted, or sent where
-- nobody reviews; with sent, in any case once it has come to its recipient.
-- +goose StatementBegin
CREATE FUNCTION counted_submission(task bigint, sent boolean) RETURNS bigint LANGUAGE sql STABLE AS $$
	SELECT b.id FROM tasks t JOIN duties d ON d.id = t.duty_id JOIN submissions b ON b.task_id = t.id
	LEFT JOIN corrections k ON k.submission_id = b.id
	WHERE t.id = task AND (t.state = 'accepted' OR t.state = 'submitted' AND (sent OR d.review = 'none')
			AND (t.through_id IS NULL OR t.forwarded >= t.submissions))
		AND b.withdrawn_at IS NULL AND NOT b.invalid AND (k.id IS NULL OR k.outcome = 'accepted')
	ORDER BY b.number DESC LIMIT 1
$$;
-- +goose StatementEnd

-- The results of the recipient that sum up a task of this duty and round.
-- +goose StatementBegin
CREATE FUNCTION consolidators_of(duty bigint, round bigint, recipient bigint)
RETURNS TABLE (task_id bigint, round_id bigint, agency_id bigint, sent boolean, settled boolean) LANGUAGE sql STABLE AS $$
	SELECT t.id, t.round_id, t.agency_id, COALESCE(u.definition ->> 'ConsolidateWhen', '') = 'submitted',
		t.state NOT IN ('scheduled', 'open', 'prepared', 'returned')
	FROM duties d JOIN duties u ON u.plan_id = d.plan_id AND jsonb_typeof(u.consolidates) = 'array' AND u.consolidates ? d.code
	JOIN rounds r ON r.id = round JOIN rounds above ON above.duty_id = u.id
		AND above.window_from_on <= r.window_from_on AND above.window_to_on >= r.window_to_on
	JOIN tasks t ON t.round_id = above.id AND t.agency_id = recipient
	WHERE d.id = duty AND NOT r.cadences && ARRAY['ad_hoc', 'flash', 'event']
$$;
-- +goose StatementEnd

-- mark_above carries "stale" up to the top: what counted a task is stale through it
-- while the task has marks itself.
-- +goose StatementBegin
CREATE FUNCTION mark_above(task bigint, at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	stale boolean := EXISTS (SELECT 1 FROM consolidation_marks m WHERE m.task_id = task);
	above record;
	n integer;
BEGIN
	FOR above IN SELECT c.task_id, c.round_id, c.agency_id, s.submissions[array_position(s.inputs, task)] AS counted
		FROM tasks t CROSS JOIN LATERAL consolidators_of(t.duty_id, t.round_id, t.recipient_id) c JOIN consolidation_states s ON s.task_id = c.task_id
		WHERE t.id = task AND array_position(s.inputs, task) IS NOT NULL ORDER BY c.task_id
	LOOP
		IF stale THEN
			INSERT INTO consolidation_marks (task_id, input_id, reason, old_submission_id, new_submission_id, marked_at)
			VALUES (above.task_id, task, 'below', above.counted, above.counted, at) ON CONFLICT DO NOTHING;
		ELSE
			DELETE FROM consolidation_marks m WHERE m.task_id = above.task_id AND m.input_id = task AND m.reason = 'below';
		END IF;
		GET DIAGNOSTICS n = ROW_COUNT;
		IF n > 0 THEN
			INSERT INTO outbox (workflow, kind, created_at)
			VALUES ('consolidation:' || above.round_id || ':' || above.agency_id, 'consolidation.below', at);
			PERFORM mark_above(above.task_id, at);
		END IF;
	END LOOP;
END
$$;
-- +goose StatementEnd

-- mark_input holds the version of an input that counts now against the one that
-- was taken over, one level above, and lets the workflows concerned look again.
-- +goose StatementBegin
CREATE FUNCTION mark_input(task bigint, duty bigint, round bigint, recipient bigint, why text, at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	above record;
	was bigint;
	is_now bigint;
BEGIN
	FOR above IN SELECT c.*, s.consolidation_id, s.rounds, s.submissions[array_position(s.inputs, mark_input.task)] AS counted
		FROM consolidators_of(duty, round, recipient) c LEFT JOIN consolidation_states s ON s.task_id = c.task_id ORDER BY c.task_id
	LOOP
		IF above.consolidation_id IS NOT NULL OR NOT above.settled THEN
			INSERT INTO outbox (workflow, kind, created_at)
			VALUES ('consolidation:' || above.round_id || ':' || above.agency_id, why, at);
		END IF;
		CONTINUE WHEN above.consolidation_id IS NULL;
		was := above.counted;
		is_now := CASE WHEN recipient IS DISTINCT FROM (SELECT t.recipient_id FROM tasks t WHERE t.id = mark_input.task) THEN NULL
			ELSE counted_submission(mark_input.task, above.sent) END;
		IF was IS DISTINCT FROM is_now AND (was IS NOT NULL OR round = ANY (above.rounds)) THEN
			INSERT INTO consolidation_marks (task_id, input_id, reason, old_submission_id, new_submission_id, marked_at)
			VALUES (above.task_id, mark_input.task, 'version', was, is_now, at)
			ON CONFLICT ON CONSTRAINT consolidation_marks_pkey DO UPDATE SET old_submission_id = was, new_submission_id = is_now, marked_at = at, taken_at = NULL;
		ELSE
			DELETE FROM consolidation_marks m WHERE m.task_id = above.task_id AND m.input_id = mark_input.task AND m.reason = 'version';
		END IF;
		IF why = 'task.redacted' AND was IS NOT NULL THEN
			INSERT INTO consolidation_marks (task_id, input_id, reason, old_submission_id, new_submission_id, marked_at)
			VALUES (above.task_id, mark_input.task, 'redacted', was, was, at)
			ON CONFLICT ON CONSTRAINT consolidation_marks_pkey DO UPDATE SET marked_at = at, taken_at = NULL;
		END IF;
		PERFORM mark_above(above.task_id, at);
	END LOOP;
END
$$;
-- +goose StatementEnd

-- A result changes. The trigger has no clock: the instant is the newest that the
-- task's own rows bear, which is that of the change or of the act before it.
-- +goose StatementBegin
CREATE FUNCTION tasks_mark_consolidations() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	summed boolean := EXISTS (SELECT 1 FROM duties d JOIN duties u ON u.plan_id = d.plan_id AND jsonb_typeof(u.consolidates) = 'array'
		AND u.consolidates ? d.code WHERE d.id = NEW.duty_id);
	sums boolean := EXISTS (SELECT 1 FROM duties d WHERE d.id = NEW.duty_id AND jsonb_typeof(d.consolidates) = 'array');
	at timestamptz;
	taken timestamptz;
BEGIN
	IF NOT summed AND NOT sums THEN
		RETURN NULL;
	END IF;
	at := GREATEST(NEW.opened_at, NEW.submitted_at, NEW.settled_at, NEW.closed_at, (SELECT max(v.decided_at) FROM reviews v WHERE v.task_id = NEW.id));
	at := COALESCE(at, (SELECT r.opens_at FROM rounds r WHERE r.id = NEW.round_id));
	IF sums THEN
		-- What was taken over before the version that counts now was sent is in it.
		SELECT COALESCE(b.recorded_at, b.submitted_at) INTO taken FROM submissions b WHERE b.id = counted_submission(NEW.id, false);
		DELETE FROM consolidation_marks m WHERE m.task_id = NEW.id AND m.taken_at <= taken;
		IF FOUND THEN
			PERFORM mark_above(NEW.id, at);
		END IF;
		INSERT INTO outbox (workflow, kind, created_at) VALUES ('consolidation:' || NEW.round_id || ':' || NEW.agency_id, 'consolidation.' || NEW.state, at);
	END IF;
	IF summed THEN
		IF OLD.recipient_id IS DISTINCT FROM NEW.recipient_id THEN
			PERFORM mark_input(NEW.id, NEW.duty_id, NEW.round_id, OLD.recipient_id, 'task.moved', at);
		END IF;
		PERFORM mark_input(NEW.id, NEW.duty_id, NEW.round_id, NEW.recipient_id, 'task.' || NEW.state, at);
	END IF;
	RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER tasks_mark_consolidations AFTER UPDATE OF state, recipient_id, agency_id, forwarded ON tasks
	FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state OR OLD.recipient_id IS DISTINCT FROM NEW.recipient_id
		OR OLD.agency_id IS DISTINCT FROM NEW.agency_id OR OLD.forwarded IS DISTINCT FROM NEW.forwarded)
	EXECUTE FUNCTION tasks_mark_consolidations();

-- A correction takes the place of the version in force.
-- +goose StatementBegin
CREATE FUNCTION corrections_mark_consolidations() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	t record;
	taken timestamptz;
BEGIN
	SELECT x.id, x.duty_id, x.round_id, x.recipient_id, COALESCE(b.recorded_at, b.submitted_at) AS sent_at INTO t
	FROM tasks x JOIN submissions b ON b.id = NEW.submission_id WHERE x.id = NEW.task_id;
	DELETE FROM consolidation_marks m WHERE m.task_id = t.id AND m.taken_at <= t.sent_at;
	IF FOUND THEN
		PERFORM mark_above(t.id, NEW.decided_at);
	END IF;
	PERFORM mark_input(t.id, t.duty_id, t.round_id, t.recipient_id, 'task.corrected', NEW.decided_at);
	RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER corrections_mark_consolidations AFTER INSERT OR UPDATE OF outcome ON corrections
	FOR EACH ROW WHEN (NEW.outcome = 'accepted') EXECUTE FUNCTION corrections_mark_consolidations();

-- What is taken out of a version takes its part of the sum with it.
-- +goose StatementBegin
CREATE FUNCTION submissions_mark_consolidations() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	t record;
BEGIN
	SELECT x.id, x.duty_id, x.round_id, x.recipient_id INTO t FROM tasks x WHERE x.id = NEW.task_id;
	PERFORM mark_input(t.id, t.duty_id, t.round_id, t.recipient_id, 'task.redacted', NEW.submitted_at);
	RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER submissions_mark_consolidations AFTER UPDATE OF figures ON submissions
	FOR EACH ROW WHEN (OLD.figures IS DISTINCT FROM NEW.figures) EXECUTE FUNCTION submissions_mark_consolidations();

-- What was taken over before this was kept.
INSERT INTO consolidation_states (task_id, consolidation_id, rounds, inputs, submissions)
SELECT c.task_id, c.id, COALESCE((SELECT array_agg(DISTINCT t.round_id) FROM tasks t WHERE t.id = ANY (s.inputs)), '{}'), s.inputs, s.submissions
FROM consolidations c CROSS JOIN LATERAL (
	SELECT COALESCE(array_agg((e ->> 'Task')::bigint ORDER BY n), '{}') AS inputs, COALESCE(array_agg((e ->> 'Submission')::bigint ORDER BY n), '{}') AS submissions
	FROM jsonb_array_elements(c.sources) WITH ORDINALITY AS x (e, n)
) s
WHERE c.id = (SELECT max(n.id) FROM consolidations n WHERE n.task_id = c.task_id);

-- +goose Down
DROP TRIGGER submissions_mark_consolidations ON submissions;
DROP TRIGGER corrections_mark_consolidations ON corrections;
DROP TRIGGER tasks_mark_consolidations ON tasks;
DROP FUNCTION submissions_mark_consolidations(), corrections_mark_consolidations(), tasks_mark_consolidations(),
	mark_input(bigint, bigint, bigint, bigint, text, timestamptz), mark_above(bigint, timestamptz), consolidators_of(bigint, bigint, bigint),
	counted_submission(bigint, boolean);
DROP TABLE submission_missing, consolidation_comments, consolidation_marks, consolidation_states;
ALTER TABLE consolidations DROP COLUMN freshened_at;
ALTER TABLE consolidations ALTER COLUMN sources SET STORAGE EXTENDED, ALTER COLUMN totals SET STORAGE EXTENDED;
DROP INDEX duties_consolidating_idx;
ALTER TABLE duties DROP COLUMN consolidates;
