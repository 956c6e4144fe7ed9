CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE a (id bigint PRIMARY KEY, user_id bigint REFERENCES users ON DELETE CASCADE);
CREATE TABLE b (id bigint PRIMARY KEY, user_id bigint REFERENCES users ON DELETE CASCADE);
CREATE TABLE c (id bigint PRIMARY KEY, user_id bigint REFERENCES users ON DELETE SET NULL);
CREATE TABLE d (id bigint PRIMARY KEY, user_id bigint REFERENCES users);
