-- +goose Up
-- Files beside results: what they are stands here, their bytes in the folder of
-- files under their SHA-256.
CREATE TABLE attachments (
	id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	task_id     bigint NOT NULL REFERENCES tasks,
	-- Put there to record a result for the agency, not by the agency.
	from_reviewer boolean NOT NULL,
	name        text NOT NULL CONSTRAINT attachments_name_present CHECK (name <> ''),
	media_type  text NOT NULL,
	size        bigint NOT NULL CONSTRAINT attachments_size CHECK (size > 0),
	sha256      bytea NOT NULL CONSTRAINT attachments_sha256_length CHECK (length(sha256) = 32),
	-- Somebody declared that it holds no list of persons and no state secret.
	declared    boolean NOT NULL,
	uploaded_at timestamptz NOT NULL,
	uploaded_by bigint NOT NULL REFERENCES users,
	-- Taken out: the row stays with its sum, name and bytes are gone.
	redacted_at timestamptz
);
CREATE INDEX attachments_task_idx ON attachments (task_id);
CREATE INDEX attachments_sha256_idx ON attachments (sha256);

CREATE TABLE submission_attachments (
	submission_id bigint NOT NULL REFERENCES submissions,
	attachment_id bigint NOT NULL REFERENCES attachments,
	position      integer NOT NULL,
	CONSTRAINT submission_attachments_pkey PRIMARY KEY (submission_id, attachment_id)
);
CREATE INDEX submission_attachments_attachment_idx ON submission_attachments (attachment_id);

CREATE TABLE preparation_attachments (
	preparation_id bigint NOT NULL REFERENCES preparations,
	attachment_id  bigint NOT NULL REFERENCES attachments,
	position       integer NOT NULL,
	CONSTRAINT preparation_attachments_pkey PRIMARY KEY (preparation_id, attachment_id)
);
CREATE INDEX preparation_attachments_attachment_idx ON preparation_attachments (attachment_id);

-- What was taken out of a submission, and why; never what it said.
CREATE TABLE redactions (
	id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	task_id       bigint NOT NULL REFERENCES tasks,
	submission_id bigint NOT NULL REFERENCES submissions,
	field         text NOT NULL DEFAULT '',
	attachment_id bigint REFERENCES attachments,
	reason        text NOT NULL CONSTRAINT redactions_reason_present CHECK (reason <> ''),
	-- Texts and files from which it was taken.
	places        integer NOT NULL,
	redacted_at   timestamptz NOT NULL,
	redacted_by   bigint NOT NULL REFERENCES users
);
CREATE INDEX redactions_submission_idx ON redactions (submission_id);
CREATE INDEX redactions_task_idx ON redactions (task_id);

-- +goose Down
DROP TABLE redactions, preparation_attachments, submission_attachments, attachments;
