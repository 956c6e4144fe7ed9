CREATE TABLE payments (order_no text NOT NULL, amount numeric(12,2) NOT NULL);
CREATE TABLE aliases (alias text NOT NULL UNIQUE, target text NOT NULL);
