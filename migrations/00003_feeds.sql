-- +goose Up
-- A calendar feed is an address under which a person's calendar program fetches
-- due times without signing in. The token is 32 random bytes; only its SHA-256
-- is kept. All instants are wall.
CREATE TABLE calendar_feeds (
	id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	user_id      bigint NOT NULL REFERENCES users,
	scope        text NOT NULL CONSTRAINT calendar_feeds_scope CHECK (scope IN ('person', 'agency', 'plan')),
	agency_id    bigint CONSTRAINT calendar_feeds_agency_fkey REFERENCES agencies,
	plan_id      bigint CONSTRAINT calendar_feeds_plan_fkey REFERENCES plans,
	token_hash   bytea NOT NULL CONSTRAINT calendar_feeds_token_key UNIQUE,
	created_at   timestamptz NOT NULL,
	-- Written at most once an hour.
	last_used_at timestamptz,
	revoked_at   timestamptz,
	CONSTRAINT calendar_feeds_of_agency CHECK ((scope = 'agency') = (agency_id IS NOT NULL)),
	CONSTRAINT calendar_feeds_of_plan CHECK ((scope = 'plan') = (plan_id IS NOT NULL))
);
CREATE INDEX calendar_feeds_user_idx ON calendar_feeds (user_id) WHERE revoked_at IS NULL;

-- +goose Down
DROP TABLE calendar_feeds;
