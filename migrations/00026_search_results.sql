-- +goose Up
-- Results and requests are searched by whole words, folded as in 00022: of a
-- million results only those that hold the words are read.
CREATE INDEX submissions_words_idx ON submissions USING gin (to_tsvector('simple', fold(narrative)));
CREATE INDEX requests_words_idx ON requests USING gin (to_tsvector('simple', fold(text)));

-- +goose Down
DROP INDEX submissions_words_idx, requests_words_idx;
