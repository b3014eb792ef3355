import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';

/** Path from the root, with the text. */
type Sources = ReadonlyMap<string, string>;

const root = join(import.meta.dirname, '..');

function sourcesOf(folder: string): [string, string][] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [relative(root, path), readFileSync(path, 'utf8')]);
}

const sources: Sources = new Map([...sourcesOf('src'), ...sourcesOf('migrations')]);

const sqlPackages = ['better-sqlite3', 'kysely', 'umzug', 'pg', 'mysql2'];
const terminalPackages = ['@inquirer/prompts', 'chalk', 'cli-progress', 'cli-table3', 'commander'];
const storePackages = { not: terminalPackages };
const otherPackages = { not: [...sqlPackages, ...terminalPackages] };

/** The design's table: whom a layer may import, and which packages. Type-only imports count. */
const layers: Record<string, { layers: string[]; packages: string[] | { not: string[] } }> = {
  // What computes and does nothing else; Node's modules count as packages here.
  domain: { layers: ['domain'], packages: ['node:crypto', 'uuid'] },
  // What touches files, threads and streams for all.
  io: { layers: ['domain', 'io'], packages: otherPackages },
  hashing: { layers: ['domain', 'hashing'], packages: otherPackages },
  // A dump may be a table of a SQLite file.
  dumps: { layers: ['domain', 'io', 'hashing', 'dumps'], packages: { not: terminalPackages } },
  store: { layers: ['domain', 'io', 'migrations', 'store'], packages: storePackages },
  services: { layers: ['domain', 'io', 'store', 'hashing', 'dumps', 'services'], packages: otherPackages },
  cli: { layers: ['services', 'domain', 'io', 'cli', 'settings'], packages: { not: sqlPackages } },
  settings: { layers: ['domain'], packages: otherPackages },
  migrations: { layers: ['migrations'], packages: [] },
};

/** `src/cli/run.ts` is of `cli`, `src/main.ts` of `main`, `migrations/index.ts` of `migrations`. */
function layerOf(path: string): string {
  const [top = '', next = ''] = path.split('/');
  return (top === 'src' ? next : top).replace(/\.ts$/, '');
}

function wrongImports(files: Sources): string[] {
  const wrong: string[] = [];
  for (const [path, text] of files) {
    const rule = layers[layerOf(path)];
    if (!rule) continue;
    for (const { fileName } of ts.preProcessFile(text, true, true).importedFiles) {
      const inside = fileName.startsWith('.');
      const target = inside ? layerOf(posix.join(posix.dirname(path), fileName)) : fileName;
      const allowed = inside ? rule.layers.includes(target) : packageAllowed(target, rule.packages);
      if (!allowed) wrong.push(`${path} imports ${fileName}`);
    }
  }
  return wrong;
}

function packageAllowed(name: string, packages: string[] | { not: string[] }): boolean {
  const among = (list: string[]) => list.some((one) => name === one || name.startsWith(`${one}/`));
  return Array.isArray(packages) ? among(packages) : !among(packages.not);
}

/** Uses of the names `process` and `console`, other than in comments, texts and names of properties. */
function globalsUsed(files: Sources): string[] {
  const used: string[] = [];
  for (const [path, text] of files) {
    const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
    const visit = (node: ts.Node): void => {
      const isProperty = ts.isPropertyAccessExpression(node.parent ?? file) && 'name' in node.parent;
      if (ts.isIdentifier(node) && ['process', 'console'].includes(node.text)) {
        const plain = !isProperty || node.parent.getText().startsWith(node.text);
        if (plain || node.parent.getText().startsWith('globalThis')) used.push(`${path}: ${node.text}`);
      }
      ts.forEachChild(node, visit);
    };
    visit(file);
  }
  return used;
}

test('every layer imports only what is below it', () => {
  expect(sources.size).toBeGreaterThan(80);
  expect(wrongImports(sources)).toEqual([]);
});

test.each([
  ['src/domain/user.ts', `import { sql } from '../store/index.ts';`],
  ['src/domain/user.ts', `import { readFileSync } from 'node:fs';`],
  ['src/domain/user.ts', `import * as z from 'zod';`],
  ['src/hashing/bcrypt.ts', `import type { Store } from '../store/index.ts';`],
  ['src/hashing/kdf/scrypt.ts', `const chalk = await import('chalk');`],
  ['src/dumps/csv.ts', `import type { Store } from '../store/index.ts';`],
  ['src/store/users.ts', `import { newId } from '../services/context.ts';`],
  ['src/store/users.ts', `import chalk from 'chalk';`],
  ['src/services/users.ts', `import type { View } from '../cli/render/view.ts';`],
  ['src/services/users.ts', `import { sql } from 'kysely';`],
  ['src/services/users.ts', `import { readSettings } from '../settings.ts';`],
  ['src/cli/commands/user/add.ts', `import type { Schema } from '../../../store/schema.ts';`],
  ['src/cli/commands/user/add.ts', `const { identify } = await import('../../../hashing/index.ts');`],
  ['src/cli/run.ts', `export type { DumpRow } from '../dumps/format.ts';`],
  ['src/cli/run.ts', `import { composeApp } from '../app.ts';`],
  ['src/cli/run.ts', `type Row = import('../store/schema.ts').UserRow;`],
  ['migrations/0001-users.ts', `import type { User } from '../src/domain/user.ts';`],
  ['migrations/0001-users.ts', `import { sql } from 'kysely';`],
])('a forbidden import in %s is found: %s', (path, text) => {
  expect(wrongImports(new Map([[path, text]]))).toHaveLength(1);
});

test.each([
  ['src/compose.ts', `import { openStore } from './store/index.ts';`],
  ['src/cli/run.ts', `import { readSettings } from '../settings.ts';`],
  ['src/services/users.ts', `import { v7 } from 'uuid'; import { a } from '../store/users.ts';`],
  [
    'src/store/migrator.ts',
    `import { Umzug } from 'umzug'; import { migrations } from '../../migrations/index.ts';`,
  ],
])('an allowed import in %s is not: %s', (path, text) => {
  expect(wrongImports(new Map([[path, text]]))).toEqual([]);
});

test('only main touches the process, and nothing the console', () => {
  const used = globalsUsed(sources).filter((use) => use !== 'src/main.ts: process');
  expect(used).toEqual([]);
  expect(globalsUsed(sources)).toContain('src/main.ts: process');
});

test.each([
  ['process.exit(1);', 1],
  ['const { env } = process;', 1],
  ['console.log(1);', 1],
  ['globalThis.process.exit();', 1],
  ['const a = { b: console };', 1],
  ['// the process of console.log', 0],
  [`const text = 'process.exit';`, 0],
  ['child.process.kill();', 0],
])('uses of globals in %j: %d', (text, count) => {
  expect(globalsUsed(new Map([['src/a.ts', text]]))).toHaveLength(count);
});

test('names of files are kebab-case and say what is in them', () => {
  const odd = [...sources.keys()].filter((path) => {
    const parts = path.replace(/\.ts$/, '').split('/');
    return (
      parts.some((part) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(part)) ||
      /utils|helpers|manager|common|misc/.test(path)
    );
  });
  expect(odd).toEqual([]);
});

test('nothing is exported as default', () => {
  const defaults = [...sources].filter(([, text]) => /^export default/m.test(text)).map(([path]) => path);
  expect(defaults).toEqual([]);
});
