CREATE TABLE orders (id bigint PRIMARY KEY, ca int, cb int, cc int, cd int, ce int, cf int, cg int, ch int, ci int, cj int, ck int);
CREATE INDEX ica ON orders (ca);
CREATE INDEX icb ON orders (cb);
CREATE INDEX icc ON orders (cc);
CREATE INDEX icd ON orders (cd);
CREATE INDEX ice ON orders (ce);
