-- +goose Up
-- What people search in: without accents, đ as d, in small letters. Decomposed
-- first, so that both ways of writing an accented letter fold to the same; what is
-- left to lower() are plain letters, which every locale knows.
-- +goose StatementBegin
CREATE FUNCTION fold(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
	SELECT lower(translate(regexp_replace(normalize($1, NFD), '[\u0300-\u036f]', '', 'g'), 'Đđ', 'dd'))
$$;
-- +goose StatementEnd

-- +goose Down
DROP FUNCTION fold(text);
