-- Keys of every kind, junctions, self references, references over several columns and to columns that are no key.
create table Country(Code char(2) not null primary key, Name nvarchar(80) not null unique) without rowid;
create table Person(
  PersonId integer primary key autoincrement,
  CountryCode char(2) not null references Country on update cascade on delete restrict,
  BornIn char(2) references Country(Code) on delete set null,
  manager integer references Person(PersonId),
  Email varchar(200) collate nocase,
  constraint uq_email unique (Email)
);
create table Passport(PersonId integer primary key references Person(PersonId) on delete cascade, number text not null);
create table Tag(id integer primary key, label text not null);
create table PersonTag(person_id integer not null references Person(PersonId), tag_id integer not null references Tag(id), since date,
  primary key (person_id, tag_id));
create table Visit(person_id integer not null, tag_id integer not null, day date not null, note text,
  primary key (person_id, tag_id, day),
  constraint fk_person_tag foreign key (person_id, tag_id) references PersonTag(person_id, tag_id) on delete cascade);
create table Nation(id integer primary key, name nvarchar(80) references Country(Name));
create table Nullable(code text primary key, other int, unique (other, code));
insert into Country values ('de', 'Germany');
insert into Nullable values (null, 1);
