CREATE TABLE posts (id bigint PRIMARY KEY, author bigint, at timestamptz, slug text);
CREATE INDEX posts_author ON posts (author) WHERE at IS NULL;
CREATE INDEX posts_author_at ON posts (author, at);
CREATE UNIQUE INDEX posts_slug ON posts (slug);
CREATE INDEX posts_slug_like ON posts (slug text_pattern_ops);
CREATE INDEX posts_slug_gin ON posts USING gin (slug gin_trgm_ops);
