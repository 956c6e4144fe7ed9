// The files of `design --deploy` against the server itself: it is started as each of them says, and asked what they ask it.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, realpathSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { connect, createServer } from 'node:net';
import { basename, join } from 'node:path';
import { binary, call, root, run, secret, temporary, token } from './harness.mjs';
import { cluster, missing, password } from './postgres_cluster.mjs';

const YAML = createRequire(join(root, 'tests/judges/package.json'))('yaml');
const temp = temporary();
const out = join(temp.path, 'design');
const model = join(root, 'tests/cases/deploy/clinic/clinic.yaml');
const name = 'my-clinic';
const noPostgres = missing();
const asRoot = process.getuid() === 0;
const running = [];
let postgres;
let databases = 0;

const read = (path) => readFileSync(join(out, 'deploy', path), 'utf8');
const yaml = (path) => YAML.parseAllDocuments(read(path)).map((document) => { assert.deepEqual(document.errors, [], path); return document.toJS(); });
const manifest = (path, kind) => yaml(path).find((one) => one.kind === kind);
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

before(async () => {
  if (!noPostgres) postgres = await cluster();
  const made = run(['design', model, '-o', out, '--no-pictures', '--deploy', 'all']);
  assert.equal(made.code, 0, made.err);
});
after(() => {
  for (const child of running) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  postgres?.remove();
  temp.remove();
});

const freePort = () => new Promise((accept) => {
  const server = createServer();
  server.listen(0, '127.0.0.1', () => { const { port } = server.address(); server.close(() => accept(port)); });
});

/// The words of a Dockerfile's CMD, of compose and of Kubernetes, with what an installation would put in: paths, the database and a free port.
async function placed(words, { database, modelPrefix }) {
  const port = await freePort();
  const changed = [...words];
  const after = (flag) => changed.indexOf(flag) + 1;
  assert.ok(changed[1].startsWith(modelPrefix), changed[1]);
  changed[1] = join(out, 'deploy/model', changed[1].slice(modelPrefix.length));
  changed[after('--database')] = database;
  changed[after('--port')] = String(port);
  changed[after('--address')] = '127.0.0.1';
  return { words: changed, port };
}

/// Starts kingpost with exactly these words and waits until it is ready.
async function start(words, port, { command = binary, before: front = [], env = {} } = {}) {
  const [program, ...rest] = [...front, command, ...words];
  const child = spawn(program, rest, { env: { PATH: process.env.PATH, KINGPOST_SECRET: secret, ...env }, stdio: ['ignore', 'ignore', 'pipe'] });
  running.push(child);
  let log = '';
  child.stderr.on('data', (chunk) => { log += chunk; });
  const ended = new Promise((done) => child.once('exit', (code) => done(code)));
  const url = `http://127.0.0.1:${port}`;
  for (const end = Date.now() + 20000; ;) {
    const answer = await call(url + '/health/ready').catch(() => undefined);
    if (answer?.status === 200) break;
    assert.ok(child.exitCode === null && child.signalCode === null && Date.now() < end, log);
    await pause(30);
  }
  const stop = () => { child.kill('SIGTERM'); return ended; };
  return { url, port, child, ended, stop, log: () => log };
}

const freshDatabase = () => (databases += 1, noPostgres ? `sqlite:${temp.path}/d${databases}.db` : postgres.url(`deployed_${databases}`));

/// What a client sees of a server that is well.
async function works(server) {
  assert.equal((await call(server.url + '/health/live')).status, 200);
  const bearer = token('staff', '018f5b2e-0000-7000-8000-000000000001');
  const made = await call(server.url + '/rest/v1/patient', { method: 'POST', bearer, body: { name: 'Anna' }, headers: { Prefer: 'return=representation' } });
  assert.equal(made.status, 201, made.text);
  assert.equal((await call(server.url + '/rest/v1/patient?select=name', { bearer })).json[0].name, 'Anna');
}

test('a target that does not exist is refused with the nearest, and nothing is written', () => {
  const folder = join(temp.path, 'none');
  const refused = run(['design', model, '-o', folder, '--deploy', 'compose,systemdd']);
  assert.equal(refused.code, 2);
  assert.match(refused.err, /'systemdd' is nothing to deploy to/);
  assert.match(refused.err, /Did you mean systemd\?/);
  assert.equal(existsSync(folder), false);
});

