-- Issued documents that are being read into plans, and what their readers taught.

-- +goose Up
CREATE TABLE documents (
	id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	-- Whose plan it will be: a plan authority's agency.
	agency_id  bigint NOT NULL REFERENCES agencies,
	file_name  text NOT NULL,
	-- The document's lines without signature and recipients, and what was read of them as
	-- it stands after the corrections so far.
	lines      jsonb NOT NULL,
	draft      jsonb NOT NULL,
	version    integer NOT NULL DEFAULT 1,
	state      text NOT NULL DEFAULT 'open' CONSTRAINT documents_state CHECK (state IN ('open', 'loaded', 'dropped')),
	plan_id    bigint REFERENCES plans,
	created_by bigint NOT NULL REFERENCES users,
	created_at timestamptz NOT NULL,
	changed_at timestamptz NOT NULL
);
CREATE INDEX documents_open ON documents (agency_id) WHERE state = 'open';

-- Names by which documents call agencies, as a person corrected them: they are known
-- in the next document of the same issuer.
CREATE TABLE learned_names (
	issuer_id  bigint NOT NULL REFERENCES agencies,
	name       text NOT NULL CONSTRAINT learned_names_name CHECK (name <> ''),
	agency_id  bigint NOT NULL REFERENCES agencies,
	learned_by bigint NOT NULL REFERENCES users,
	learned_at timestamptz NOT NULL,
	PRIMARY KEY (issuer_id, name)
);

-- +goose Down
DROP TABLE learned_names;
DROP TABLE documents;
