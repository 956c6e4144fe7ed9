CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE payments (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id) ON DELETE RESTRICT);
CREATE TABLE invoices (id bigint PRIMARY KEY);
CREATE TABLE invoice_lines (id bigint PRIMARY KEY, invoice_id bigint REFERENCES invoices ON DELETE CASCADE);