test('the same design twice gives the same bytes, and a target less removes its files', () => {
  const folder = join(temp.path, 'again');
  assert.equal(run(['design', model, '-o', folder, '--no-pictures', '--deploy', 'all']).code, 0);
  assert.equal(spawnSync('diff', ['-r', join(out, 'deploy'), join(folder, 'deploy')]).status, 0);
  assert.equal(run(['design', model, '-o', folder, '--no-pictures', '--deploy', 'nginx']).code, 0);
  assert.deepEqual(readdirSync(join(folder, 'deploy')).sort(), ['README.md', 'nginx']);
});

test('compose starts a server that works, and its health check tells the truth', { timeout: 60000 }, async () => {
  const { services } = yaml('compose.yaml')[0];
  const { kingpost, migrate, postgres: database } = services;
  assert.equal(kingpost.command[kingpost.command.indexOf('--database') + 1], `postgres://my_clinic@postgres:5432/my_clinic`);
  assert.deepEqual([database.environment.POSTGRES_USER, database.environment.POSTGRES_DB], ['my_clinic', 'my_clinic']);
  const url = freshDatabase();
  const applied = run([...migrate.command.slice(0, 2), join(out, 'deploy/model/clinic.yaml'), '--database', url]);
  assert.equal(applied.code, 0, applied.err);
  const { words, port } = await placed(kingpost.command, { database: url, modelPrefix: '/srv/model/' });
  const server = await start(words, port);
  assert.doesNotMatch(server.log(), /brought up to date/, 'the migration left nothing to do');
  await works(server);
  const check = kingpost.healthcheck.test.slice(1).map((word) => word.replaceAll('$$', '$').replaceAll('/8080', `/${port}`));
  const healthy = () => spawnSync(check[0], check.slice(1), { timeout: 5000 }).status === 0;
  assert.ok(healthy());
  const began = Date.now();
  assert.equal(await server.stop(), 0);
  assert.ok(Date.now() - began < parseInt(kingpost.stop_grace_period, 10) * 1000);
  assert.equal(healthy(), false);
});

test('without the secret that compose, Kubernetes and systemd ask for it does not serve', () => {
  const done = run(['serve', model, '--database', `sqlite:${temp.path}/no.db`, '--port', '0'], { env: { PATH: process.env.PATH } });
  assert.equal(done.code, 2);
  assert.match(done.err, /KINGPOST_SECRET/);
  assert.ok('KINGPOST_SECRET' in yaml('compose.yaml')[0].services.kingpost.environment);
  assert.match(read('.env.example'), /^KINGPOST_SECRET=$/m);
  assert.match(read(`systemd/${name}.env.example`), /^KINGPOST_SECRET=$/m);
  for (const kind of ['postgres/deployment', 'sqlite/stateful-set']) {
    const [container] = yaml(`k8s/${kind}.yaml`)[0].spec.template.spec.containers;
    assert.equal(container.env.find((one) => one.name === 'KINGPOST_SECRET').valueFrom.secretKeyRef.key, 'KINGPOST_SECRET');
  }
});

test('the variables of the model\'s clients are in every file that sets variables, tokens as secrets', () => {
  const [container] = manifest('k8s/postgres/deployment.yaml', 'Deployment').spec.template.spec.containers;
  const source = (variable) => container.env.find((one) => one.name === variable).valueFrom;
  assert.equal(source('INSURER_KEY').secretKeyRef.name, `${name}-secrets`);
  assert.equal(source('INSURER_URL').configMapKeyRef.name, `${name}-settings`);
  assert.ok('INSURER_URL' in manifest('k8s/base/config-map.yaml', 'ConfigMap').data);
  assert.ok(!('INSURER_KEY' in manifest('k8s/base/config-map.yaml', 'ConfigMap').data));
  for (const variable of ['INSURER_URL', 'INSURER_KEY']) {
    assert.equal(yaml('compose.yaml')[0].services.kingpost.environment[variable], `\${${variable}:-}`);
    assert.match(read('.env.example'), new RegExp(`^${variable}=$`, 'm'));
  }
});

