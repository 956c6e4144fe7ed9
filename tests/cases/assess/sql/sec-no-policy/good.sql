CREATE TABLE a (id bigint PRIMARY KEY, x int, y int, z int);
CREATE TABLE b (id bigint PRIMARY KEY, x int, y int, z int);
ALTER TABLE a ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON a USING (x = current_setting('app.x')::int);
