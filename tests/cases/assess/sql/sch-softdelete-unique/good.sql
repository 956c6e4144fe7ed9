CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, token text UNIQUE, deleted_at timestamptz);
CREATE UNIQUE INDEX users_email ON users (email) WHERE deleted_at IS NULL;