test('Kubernetes starts a server that works over PostgreSQL, with the address of its settings', { timeout: 60000 }, async () => {
  const pod = manifest('k8s/postgres/deployment.yaml', 'Deployment').spec.template.spec;
  const [container] = pod.containers;
  assert.ok(container.args.includes('$(DATABASE_URL)'));
  const job = manifest('k8s/postgres/migration.yaml', 'Job').spec.template.spec.containers[0];
  const url = freshDatabase();
  const filled = job.args.map((word) => word.replace('/srv/model/', join(out, 'deploy/model/')).replace('$(DATABASE_URL)', url));
  const applied = run(filled);
  assert.equal(applied.code, 0, applied.err);
  const { words, port } = await placed(container.args, { database: url, modelPrefix: '/srv/model/' });
  const server = await start(words, port);
  for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
    assert.equal(container[probe].httpGet.port, 'http');
    assert.equal((await call(server.url + container[probe].httpGet.path)).status, 200, probe);
  }
  await works(server);
  assert.equal(await server.stop(), 0);
});

test('a server that Kubernetes takes its database from is alive and not ready', { timeout: 60000, skip: noPostgres ?? false }, async () => {
  const [container] = manifest('k8s/postgres/deployment.yaml', 'Deployment').spec.template.spec.containers;
  const { words, port } = await placed(container.args, { database: freshDatabase(), modelPrefix: '/srv/model/' });
  const server = await start(words, port);
  postgres.stop('immediate');
  for (const end = Date.now() + 15000; (await call(server.url + container.readinessProbe.httpGet.path)).status !== 503;) {
    assert.ok(Date.now() < end);
    await pause(100);
  }
  assert.equal((await call(server.url + container.livenessProbe.httpGet.path)).status, 200);
  await server.stop();
  postgres.start();
});

test('every file names the port that the server is told', () => {
  const { kingpost } = yaml('compose.yaml')[0].services;
  const port = kingpost.command[kingpost.command.indexOf('--port') + 1];
  assert.deepEqual(kingpost.ports, [`127.0.0.1:${port}:${port}`]);
  assert.match(read('Dockerfile'), new RegExp(`^EXPOSE ${port}$`, 'm'));
  for (const kind of ['postgres/deployment', 'sqlite/stateful-set']) {
    const [container] = yaml(`k8s/${kind}.yaml`)[0].spec.template.spec.containers;
    assert.equal(container.args[container.args.indexOf('--port') + 1], port);
    assert.deepEqual(container.ports, [{ name: 'http', containerPort: Number(port) }]);
  }
  assert.equal(manifest('k8s/base/service.yaml', 'Service').spec.ports[0].targetPort, 'http');
  const policy = yaml('k8s/base/network-policy.yaml').find((one) => one.metadata.name === `${name}-server`);
  assert.equal(policy.spec.ingress[0].ports[0].port, Number(port));
  assert.match(read(`systemd/${name}.service`), new RegExp(` --port ${port} `));
  assert.match(read(`nginx/${name}.conf`), new RegExp(`server 127\\.0\\.0\\.1:${port} `));
  assert.match(read(`haproxy/${name}.cfg`), new RegExp(`server one 127\\.0\\.0\\.1:${port} check`));
  assert.equal(yaml('gateway/kong.yaml')[0].upstreams[0].targets[0].target, `127.0.0.1:${port}`);
  assert.deepEqual(yaml(`istio/${name}.yaml`).find((one) => one.kind === 'AuthorizationPolicy').spec.rules[0].to[0].operation.ports, [port]);
});

