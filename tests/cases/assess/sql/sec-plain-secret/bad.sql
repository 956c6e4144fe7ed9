CREATE TABLE staff (id bigint PRIMARY KEY, password character varying(40));
CREATE TABLE gateways (id bigint PRIMARY KEY, api_key text, client_secret varchar(255));
