CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE teams (id bigint PRIMARY KEY, owner bigint REFERENCES users (id));
CREATE TABLE posts (id bigint PRIMARY KEY, user_id bigint NOT NULL, "teamId" integer);