test('every selector finds the pods that it means', () => {
  const labels = manifest('k8s/postgres/deployment.yaml', 'Deployment').spec.template.metadata.labels;
  assert.deepEqual(yaml('k8s/sqlite/stateful-set.yaml')[0].spec.template.metadata.labels, labels);
  assert.deepEqual(manifest('k8s/base/service.yaml', 'Service').spec.selector, labels);
  assert.deepEqual(manifest('k8s/postgres/disruption-budget.yaml', 'PodDisruptionBudget').spec.selector.matchLabels, labels);
  assert.equal(manifest('k8s/postgres/autoscaler.yaml', 'HorizontalPodAutoscaler').spec.scaleTargetRef.name, name);
  assert.deepEqual(yaml(`istio/${name}.yaml`).find((one) => one.kind === 'AuthorizationPolicy').spec.selector.matchLabels, labels);
  const policies = yaml('k8s/base/network-policy.yaml');
  assert.deepEqual(policies.find((one) => one.metadata.name === 'default-deny').spec, { podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
  assert.deepEqual(policies.find((one) => one.metadata.name === `${name}-server`).spec.podSelector.matchLabels, labels);
  const database = manifest('k8s/database/stateful-set.yaml', 'StatefulSet').spec.template.metadata.labels;
  assert.deepEqual(policies.find((one) => one.metadata.name === `${name}-database`).spec.podSelector.matchLabels, database);
  const connections = /max_connections=(\d+)/.exec(manifest('k8s/database/stateful-set.yaml', 'StatefulSet').spec.template.spec.containers[0].args.join(' '))[1];
  const scaler = manifest('k8s/postgres/autoscaler.yaml', 'HorizontalPodAutoscaler').spec;
  assert.ok(Number(connections) >= (scaler.maxReplicas + 1) * 8);
});

test('the grace periods outlast a drain, as measured with a request that never ends', { timeout: 60000 }, async () => {
  const unit = read(`systemd/${name}.service`);
  const words = /^ExecStart=\S+ (.*)$/m.exec(unit)[1].split(' ');
  assert.equal(words[words.indexOf('--database') + 1], `sqlite:/var/lib/${name}/${name}.db`);
  assert.match(unit, new RegExp(`^StateDirectory=${name}$`, 'm'));
  const { words: changed, port } = await placed(words, { database: `sqlite:${temp.path}/unit.db`, modelPrefix: `/etc/${name}/model/` });
  const server = await start(changed, port);
  await works(server);
  const limits = readFileSync(`/proc/${server.child.pid}/limits`, 'utf8');
  const files = Number(/^LimitNOFILE=(\d+)$/m.exec(unit)[1]);
  const [, soft, hard] = /Max open files\s+(\d+)\s+(\d+)/.exec(limits).map(Number);
  assert.equal(soft, Math.min(files, hard), 'serve asks for as many files as the unit gives');
  const slow = connect(port, '127.0.0.1');
  slow.on('error', () => {});
  slow.write('POST /rest/v1/patient HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{');
  await pause(200);
  const began = Date.now();
  assert.equal(await server.stop(), 0);
  const took = (Date.now() - began) / 1000;
  slow.destroy();
  const drain = Number(/drain-timeout-ms=(\d+)/.exec(unit)[1]) / 1000;
  assert.ok(took > drain - 1 && took < drain + 3, `took ${took} s, announced ${drain} s`);
  assert.ok(Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)[1]) > took);
  assert.ok(parseInt(yaml('compose.yaml')[0].services.kingpost.stop_grace_period, 10) > took);
  const pod = manifest('k8s/postgres/deployment.yaml', 'Deployment').spec.template.spec;
  const leave = Number(pod.containers[0].lifecycle.preStop.exec.command[1]);
  assert.ok(pod.terminationGracePeriodSeconds > leave + took);
});

/// The Dockerfile's instructions, continued lines joined.
function instructions() {
  const text = read('Dockerfile').split('\n').filter((line) => !line.startsWith('#')).join('\n').replace(/\\\n/g, ' ');
  return text.split('\n').filter((line) => line.trim() !== '').map((line) => {
    const [, word, rest] = /^(\w+)\s+(.*)$/.exec(line);
    return { word, rest };
  });
}

