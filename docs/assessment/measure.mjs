// Reviews every source of sources.json and prints the tables of README.md. The sources themselves are not kept here: check each out at its commit.
//   node docs/assessment/measure.mjs CORPUS [KINGPOST] [OUT]
// CORPUS holds one folder a source, named as in sources.json; OUT takes each source's findings as JSON, for draw.mjs.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const [corpus, binary = 'build/release/kingpost', out] = process.argv.slice(2);
if (!corpus) {
  console.error('usage: node measure.mjs CORPUS [KINGPOST] [OUT]');
  process.exit(2);
}
const sources = JSON.parse(readFileSync(join(here, 'sources.json'), 'utf8'));
const rules = new Map();
const rows = [];
for (const source of sources) {
  const folder = join(corpus, source.name);
  if (!existsSync(folder)) {
    console.error(`${source.name}: not there`);
    process.exitCode = 1;
    continue;
  }
  const started = process.hrtime.bigint();
  const run = spawnSync(binary, ['review', ...source.paths.map((path) => join(source.name, path)), '--format', 'json'], { cwd: corpus, encoding: 'utf8', maxBuffer: 1 << 30 });
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  if (run.status === 2 || run.status === null) {
    console.error(`${source.name}: ${run.stderr || run.signal}`);
    process.exitCode = 1;
    continue;
  }
  const report = JSON.parse(run.stdout);
  if (out) {
    mkdirSync(out, { recursive: true });
    writeFileSync(join(out, source.name + '.json'), run.stdout);
  }
  rows.push({ source, report, seconds });
  for (const finding of report.findings) {
    const counts = rules.get(finding.code) ?? new Map();
    counts.set(source.name, (counts.get(source.name) ?? 0) + 1);
    rules.set(finding.code, counts);
  }
}
const names = rows.map((row) => row.source.name);
const short = (commit) => commit.slice(0, 12) || '–';
console.log('| source | commit | read | errors | warnings | notes | seconds | boundaries |\n| --- | --- | --- | ---: | ---: | ---: | ---: | --- |');
for (const { source, report, seconds } of rows) {
  const b = report.boundaries;
  const parts = b.services.filter((one) => one.extract).length;
  const verdict = b.businessTables === 0 ? 'no tables' : b.keepOneService
    ? `keep one (${b.services.length} modules)`
    : `${b.services.length} groups, ${parts} could be taken out, ${b.cutForeignKeys.length} of ${b.foreignKeys} keys cut`;
  console.log(`| ${source.name} | ${short(source.commit)} | ${report.read} | ${report.errors} | ${report.warnings} | ${report.notes} | ${seconds.toFixed(2)} | ${verdict} |`);
}
console.log(`\n| rule | ${names.join(' | ')} | all |\n| --- |${names.map(() => ' ---: |').join('')} ---: |`);
for (const [rule, counts] of [...rules].sort((a, b) => (a[0] < b[0] ? -1 : 1))) {
  const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
  console.log(`| \`${rule}\` | ${names.map((name) => counts.get(name) ?? '').join(' | ')} | ${all} |`);
}
