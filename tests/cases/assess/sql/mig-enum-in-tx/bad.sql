-- file: migrations/0001_base.sql
CREATE TYPE mood AS ENUM ('fine');
CREATE TABLE people (id bigint PRIMARY KEY, mood mood);
-- file: migrations/0002_mood.sql
BEGIN;
ALTER TYPE mood ADD VALUE 'great';
UPDATE people SET mood = 'great' WHERE id = 1;
COMMIT;
