CREATE TABLE visits (id bigint PRIMARY KEY, began timestamp NOT NULL, ended timestamptz);
CREATE TABLE stays (id bigint PRIMARY KEY, left_at timestamp(3) without time zone);
