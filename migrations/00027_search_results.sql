-- The words of results, with which they are found.

-- +goose Up
-- Kept beside the text: to fold it again at every search would take some seconds
-- for a word that most reports hold. Computed, so that what is taken out of a text
-- can no longer be found either.
ALTER TABLE submissions ADD COLUMN words tsvector GENERATED ALWAYS AS
	(to_tsvector('pg_catalog.simple', regexp_replace(fold(narrative || ' ' || document_number), '[^a-z0-9]+', ' ', 'g'))) STORED;
CREATE INDEX submissions_words_idx ON submissions USING gin (words);

-- +goose Down
ALTER TABLE submissions DROP COLUMN words;
