-- Outlines of units, for a map of late and missing reports.

-- +goose Up
CREATE TABLE outlines (
	agency_id bigint PRIMARY KEY REFERENCES agencies,
	-- Rings of longitudes and latitudes in degrees (WGS 84), simplified for display:
	-- [[[lon, lat], …], …]; what lies in an odd number of rings is inside.
	rings     jsonb NOT NULL,
	-- Where they are from and under which licence, as whoever loaded them wrote it.
	source    text NOT NULL CONSTRAINT outlines_source CHECK (source <> ''),
	loaded_at timestamptz NOT NULL
);

-- +goose Down
DROP TABLE outlines;
