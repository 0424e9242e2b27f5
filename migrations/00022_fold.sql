-- +goose Up
-- What people search in: without accents, đ as d, in small letters. Decomposed
-- first, so that both ways of writing an accented letter fold to the same.
-- +goose StatementBegin
CREATE FUNCTION fold(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
	SELECT replace(regexp_replace(normalize(lower($1), NFD), '[\u0300-\u036f]', '', 'g'), 'đ', 'd')
$$;
-- +goose StatementEnd

-- +goose Down
DROP FUNCTION fold(text);
