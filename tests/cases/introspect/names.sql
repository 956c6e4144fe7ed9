-- Names that the language, YAML, CEL, the wire dialect or SQL would trip over.
create table "order"(id integer primary key, "limit" int not null, "order" int, "Select" text, "true" int, "null" text, "yes" text);
create table user(id integer primary key, email text not null);
create table auth(id integer primary key, "user" int references user(id), user_id int references user(id), "user ref" int references "order"(id));
create table "Order Line"("Order No" integer not null references "order"(id), "line:#1" int not null, "quote""d" text, "it's" text, "{a}" text,
  "ünï" text, "1st" int, primary key ("Order No", "line:#1"));
create table "a.b"(id integer primary key, "order" int references "order"(id));
create table camelCase(camelCaseID integer primary key, HTTPStatus int, camel_case int references camelCase(camelCaseID));
create table pg_thing(id integer primary key);