test('the image installs exactly the packages of the libraries that the binary is linked with', (context) => {
  const needed = spawnSync('objdump', ['-p', binary], { encoding: 'utf8' });
  const linked = spawnSync('ldd', [binary], { encoding: 'utf8' });
  if (needed.error || linked.error || spawnSync('dpkg', ['--version']).error) return context.skip('needs objdump, ldd and dpkg');
  if (/asan|tsan|ubsan/.test(linked.stdout)) return context.skip('a sanitized binary is linked with more');
  const packages = new Set();
  for (const [, library] of needed.stdout.matchAll(/NEEDED\s+(\S+)/g)) {
    const place = new RegExp(`^\\s*${library.replace(/[.+]/g, '\\$&')} => (\\S+)`, 'm').exec(linked.stdout)?.[1];
    assert.ok(place, library);
    const owners = [place, realpathSync(place), place.replace(/^\/lib/, '/usr/lib'), realpathSync(place).replace(/^\/usr\/lib/, '/lib')];
    const found = owners.map((path) => spawnSync('dpkg', ['-S', path], { encoding: 'utf8' })).find((done) => done.status === 0);
    assert.ok(found, `${library} belongs to no package`);
    packages.add(found.stdout.split(':')[0]);
  }
  // What debian:12-slim has already, because apt itself is linked with it.
  for (const base of ['libc6', 'libgcc-s1', 'libstdc++6']) packages.delete(base);
  const last = instructions().filter(({ word }) => word === 'RUN').at(-1).rest;
  const installed = /--no-install-recommends\s+(.*?)\s+&&/.exec(last)[1].trim().split(/\s+/);
  assert.deepEqual(installed, [...packages].sort());
});

test('the steps of the Dockerfile are shell that does what it says', { timeout: 60000 }, async () => {
  const steps = instructions();
  const shells = steps.filter(({ word }) => word === 'RUN');
  assert.equal(shells.length, 3);
  for (const { rest } of shells) {
    const parsed = spawnSync('sh', ['-n', '-c', rest], { encoding: 'utf8' });
    assert.equal(parsed.status, 0, parsed.stderr);
  }
  // The stage `source` names targets and a prefix that the Makefile has.
  assert.match(shells[0].rest, /make build\s+&& make install PREFIX=\/usr\/local DESTDIR=\/out/);
  const dry = spawnSync('make', ['-n', '-C', root, 'install', 'PREFIX=/usr/local', 'DESTDIR=/out'], { encoding: 'utf8' });
  assert.equal(dry.status, 0, dry.stderr);
  assert.match(dry.stdout, /\/out\/usr\/local\/bin\/kingpost/);
  // The stage `release` unpacks an archive as scripts/release packs it, and nothing that was changed after.
  const folder = join(temp.path, 'release');
  const packed = 'kingpost-0.0.1-linux-x86_64';
  mkdirSync(join(folder, packed, 'bin'), { recursive: true });
  copyFileSync(binary, join(folder, packed, 'bin/kingpost'));
  const sh = (line) => spawnSync('sh', ['-c', line], { cwd: folder, encoding: 'utf8' });
  assert.equal(sh(`tar -czf ${packed}.tar.gz ${packed} && rm -r ${packed} && sha256sum ${packed}.tar.gz >${packed}.tar.gz.sha256`).status, 0);
  const stage = shells[1].rest.replaceAll('/out/', `${folder}/out/`);
  const unpacked = sh(stage);
  assert.equal(unpacked.status, 0, unpacked.stderr);
  assert.match(spawnSync(join(folder, 'out/usr/local/bin/kingpost'), ['--version'], { encoding: 'utf8' }).stdout, /^kingpost \d/);
  assert.equal(sh(`rm -r out && printf x >>${packed}.tar.gz`).status, 0);
  assert.notEqual(sh(stage).status, 0);
  assert.equal(existsSync(join(folder, 'out')), false);
  // Whatever is copied is let through by .dockerignore.
  for (const line of ['!kingpost/', '!kingpost-*.tar.gz', '!kingpost-*.tar.gz.sha256', '!model/']) assert.ok(read('.dockerignore').includes(line + '\n'));
});

test('every package of the image exists', (context) => {
  const packages = /--no-install-recommends\s+(lib.*?)\s+&&/.exec(instructions().filter(({ word }) => word === 'RUN').at(-1).rest)[1].trim().split(/\s+/);
  const known = spawnSync('apt-cache', ['policy', ...packages], { encoding: 'utf8' });
  const found = [...(known.stdout ?? '').matchAll(/Candidate: (?!\(none\))/g)].length;
  if (known.error || found === 0) return context.skip('needs the package lists of Debian 12');
  assert.equal(found, packages.length, known.stdout);
});

