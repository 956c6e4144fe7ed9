// nginx and HAProxy of Debian 12, unpacked under build/tools: nothing is installed on this machine.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { root } from "../design.mjs";

const folder = join(root, "build", "tools", "proxies");
const libraries = join(folder, "root/usr/lib", { x64: "x86_64-linux-gnu", arm64: "aarch64-linux-gnu" }[process.arch] ?? "none");
const packages = ["nginx", "haproxy", "liblua5.3-0", "libopentracing-c-wrapper0", "libopentracing1"];
const env = { ...process.env, LD_LIBRARY_PATH: libraries };

function unpack() {
  mkdirSync(join(folder, "debs"), { recursive: true });
  if (spawnSync("apt-get", ["download", "-q", ...packages], { cwd: join(folder, "debs"), stdio: "ignore", timeout: 60_000 }).status !== 0) return false;
  return readdirSync(join(folder, "debs")).every((one) => spawnSync("dpkg", ["-x", join(folder, "debs", one), join(folder, "root")]).status === 0);
}

/// The program's path, or why there is none.
export function obtain(name) {
  const program = join(folder, "root/usr/sbin", name);
  if (!existsSync(program) && !unpack()) return { reason: `SKIPPED: ${name} could not be had from Debian's archive` };
  const runs = spawnSync(program, ["-v"], { env });
  return runs.status === 0 ? { program } : { reason: `SKIPPED: ${name} does not run here: ${runs.stderr}` };
}

export const check = (program, args) => spawnSync(program, args, { env, encoding: "utf8" });

/// Runs in the foreground; `stop()` resolves when it has ended.
export function run(program, args) {
  const child = spawn(program, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  let log = "";
  child.stdout.on("data", (chunk) => (log += chunk));
  child.stderr.on("data", (chunk) => (log += chunk));
  const ended = new Promise((done) => child.once("exit", done));
  return { log: () => log, stop: () => { child.kill("SIGTERM"); return ended; } };
}

export const freePort = () => new Promise((accept) => {
  const server = createServer();
  server.listen(0, "127.0.0.1", () => {
    const { port } = server.address();
    server.close(() => accept(port));
  });
});
