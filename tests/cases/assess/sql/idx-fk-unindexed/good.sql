CREATE TABLE orders (id bigint PRIMARY KEY, status_id int REFERENCES order_statuses);
CREATE TABLE order_statuses (id int PRIMARY KEY, name text);
CREATE TABLE order_items (order_id bigint REFERENCES orders ON DELETE CASCADE, line int, note_id bigint REFERENCES notes, PRIMARY KEY (order_id, line));
CREATE TABLE notes (id bigint PRIMARY KEY);
CREATE INDEX order_items_note ON order_items (note_id) WHERE note_id IS NOT NULL;

-- The indexes of a partitioned table may stand in its partitions.
CREATE TABLE sensor (id bigint PRIMARY KEY, model text, place text, height numeric, made_at date, owner_note text);
CREATE TABLE reading (sensor_id bigint NOT NULL REFERENCES sensor ON DELETE CASCADE, taken_at timestamptz NOT NULL) PARTITION BY RANGE (taken_at);
CREATE TABLE reading_2026 PARTITION OF reading FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE INDEX reading_2026_sensor ON reading_2026 (sensor_id);
