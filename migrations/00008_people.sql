-- +goose Up
-- Substitutes, handed over tasks, what people want by mail, and the second name in the trail.

-- "Người thay thế": while it runs, the substitute holds the post too. Rows are
-- kept; what was revoked ended early.
CREATE TABLE substitutions (
	id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	user_id       bigint NOT NULL REFERENCES users,
	substitute_id bigint NOT NULL REFERENCES users,
	-- The post that is stood in for: a post of one's own, never one held for another.
	membership_id bigint NOT NULL REFERENCES memberships,
	-- Both days included, in the zone of accounts.
	from_on       date NOT NULL,
	to_on         date NOT NULL,
	reason        text NOT NULL DEFAULT '',
	named_by      bigint NOT NULL REFERENCES users,
	named_at      timestamptz NOT NULL,
	revoked_at    timestamptz,
	-- Null with revoked_at set: the system, because the post ended.
	revoked_by    bigint REFERENCES users,
	CONSTRAINT substitutions_span CHECK (from_on <= to_on),
	CONSTRAINT substitutions_other CHECK (user_id <> substitute_id)
);
CREATE INDEX substitutions_user_idx ON substitutions (user_id);
CREATE INDEX substitutions_substitute_idx ON substitutions (substitute_id);
CREATE INDEX substitutions_membership_idx ON substitutions (membership_id);

-- The substitute's post is a membership like any other, so that whatever asks
-- who holds a post finds it; this column says for whom it is held.
ALTER TABLE memberships ADD COLUMN substitution_id bigint CONSTRAINT memberships_substitution_fkey REFERENCES substitutions;
CREATE UNIQUE INDEX memberships_substitution_key ON memberships (substitution_id) WHERE substitution_id IS NOT NULL;

-- +goose StatementBegin
-- A post that ends takes its substitutes along, whoever ends it.
CREATE FUNCTION memberships_end_substitutes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM memberships m USING substitutions s
	WHERE m.substitution_id = s.id AND s.membership_id = NEW.id AND m.valid_from_on > NEW.valid_to_on;
	UPDATE memberships m SET valid_to_on = NEW.valid_to_on FROM substitutions s
	WHERE m.substitution_id = s.id AND s.membership_id = NEW.id AND m.valid_to_on > NEW.valid_to_on;
	RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER memberships_end_substitutes AFTER UPDATE OF valid_to_on ON memberships
	FOR EACH ROW WHEN (NEW.substitution_id IS NULL AND NEW.valid_to_on < OLD.valid_to_on) EXECUTE FUNCTION memberships_end_substitutes();

-- In which of several posts a session acts; null: in all of them. Which row it
-- was is of no interest once it is gone.
ALTER TABLE sessions ADD COLUMN acting_membership_id bigint
	CONSTRAINT sessions_acting_fkey REFERENCES memberships ON DELETE SET NULL;
CREATE INDEX sessions_acting_idx ON sessions (acting_membership_id) WHERE acting_membership_id IS NOT NULL;

-- For whom the actor stood in. The transaction says it once, and every row that
-- it leaves bears it, whichever statement writes the row.
ALTER TABLE audit ADD COLUMN stood_in_for bigint CONSTRAINT audit_stood_in_for_fkey REFERENCES users;
ALTER TABLE audit ALTER COLUMN stood_in_for SET DEFAULT NULLIF(current_setting('dondoc.stood_in_for', true), '')::bigint;
-- The same where pages show who wrote something.
ALTER TABLE submissions ADD COLUMN stood_in_for bigint CONSTRAINT submissions_stood_in_for_fkey REFERENCES users;
ALTER TABLE submissions ALTER COLUMN stood_in_for SET DEFAULT NULLIF(current_setting('dondoc.stood_in_for', true), '')::bigint;
ALTER TABLE request_events ADD COLUMN stood_in_for bigint CONSTRAINT request_events_stood_in_for_fkey REFERENCES users;
ALTER TABLE request_events ALTER COLUMN stood_in_for SET DEFAULT NULLIF(current_setting('dondoc.stood_in_for', true), '')::bigint;

-- "Giao xử lý thay": one task of an agency in the hands of one of its people.
CREATE TABLE handovers (
	id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	task_id    bigint NOT NULL REFERENCES tasks,
	user_id    bigint NOT NULL REFERENCES users,
	reason     text NOT NULL CONSTRAINT handovers_reason_present CHECK (reason <> ''),
	handed_at  timestamptz NOT NULL,
	handed_by  bigint NOT NULL REFERENCES users,
	ended_at   timestamptz,
	ended_by   bigint REFERENCES users,
	end_reason text NOT NULL DEFAULT '',
	CONSTRAINT handovers_ended CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);
CREATE UNIQUE INDEX handovers_running_key ON handovers (task_id) WHERE ended_at IS NULL;
CREATE INDEX handovers_task_idx ON handovers (task_id);
CREATE INDEX handovers_user_idx ON handovers (user_id) WHERE ended_at IS NULL;

-- What a person wants by mail. No row: everything, at once.
CREATE TABLE user_preferences (
	user_id    bigint PRIMARY KEY REFERENCES users,
	-- Wall times in the zone of accounts; from > to goes over midnight.
	quiet_from time,
	quiet_to   time,
	-- Groups of notices that stay inside the system: notice.Groups.
	muted      text[] NOT NULL DEFAULT '{}',
	version    integer NOT NULL DEFAULT 1,
	CONSTRAINT user_preferences_quiet CHECK ((quiet_from IS NULL) = (quiet_to IS NULL) AND quiet_from <> quiet_to)
);

-- +goose StatementBegin
-- The end of the quiet time that an instant lies in; null: it lies in none.
CREATE FUNCTION quiet_until(at timestamptz, zone text, quiet_from time, quiet_to time) RETURNS timestamptz LANGUAGE sql STABLE AS $$
	SELECT CASE
		WHEN quiet_from < quiet_to AND clock >= quiet_from AND clock < quiet_to THEN (day + quiet_to) AT TIME ZONE zone
		WHEN quiet_from > quiet_to AND clock >= quiet_from THEN (day + 1 + quiet_to) AT TIME ZONE zone
		WHEN quiet_from > quiet_to AND clock < quiet_to THEN (day + quiet_to) AT TIME ZONE zone
	END
	FROM (SELECT (at AT TIME ZONE zone)::date AS day, (at AT TIME ZONE zone)::time AS clock) AS l
$$;
-- +goose StatementEnd

-- +goose Down
DROP FUNCTION quiet_until(timestamptz, text, time, time);
DROP TABLE user_preferences, handovers;
ALTER TABLE audit DROP COLUMN stood_in_for;
ALTER TABLE submissions DROP COLUMN stood_in_for;
ALTER TABLE request_events DROP COLUMN stood_in_for;
ALTER TABLE sessions DROP COLUMN acting_membership_id;
DROP TRIGGER memberships_end_substitutes ON memberships;
DROP FUNCTION memberships_end_substitutes();
DELETE FROM memberships WHERE substitution_id IS NOT NULL;
ALTER TABLE memberships DROP COLUMN substitution_id;
DROP TABLE substitutions;
