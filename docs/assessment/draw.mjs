// Draws findings at random for judging by hand: a source, each equally likely, then one of its findings, each equally likely; none twice. Equal seeds draw
// equal findings. Drawing over all findings at once would draw mostly from the largest sources. What could not be read (foreign-parse, foreign-mixed) is no judgement and
// is left out.
//   node docs/assessment/draw.mjs FINDINGS SEED [COUNT]
// FINDINGS is what measure.mjs wrote.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder, seedText, countText = '50'] = process.argv.slice(2);
if (!folder || !seedText) {
  console.error('usage: node draw.mjs FINDINGS SEED [COUNT]');
  process.exit(2);
}

/// mulberry32: 32 bits of state, enough to draw with.
function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const random = generator(Number(seedText));
const pick = (list) => Math.floor(random() * list.length);
const sources = readdirSync(folder).filter((name) => name.endsWith('.json')).sort()
  .map((name) => ({ name: name.slice(0, -5), findings: JSON.parse(readFileSync(join(folder, name), 'utf8')).findings.filter((one) => !one.code.startsWith('foreign-')) }))
  .filter((source) => source.findings.length > 0);
for (let drawn = 0; drawn < Number(countText) && sources.length > 0; ++drawn) {
  const at = pick(sources);
  const source = sources[at];
  const [finding] = source.findings.splice(pick(source.findings), 1);
  if (source.findings.length === 0) sources.splice(at, 1);
  const place = finding.line ? `${finding.file}:${finding.line}:${finding.column}` : finding.file ?? '';
  console.log(`${drawn + 1}. [${finding.severity}] ${finding.code} ${place}\n   ${finding.message}${finding.evidence ? ` (${finding.evidence})` : ''}\n   → ${finding.suggestion ?? ''}`);
}