test('the image\'s command serves as its user on a read-only root', { timeout: 60000 }, async (context) => {
  if (!asRoot) return context.skip('only root may become another user');
  const steps = instructions();
  const user = steps.find(({ word }) => word === 'USER').rest.split(':')[0];
  assert.ok(Number(user) > 0);
  const data = join(temp.path, 'data');
  mkdirSync(data);
  chownSync(data, Number(user), Number(user));
  chmodSync(temp.path, 0o755);
  const words = JSON.parse(steps.find(({ word }) => word === 'CMD').rest);
  const { words: changed, port } = await placed(words, { database: `sqlite:${data}/${name}.db`, modelPrefix: '/srv/model/' });
  const program = join(temp.path, 'kingpost');
  copyFileSync(binary, program);
  const readOnly = ['unshare', '--mount', '--propagation', 'private', 'sh', '-c',
    `mount --bind ${data} ${data} && mount -o remount,bind,ro / && { mount -o remount,bind,ro /tmp 2>/dev/null || true; } && exec "$@"`, 'sh'];
  const asUser = ['setpriv', '--reuid', user, '--regid', user, '--clear-groups', '--no-new-privs', '--bounding-set=-all'];
  const possible = spawnSync(readOnly[0], [...readOnly.slice(1), ...asUser, 'sh', '-c', `! touch /usr/x && ! touch ${temp.path}/x && touch ${data}/x`]);
  if (possible.status !== 0) return context.skip('no mount namespaces here');
  const server = await start(changed, port, { command: program, before: [...readOnly, ...asUser] });
  await works(server);
  const check = JSON.parse(steps.find(({ word }) => word === 'HEALTHCHECK').rest.replace(/^.*? CMD /, ''));
  assert.equal(spawnSync(check[0], check.slice(1).map((word) => word.replace('/8080', `/${port}`)), { timeout: 5000 }).status, 0);
  assert.equal(statSync(join(data, `${name}.db`)).uid, Number(user));
  assert.equal(await server.stop(), 0);
});

/// A repository with the model on its base, and one more entity on top.
function repository(change) {
  const folder = join(temp.path, `repository-${databases += 1}`);
  cpSync(join(root, 'tests/cases/deploy/clinic'), folder, { recursive: true });
  // As services it would be reviewed as premature.
  const top = join(folder, 'clinic.yaml');
  writeFileSync(top, readFileSync(top, 'utf8').replace('topology: services\n', ''));
  const git = (...args) => {
    const done = spawnSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@localhost', ...args], { cwd: folder, encoding: 'utf8' });
    assert.equal(done.status, 0, done.stderr);
    return done.stdout.trim();
  };
  git('init', '-q', '-b', 'main');
  git('add', '.');
  git('commit', '-q', '-m', 'base');
  const base = git('rev-parse', 'HEAD');
  change(join(folder, 'parts/people.yaml'));
  git('commit', '-q', '-a', '--allow-empty', '-m', 'head');
  return { folder, base };
}

/// A `docker` that runs the command of the image here.
function fakeDocker() {
  const bin = join(temp.path, 'bin');
  if (existsSync(bin)) return bin;
  mkdirSync(bin);
  writeFileSync(join(bin, 'docker'), `#!/bin/sh\nwhile [ "$1" != "$KINGPOST_IMAGE" ]; do if [ "$1" = -w ]; then cd "$2"; fi; shift; done\nshift\nexec '${binary}' "$@"\n`, { mode: 0o755 });
  return bin;
}

/// Runs a workflow's shell steps as GitHub does; the code of each.
function runWorkflow({ folder, base }) {
  const workflow = yaml(`github/${name}.yml`)[0];
  const runner = join(folder, '../runner-' + basename(folder));
  mkdirSync(runner);
  const env = { PATH: `${fakeDocker()}:${process.env.PATH}`, RUNNER_TEMP: runner, GITHUB_WORKSPACE: folder, GITHUB_PATH: join(runner, 'path'), HOME: runner,
    KINGPOST_IMAGE: 'registry.example.org/clinic:1', MODEL: workflow.env.MODEL, BASE: base };
  const codes = {};
  for (const step of workflow.jobs.model.steps.filter((one) => one.run)) {
    if (existsSync(env.GITHUB_PATH)) env.PATH = `${readFileSync(env.GITHUB_PATH, 'utf8').trim()}:${env.PATH}`;
    const done = spawnSync('bash', ['-e', '-c', step.run], { cwd: folder, env, encoding: 'utf8' });
    codes[step.name] = { code: done.status, text: done.stdout + done.stderr };
  }
  return { codes, sarif: join(runner, 'review.sarif') };
}

