-- +goose Up
-- How an agency's documents begin and end, as far as it differs from what
-- follows from its name and place in the tree: null is that. No names of persons.
CREATE TABLE letterheads (
	agency_id    bigint CONSTRAINT letterheads_pkey PRIMARY KEY REFERENCES agencies,
	superior     text,
	name         text CONSTRAINT letterheads_name CHECK (name <> ''),
	abbreviation text CONSTRAINT letterheads_abbreviation CHECK (abbreviation <> ''),
	place        text,
	collective   text,
	signing      text NOT NULL CONSTRAINT letterheads_signing CHECK (signing IN ('head', 'deputy', 'ordered', 'mandate', 'acting')),
	head         text CONSTRAINT letterheads_head CHECK (head <> ''),
	signer       text CONSTRAINT letterheads_signer CHECK (signer <> ''),
	version      integer NOT NULL DEFAULT 1,
	set_at       timestamptz NOT NULL,
	set_by       bigint NOT NULL REFERENCES users
);

-- +goose Down
DROP TABLE letterheads;
