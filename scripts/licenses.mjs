// The licences of the libraries whose code is in dist/: most of them ask that their notice goes wherever their code does.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of the library that a module belongs to; `undefined` for a module of authctl. */
const libraryOf = (module) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(module)?.[0];

function licenseOf(folder) {
  const { name, version, license, author, homepage } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  );
  const texts = readdirSync(folder)
    .filter((file) => /^(licen[cs]e|copying|notice)/i.test(file))
    .sort()
    .map((file) => readFileSync(join(folder, file), 'utf8').trim());
  if (texts.length === 0 && license === undefined) throw new Error(`${name} names no licence`);
  const by = typeof author === 'object' ? author.name : author;
  const facts = [license, by && `by ${by}`, homepage].filter(Boolean).join(', ');
  return [`${name} ${version} (${facts})`, ...texts].join('\n\n');
}

/** One text with the licence of each library that the modules (by path) belong to. */
export function licensesOf(modules) {
  const folders = new Set(modules.map(libraryOf).filter((folder) => folder !== undefined));
  const licenses = [...folders].map(licenseOf).sort();
  return `${['authctl contains code of these libraries.', ...licenses].join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}
