-- +goose Up
-- What was loaded into the working calendars, as it was written, and declared
-- outages of the system. Rows are never changed: of two files that speak of the
-- same days of the same agencies the later one holds.
CREATE TABLE calendar_changes (
	id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	kind        text NOT NULL CONSTRAINT calendar_changes_kind CHECK (kind IN ('days', 'outage')),
	-- Whose days they are: null is the whole country; a territory is the agency
	-- with all below it, otherwise it is the agency alone.
	agency_id   bigint REFERENCES agencies,
	territory   boolean NOT NULL DEFAULT false,
	-- The file of days: its name and its text.
	name        text NOT NULL DEFAULT '',
	source      text NOT NULL DEFAULT '',
	-- The outage: from the first instant to the last, by the business clock.
	from_at     timestamptz,
	to_at       timestamptz,
	reason      text NOT NULL DEFAULT '',
	legal_basis text NOT NULL DEFAULT '',
	applied_at  timestamptz NOT NULL,
	applied_by  bigint REFERENCES users,
	CONSTRAINT calendar_changes_days CHECK (kind <> 'days' OR source <> '' AND from_at IS NULL AND to_at IS NULL),
	CONSTRAINT calendar_changes_outage CHECK (kind <> 'outage'
		OR from_at < to_at AND reason <> '' AND agency_id IS NULL AND source = ''),
	CONSTRAINT calendar_changes_territory CHECK (agency_id IS NOT NULL OR NOT territory)
);

-- Why a step comes when it comes, as the due time's derivation stands with the task.
ALTER TABLE steps ADD COLUMN derivation jsonb NOT NULL DEFAULT '{"notes": []}';

-- +goose Down
ALTER TABLE steps DROP COLUMN derivation;
DROP TABLE calendar_changes;
