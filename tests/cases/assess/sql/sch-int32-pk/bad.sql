CREATE TABLE events (id serial PRIMARY KEY, body jsonb);
CREATE TABLE messages (id integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY, body text);
CREATE TABLE countries (id serial PRIMARY KEY, name text);