test('the GitHub workflow passes a good change and stops bad ones', { timeout: 60000 }, (context) => {
  if (spawnSync('git', ['--version']).error) return context.skip('git is not installed');
  const good = runWorkflow(repository((file) => writeFileSync(file, readFileSync(file, 'utf8').replace('string(100)\n', 'string(100)\n      born: date optional\n'))));
  for (const [step, { code, text }] of Object.entries(good.codes)) assert.equal(code, 0, `${step}: ${text}`);
  assert.match(good.codes['Plan the migration from the base branch'].text, /born/);
  assert.equal(JSON.parse(readFileSync(good.sarif, 'utf8')).version, '2.1.0');
  const broken = runWorkflow(repository((file) => writeFileSync(file, readFileSync(file, 'utf8').replace('string(100)', 'strin(100)'))));
  assert.equal(broken.codes['Check the model'].code, 1);
  assert.match(broken.codes['Check the model'].text, /^::error file=.*people\.yaml,line=\d+/m);
  const open = runWorkflow(repository((file) => writeFileSync(file, readFileSync(file, 'utf8').replace('has_role("staff")', 'true'))));
  assert.equal(open.codes['Review it'].code, 1);
  assert.equal(open.codes['Review it for the code scanning page'].code, 0);
  assert.ok(JSON.parse(readFileSync(open.sarif, 'utf8')).runs[0].results.length > 0);
  const narrower = runWorkflow(repository((file) => writeFileSync(file, readFileSync(file, 'utf8').replace('string(100)', 'int'))));
  assert.equal(narrower.codes['Plan the migration from the base branch'].code, 1);
});

test('the GitLab pipeline does the same', { timeout: 60000 }, (context) => {
  if (spawnSync('git', ['--version']).error) return context.skip('git is not installed');
  const pipeline = yaml(`gitlab/${name}.gitlab-ci.yml`)[0];
  const bin = join(temp.path, 'gitlab-bin');
  mkdirSync(bin);
  symlinkSync(binary, join(bin, 'kingpost'));
  const { folder, base } = repository((file) => writeFileSync(file, readFileSync(file, 'utf8').replace('string(100)\n', 'string(100)\n      born: date optional\n')));
  const env = { PATH: `${bin}:${process.env.PATH}`, MODEL: pipeline.variables.MODEL, HOME: folder };
  const job = (job_name) => spawnSync('bash', ['-e', '-c', pipeline[job_name].script.join('\n').replaceAll('/tmp/base.db', `${temp.path}/gitlab.db`)], { cwd: folder, env, encoding: 'utf8' });
  for (const job_name of ['check-model', 'review-model']) assert.equal(job(job_name).status, 0, job_name);
  mkdirSync(join(folder, 'base'));
  spawnSync('sh', ['-c', `git archive ${base} | tar -x -C base`], { cwd: folder });
  const planned = job('plan-migration');
  assert.equal(planned.status, 0, planned.stderr);
  assert.match(planned.stdout, /born/);
});

