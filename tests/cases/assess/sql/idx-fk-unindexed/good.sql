CREATE TABLE orders (id bigint PRIMARY KEY, status_id int REFERENCES order_statuses);
CREATE TABLE order_statuses (id int PRIMARY KEY, name text);
CREATE TABLE order_items (order_id bigint REFERENCES orders ON DELETE CASCADE, line int, note_id bigint REFERENCES notes, PRIMARY KEY (order_id, line));
CREATE TABLE notes (id bigint PRIMARY KEY);
CREATE INDEX order_items_note ON order_items (note_id) WHERE note_id IS NOT NULL;
