CREATE TABLE notes (id bigint PRIMARY KEY, body text, owner uuid);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY readers ON notes FOR SELECT USING (true);
CREATE POLICY writers ON notes FOR INSERT WITH CHECK (owner = auth.uid());
CREATE POLICY jobs ON notes TO service_role USING (true);
