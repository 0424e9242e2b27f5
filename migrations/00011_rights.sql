-- +goose Up
-- An auditor's post alone opens nothing. A decision (quyết định kiểm tra) opens
-- plans to an auditor from a day to a day, both included, in the accounts' zone.
CREATE TABLE audit_mandates (
	id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	user_id         bigint NOT NULL REFERENCES users,
	decision_number text NOT NULL CONSTRAINT audit_mandates_number CHECK (decision_number <> ''),
	decided_on      date NOT NULL,
	-- Who issued the decision; it need not be an agency of the tree.
	issued_by       text NOT NULL CONSTRAINT audit_mandates_issued_by CHECK (issued_by <> ''),
	from_on         date NOT NULL,
	to_on           date NOT NULL,
	opened_by       bigint NOT NULL REFERENCES users,
	opened_at       timestamptz NOT NULL, -- business
	revoked_by      bigint REFERENCES users,
	revoked_at      timestamptz, -- business
	CONSTRAINT audit_mandates_span CHECK (from_on <= to_on),
	CONSTRAINT audit_mandates_revoked CHECK ((revoked_by IS NULL) = (revoked_at IS NULL))
);
CREATE INDEX audit_mandates_user_idx ON audit_mandates (user_id) WHERE revoked_at IS NULL;

CREATE TABLE audit_mandate_plans (
	mandate_id bigint NOT NULL CONSTRAINT audit_mandate_plans_mandate_fkey REFERENCES audit_mandates,
	plan_id    bigint NOT NULL CONSTRAINT audit_mandate_plans_plan_fkey REFERENCES plans,
	CONSTRAINT audit_mandate_plans_pkey PRIMARY KEY (mandate_id, plan_id)
);
CREATE INDEX audit_mandate_plans_plan_idx ON audit_mandate_plans (plan_id);

-- A session's number lets its owner name it; where it came from lets them know it.
ALTER TABLE sessions
	ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT sessions_id_key UNIQUE,
	ADD COLUMN address text NOT NULL DEFAULT '',
	ADD COLUMN agent text NOT NULL DEFAULT '';

-- Tokens of programs: "ddt_" and 32 random bytes; only their SHA-256 is kept,
-- and the first characters, so that the owner knows which is which. All instants are wall.
CREATE TABLE api_tokens (
	id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	user_id      bigint NOT NULL REFERENCES users,
	name         text NOT NULL CONSTRAINT api_tokens_name CHECK (name <> ''),
	prefix       text NOT NULL,
	token_hash   bytea NOT NULL CONSTRAINT api_tokens_token_key UNIQUE,
	scopes       text[] NOT NULL CONSTRAINT api_tokens_scopes CHECK (cardinality(scopes) > 0),
	created_at   timestamptz NOT NULL,
	expires_at   timestamptz NOT NULL,
	-- Written at most once a minute.
	last_used_at timestamptz,
	revoked_at   timestamptz,
	CONSTRAINT api_tokens_life CHECK (expires_at > created_at)
);
CREATE INDEX api_tokens_user_idx ON api_tokens (user_id) WHERE revoked_at IS NULL;

-- Time-based codes (RFC 6238). The secret is sealed with a key outside of the
-- database. Until it is confirmed with a code it counts for nothing.
CREATE TABLE second_factors (
	user_id      bigint PRIMARY KEY REFERENCES users,
	secret       bytea NOT NULL,
	created_at   timestamptz NOT NULL,
	confirmed_at timestamptz,
	-- The time step of the last code that was taken: no code counts twice.
	last_step    bigint NOT NULL DEFAULT 0
);

CREATE TABLE recovery_codes (
	user_id   bigint NOT NULL CONSTRAINT recovery_codes_factor_fkey REFERENCES second_factors ON DELETE CASCADE,
	code_hash bytea NOT NULL,
	used_at   timestamptz,
	CONSTRAINT recovery_codes_pkey PRIMARY KEY (user_id, code_hash)
);

-- Between the right password and the right code. All instants are wall.
CREATE TABLE sign_in_challenges (
	token_hash    bytea PRIMARY KEY,
	user_id       bigint NOT NULL REFERENCES users,
	-- A password that changes meanwhile ends the challenge.
	password_hash text NOT NULL,
	created_at    timestamptz NOT NULL,
	expires_at    timestamptz NOT NULL,
	tries         integer NOT NULL DEFAULT 0,
	used_at       timestamptz
);
CREATE INDEX sign_in_challenges_user_idx ON sign_in_challenges (user_id);

-- What a program does with a token of a person bears the token's number in the
-- trail. The store names the token for the length of a transaction; where it
-- names none, which is always but then, the trigger costs a comparison.
-- +goose StatementBegin
CREATE FUNCTION audit_name_token() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NEW.actor_id IS NOT NULL THEN
		NEW.after := COALESCE(NEW.after, '{}'::jsonb) || jsonb_build_object('api_token', current_setting('dondoc.api_token')::bigint);
	END IF;
	RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER audit_name_token BEFORE INSERT ON audit
	FOR EACH ROW WHEN (current_setting('dondoc.api_token', true) <> '') EXECUTE FUNCTION audit_name_token();

-- +goose Down
DROP TRIGGER audit_name_token ON audit;
DROP FUNCTION audit_name_token();
DROP TABLE sign_in_challenges, recovery_codes, second_factors, api_tokens, audit_mandate_plans, audit_mandates;
ALTER TABLE sessions DROP COLUMN id, DROP COLUMN address, DROP COLUMN agent;
