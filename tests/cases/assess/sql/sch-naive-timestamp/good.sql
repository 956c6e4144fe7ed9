CREATE TABLE visits (id bigint PRIMARY KEY, began timestamptz NOT NULL, day date);
