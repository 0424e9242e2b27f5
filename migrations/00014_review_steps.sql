-- +goose Up
-- The plan's own ladder for reviewers, beside the document: every submission
-- reads it, and unpacking a whole plan for it would cost more than the submission.
ALTER TABLE plan_versions ADD COLUMN review_steps jsonb
	GENERATED ALWAYS AS (jsonb_path_query_first(document, '$.Policies[*] ? (@.Code == "review").Steps')) STORED;

-- +goose Down
ALTER TABLE plan_versions DROP COLUMN review_steps;
