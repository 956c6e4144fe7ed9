// Starts the real binary on a temporary database and free port, and stops it again.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
export const root = resolve(here, '../..');
export const binary = process.env.KINGPOST_BINARY ?? join(root, 'build/release/kingpost');
export const secret = 'test secret, long enough for anybody to sign with';

export function run(args, options = {}) {
  const result = spawnSync(binary, args, { encoding: 'utf8', env: { ...process.env, KINGPOST_SECRET: secret, NO_COLOR: '1' }, ...options });
  return { code: result.status, out: result.stdout, err: result.stderr };
}

export function token(role, user, more = []) {
  const args = ['token', '--as', role, ...(user ? ['--user', user] : []), ...more];
  const result = run(args);
  if (result.code !== 0) throw new Error(result.err);
  return result.out.trim();
}

export function temporary() {
  const path = mkdtempSync(join(tmpdir(), 'kingpost-e2e-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/// Serves `model` over `database`; resolves when it says where it listens.
export function serve(model, database, args = ['--dev'], environment = {}) {
  return new Promise((accept, reject) => {
    const port = args.includes('--port') ? [] : ['--port', '0'];
    const child = spawn(binary, ['serve', model, '--database', database, ...port, '--threads', '1', ...args], {
      env: { ...process.env, KINGPOST_SECRET: secret, NO_COLOR: '1', ...environment },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let log = '';
    const timer = setTimeout(() => { child.kill('SIGKILL'); reject(new Error('no answer in 20 s: ' + log)); }, 20000);
    child.stderr.on('data', (chunk) => {
      log += chunk;
      const found = /health\s+(http:\/\/\S+)\/health\/ready/.exec(log);
      if (!found) return;
      clearTimeout(timer);
      accept({
        url: found[1],
        child,
        log: () => log,
        stop: () => new Promise((done) => { child.once('exit', (code) => done(code)); child.kill('SIGTERM'); }),
        kill: () => new Promise((done) => { child.once('exit', () => done()); child.kill('SIGKILL'); }),
      });
    });
    child.once('exit', (code) => { clearTimeout(timer); reject(new Error(`exit ${code}: ${log}`)); });
  });
}

/// A request with everything that an assertion may ask for.
export async function call(url, { method = 'GET', bearer, headers = {}, body } = {}) {
  const response = await fetch(url, {
    method,
    redirect: 'manual',
    headers: {
      ...(bearer ? { Authorization: 'Bearer ' + bearer } : {}),
      ...(body !== undefined ? { 'Content-Type': 'application/json' } : {}),
      ...headers,
    },
    body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  let json;
  try { json = JSON.parse(text); } catch { json = undefined; }
  return { status: response.status, headers: response.headers, text, json };
}
