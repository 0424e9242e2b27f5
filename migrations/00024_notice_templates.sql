-- Words of notices that an administrator has put in place of the standard ones.

-- +goose Up
CREATE TABLE notice_templates (
	id          bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT notice_templates_pkey PRIMARY KEY,
	kind        text NOT NULL CONSTRAINT notice_templates_kind CHECK (kind <> ''),
	language    text NOT NULL CONSTRAINT notice_templates_language CHECK (language IN ('vi', 'en')),
	-- False: the standard words were restored. The row stays for its version, so that
	-- words read before are never saved over what happened since.
	own         boolean NOT NULL,
	subject     text NOT NULL,
	subject_one text NOT NULL,
	lead        text NOT NULL,
	closing     text NOT NULL,
	version     integer NOT NULL DEFAULT 1,
	changed_at  timestamptz NOT NULL,
	changed_by  bigint NOT NULL REFERENCES users,
	CONSTRAINT notice_templates_kind_language_key UNIQUE (kind, language),
	CONSTRAINT notice_templates_words CHECK (CASE WHEN own THEN subject <> '' AND lead <> ''
		ELSE subject = '' AND subject_one = '' AND lead = '' AND closing = '' END)
);

-- +goose Down
DROP TABLE notice_templates;
