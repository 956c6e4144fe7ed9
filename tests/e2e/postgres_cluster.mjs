// A private PostgreSQL cluster under /tmp on a free port, for as long as one test file runs.
import { spawnSync } from 'node:child_process';
import { accessSync, chownSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

const binaries = '/usr/lib/postgresql/15/bin';
const asRoot = process.getuid() === 0;
export const password = 'pa55-of-the-test';

/// Why there can be no cluster here, or nothing.
export function missing() {
  if (process.env.KINGPOST_TEST_POSTGRES === 'skip') return 'KINGPOST_TEST_POSTGRES=skip';
  try { accessSync(join(binaries, 'postgres'), constants.X_OK); } catch { return 'PostgreSQL 15 is not installed'; }
  if (asRoot && spawnSync('id', ['postgres']).status !== 0) return 'there is no user postgres';
  return undefined;
}

function run(program, args, input) {
  const words = [join(binaries, program), ...args];
  const [command, ...rest] = asRoot ? ['runuser', '-u', 'postgres', '--', ...words] : words;
  const done = spawnSync(command, rest, { encoding: 'utf8', cwd: '/', input, stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'] });
  if (done.status !== 0) throw new Error(`${program}: ${done.stderr}${done.stdout}`);
  return done.stdout;
}

function freePort() {
  return new Promise((accept) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => { const { port } = server.address(); server.close(() => accept(port)); });
  });
}

/// Starts it; `url(name)` makes a database and answers its URL, stop() and start() take it down and up, remove() ends it.
export async function cluster() {
  const directory = mkdtempSync('/tmp/kingpost-e2e-pg-');
  if (asRoot) {
    const [uid, gid] = ['-u', '-g'].map((flag) => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout));
    chownSync(directory, uid, gid);
  }
  const data = join(directory, 'data');
  const port = await freePort();
  run('initdb', ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync', '--no-instructions']);
  const settings = `-k ${directory} -h 127.0.0.1 -p ${port} -c fsync=off -c max_connections=50 -c shared_buffers=16MB -c jit=off`;
  const start = () => run('pg_ctl', ['-D', data, '-w', '-t', '60', '-l', join(directory, 'server.log'), '-o', settings, 'start']);
  const stop = (mode = 'fast') => run('pg_ctl', ['-D', data, '-w', '-m', mode, 'stop']);
  const sql = (text, database = 'postgres') =>
    run('psql', ['-h', directory, '-p', String(port), '-U', 'postgres', '-X', '-A', '-t', '-q', '-v', 'ON_ERROR_STOP=1', '-d', database], text);
  const address = (name, user = 'postgres') => `postgres://${user}@127.0.0.1:${port}/${name}`;
  const remove = () => {
    try { stop('immediate'); } catch { /* it is down already */ }
    rmSync(directory, { recursive: true, force: true });
  };
  process.once('exit', remove);
  start();
  return {
    port,
    start,
    stop,
    sql,
    address,
    url: (name) => { sql(`create database ${name}`); return address(name); },
    /// From now on 127.0.0.1 asks for a password, which only the user `guarded` has.
    askPasswords: () => {
      sql(`create role guarded login password '${password}' superuser`);
      spawnSync('sed', ['-i', 's/^host\\(.*\\)trust/host\\1scram-sha-256/', join(data, 'pg_hba.conf')]);
      sql('select pg_reload_conf()');
    },
    remove: () => { process.off('exit', remove); remove(); },
  };
}
