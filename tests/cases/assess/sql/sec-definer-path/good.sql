CREATE FUNCTION promote(who bigint) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
  AS 'UPDATE app.users SET admin = true WHERE id = who';
CREATE FUNCTION plain() RETURNS int LANGUAGE sql AS 'SELECT 1';
