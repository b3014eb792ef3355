// A malformed dump of random rows: every row is created or rejected, and it takes no more time than its share.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newDatabase, peak, report, scratch } from './measure.mjs';

const rows = 100_000;

export async function benchMalformed() {
  const folder = scratch();
  const good = await measured(folder, 'good', (index) => `user${index},$2b$12$${'./Ab'.repeat(13)}.`);
  const bad = await measured(folder, 'bad', (_index, random) => `${junk(random, 30)},${junk(random, 200)}`);
  report(`${rows} random rows against good ones`, {
    subject: bad,
    floor: good,
    ratio: bad / good,
    unit: 's',
    target: 'near 1, no row out of proportion',
  });
}

function junk(random, most) {
  const alphabet = "abcXYZ019$$$$::{{}}//++==.,,,..  __!*#@-\\'éß世\u0007";
  return `"${Array.from({ length: random() % most }, () => alphabet[random() % alphabet.length]).join('')}"`;
}

async function measured(folder, name, row) {
  let state = 4711;
  const random = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state >>> 8;
  };
  const dump = join(folder, `${name}.csv`);
  const lines = Array.from({ length: rows }, (_, index) => row(index, random));
  writeFileSync(dump, `username,password_hash\n${lines.join('\n')}\n`, { mode: 0o600 });
  const words = ['user', 'import', dump, '--json'];
  const { seconds, stdout } = await peak(newDatabase(folder, `${name}.db`, 12), words, [0, 10]);
  const { created, rejected } = JSON.parse(stdout);
  if (created + rejected !== rows)
    throw new Error(`${created} created and ${rejected} rejected are not ${rows}`);
  console.log(`${name}: ${created} created, ${rejected} rejected`);
  return seconds;
}
