CREATE TABLE posts (id bigint PRIMARY KEY, author bigint, at timestamptz, slug text CONSTRAINT posts_slug_key UNIQUE);
CREATE INDEX posts_author ON posts (author);
CREATE INDEX posts_author_at ON posts (author, at);
CREATE INDEX posts_slug ON posts (slug);
