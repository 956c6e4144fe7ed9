CREATE FUNCTION promote(who bigint) RETURNS void LANGUAGE sql SECURITY DEFINER AS 'UPDATE users SET admin = true WHERE id = who';
