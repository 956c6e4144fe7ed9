CREATE TABLE events (id bigserial PRIMARY KEY, body jsonb);
CREATE TABLE countries (id serial PRIMARY KEY, name text);
CREATE TABLE notifications (id integer PRIMARY KEY);