test('hostile names of the model and its files stay texts in every file', { timeout: 60000 }, async () => {
  const folder = join(temp.path, 'hostile');
  mkdirSync(folder);
  const evil = 'a \'b\' $(touch pwned) `touch pwned` %h ${KINGPOST_SECRET} ${{ github.token }} # {{x}} "q".yaml';
  const text = readFileSync(join(root, 'tests/cases/deploy/clinic/parts/people.yaml'), 'utf8').replace('    service: people\n', '').replace('kingpost: 1\n',
    'kingpost: 1\nsystem: h\nsummary: "x\\nRUN touch pwned\\nprivileged: true ${{ github.token }} {{ evil }} $(touch pwned) `touch pwned` @NAME@ \\u2028 # \\" \' "\nroles:\n  staff:\n');
  writeFileSync(join(folder, evil), text);
  const design = join(folder, 'design');
  const made = run(['design', join(folder, evil), '-o', design, '--no-pictures', '--deploy', 'all']);
  assert.equal(made.code, 0, made.err);
  const file = (path) => readFileSync(join(design, 'deploy', path), 'utf8');
  const compose = YAML.parse(file('compose.yaml')).services.kingpost;
  const composed = compose.command[1].replaceAll('$$', '$');
  assert.equal(composed, '/srv/model/' + evil);
  assert.equal(compose.privileged, undefined);
  const pod = YAML.parse(file('k8s/postgres/deployment.yaml')).spec.template.spec.containers[0];
  assert.equal(pod.args[1].replaceAll('$$', '$'), '/srv/model/' + evil);
  assert.equal(JSON.parse(/^CMD (.*)$/m.exec(file('Dockerfile'))[1])[1], '/srv/model/' + evil);
  assert.doesNotMatch(file('Dockerfile'), /^RUN touch/m);
  const workflow = YAML.parse(file('github/h.yml'));
  // GitHub evaluates expressions before anything runs; the only one here yields the beginning of one as a text.
  assert.equal(workflow.env.MODEL.replaceAll("${{ '${{' }}", '${{'), evil);
  assert.doesNotMatch(workflow.env.MODEL.replaceAll("${{ '${{' }}", ''), /\$\{\{/);
  const step = workflow.jobs.model.steps.find((one) => one.name === 'Check the model');
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  symlinkSync(binary, join(bin, 'kingpost'));
  const checked = spawnSync('bash', ['-e', '-c', step.run], { cwd: folder, encoding: 'utf8', env: { PATH: `${bin}:${process.env.PATH}`, MODEL: evil } });
  assert.equal(checked.status, 0, checked.stderr);
  assert.equal(existsSync(join(folder, 'pwned')), false);
  const { port } = await placed(JSON.parse(/^CMD (.*)$/m.exec(file('Dockerfile'))[1]), { database: 'x', modelPrefix: '/srv/model/' });
  const words = JSON.parse(/^CMD (.*)$/m.exec(file('Dockerfile'))[1]);
  words[1] = join(design, 'deploy/model', evil);
  words[words.indexOf('--port') + 1] = String(port);
  words[words.indexOf('--address') + 1] = '127.0.0.1';
  words[words.indexOf('--database') + 1] = `sqlite:${temp.path}/hostile.db`;
  const server = await start(words, port);
  await works(server);
  assert.equal(await server.stop(), 0);
});

test('what the read-me says of the shop is what the server does with it', () => {
  const folder = join(temp.path, 'shop');
  const shop = join(root, 'examples/shop/shop.yaml');
  assert.equal(run(['design', shop, '-o', folder, '--no-pictures', '--deploy', 'systemd']).code, 0);
  const readMe = readFileSync(join(folder, 'deploy/README.md'), 'utf8');
  const served = run(['serve', shop, '--database', `sqlite:${temp.path}/shop.db`, '--port', '0'], { timeout: 5000 });
  const refuses = /refuses to serve this model/.test(readMe);
  assert.equal(served.code === 2 && /does not execute/.test(served.err), refuses, served.err);
});

// Last, because from here on the cluster asks everybody.
test('the password of the database is read from PGPASSWORD, as every file sets it', { timeout: 60000, skip: noPostgres ?? false }, async () => {
  const { kingpost, migrate } = yaml('compose.yaml')[0].services;
  assert.ok('PGPASSWORD' in kingpost.environment && 'PGPASSWORD' in migrate.environment);
  for (const path of ['k8s/postgres/deployment.yaml', 'k8s/postgres/migration.yaml']) {
    assert.ok(yaml(path)[0].spec.template.spec.containers[0].env.some((one) => one.name === 'PGPASSWORD' && one.valueFrom.secretKeyRef), path);
  }
  postgres.url('guarded_one');
  postgres.askPasswords();
  const database = postgres.address('guarded_one', 'guarded');
  const { words, port } = await placed(kingpost.command, { database, modelPrefix: '/srv/model/' });
  const refused = run(words);
  assert.equal(refused.code, 2);
  const server = await start(words, port, { env: { PGPASSWORD: password } });
  await works(server);
  assert.equal(await server.stop(), 0);
});
