CREATE TABLE staff (id bigint PRIMARY KEY, password text, password_hash varchar(32));
CREATE TABLE gateways (id bigint PRIMARY KEY, api_key_digest text, encrypted_client_secret text, api_key bytea);
