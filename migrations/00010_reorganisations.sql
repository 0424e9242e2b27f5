-- +goose Up
-- Acts on agencies (merged, divided, renamed, moved, dissolved …) come in files
-- that name their legal basis and the day they take effect. A file is kept as it
-- was written; one for a day to come is recorded and applied when its day begins.
CREATE TABLE reorganisations (
	id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	code         text NOT NULL,
	title        text NOT NULL DEFAULT '',
	legal_basis  text NOT NULL CONSTRAINT reorganisations_basis CHECK (legal_basis <> ''),
	effective_on date NOT NULL,
	source       text NOT NULL,
	state        text NOT NULL CONSTRAINT reorganisations_state CHECK (state IN ('recorded', 'applied', 'failed', 'withdrawn')),
	recorded_at  timestamptz NOT NULL,
	recorded_by  bigint REFERENCES users,
	applied_at   timestamptz,
	-- Why it could not be applied on its day, in Vietnamese and English.
	failure_vi   text NOT NULL DEFAULT '',
	failure_en   text NOT NULL DEFAULT '',
	CONSTRAINT reorganisations_applied CHECK ((state = 'applied') = (applied_at IS NOT NULL))
);
CREATE UNIQUE INDEX reorganisations_code_key ON reorganisations (code) WHERE state IN ('recorded', 'applied');
CREATE INDEX reorganisations_waiting_idx ON reorganisations (effective_on) WHERE state = 'recorded';

-- Of several successors one is the main one: it takes over what is open.
ALTER TABLE agency_successions
	ADD COLUMN main boolean NOT NULL DEFAULT true,
	ADD COLUMN reorganisation_id bigint CONSTRAINT agency_successions_reorganisation_fkey REFERENCES reorganisations;
CREATE UNIQUE INDEX agency_successions_main_key ON agency_successions (predecessor_id) WHERE main;
CREATE INDEX agency_successions_successor_idx ON agency_successions (successor_id);

-- Where a function went elsewhere: who takes over one duty.
CREATE TABLE duty_successions (
	predecessor_id    bigint NOT NULL REFERENCES agencies,
	duty_id           bigint NOT NULL REFERENCES duties,
	successor_id      bigint NOT NULL REFERENCES agencies,
	reorganisation_id bigint NOT NULL REFERENCES reorganisations,
	CONSTRAINT duty_successions_pkey PRIMARY KEY (predecessor_id, duty_id)
);

-- What an agency was before an act changed it, so that history stays readable.
CREATE TABLE agency_changes (
	id                bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	reorganisation_id bigint NOT NULL REFERENCES reorganisations,
	agency_id         bigint NOT NULL REFERENCES agencies,
	kind              text NOT NULL CONSTRAINT agency_changes_kind CHECK (kind IN
		('founded', 'merged', 'divided', 'dissolved', 'renamed', 'reclassified', 'moved')),
	effective_on      date NOT NULL,
	legal_basis       text NOT NULL,
	name_before       text NOT NULL DEFAULT '',
	level_before      text NOT NULL DEFAULT '',
	parent_before_id  bigint REFERENCES agencies
);
CREATE INDEX agency_changes_agency_idx ON agency_changes (agency_id, id);

-- What became of an unsettled task: it moved to the successor, or it was
-- cancelled because the successor owes the same thing already.
CREATE TABLE task_successions (
	id                bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	reorganisation_id bigint NOT NULL REFERENCES reorganisations,
	task_id           bigint NOT NULL REFERENCES tasks,
	from_agency_id    bigint NOT NULL REFERENCES agencies,
	to_agency_id      bigint REFERENCES agencies,
	outcome           text NOT NULL CONSTRAINT task_successions_outcome CHECK (outcome IN ('moved', 'cancelled')),
	-- The task that stands for the cancelled one; null where nobody took it over.
	into_task_id      bigint REFERENCES tasks,
	CONSTRAINT task_successions_key UNIQUE (task_id, reorganisation_id),
	CONSTRAINT task_successions_moved CHECK (outcome <> 'moved' OR to_agency_id IS NOT NULL AND into_task_id IS NULL)
);
CREATE INDEX task_successions_into_idx ON task_successions (into_task_id) WHERE into_task_id IS NOT NULL;

-- A person's decision on how an old unit's cumulative figures count for its
-- successors. The last one of a plan, agency and indicator stands; rows are never changed.
CREATE TABLE apportionments (
	id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	plan_id        bigint NOT NULL REFERENCES plans,
	predecessor_id bigint NOT NULL REFERENCES agencies,
	-- Empty: all indicators that have no apportionment of their own.
	indicator      text NOT NULL DEFAULT '',
	reason         text NOT NULL CONSTRAINT apportionments_reason CHECK (reason <> ''),
	decided_at     timestamptz NOT NULL,
	decided_by     bigint NOT NULL REFERENCES users
);
CREATE INDEX apportionments_plan_idx ON apportionments (plan_id, predecessor_id, indicator, id);
CREATE TABLE apportionment_shares (
	apportionment_id bigint NOT NULL REFERENCES apportionments,
	successor_id     bigint NOT NULL REFERENCES agencies,
	percent          numeric(7, 4) NOT NULL CONSTRAINT apportionment_shares_percent CHECK (percent > 0 AND percent <= 100),
	CONSTRAINT apportionment_shares_pkey PRIMARY KEY (apportionment_id, successor_id)
);

-- +goose StatementBegin
-- Who takes over a duty from an agency: null where nobody does, or where it did not end.
CREATE FUNCTION agency_heir(agency bigint, duty bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
	SELECT COALESCE(
		(SELECT successor_id FROM duty_successions WHERE predecessor_id = agency AND duty_id = duty),
		(SELECT successor_id FROM agency_successions WHERE predecessor_id = agency AND main))
$$;
-- +goose StatementEnd

-- +goose Down
DROP FUNCTION agency_heir(bigint, bigint);
DROP TABLE apportionment_shares, apportionments, task_successions, agency_changes, duty_successions;
DROP INDEX agency_successions_successor_idx, agency_successions_main_key;
ALTER TABLE agency_successions DROP COLUMN reorganisation_id, DROP COLUMN main;
DROP TABLE reorganisations;
