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

/** All that the text of a file imports, statically or not; what only gives types counts. */
const importsOf = (text: string): string[] =>
  ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);

/** The file that `name` stands for in `path`; `undefined` for a package. */
const fileOf = (path: string, name: string): string | undefined =>
  name.startsWith('.') ? posix.join(posix.dirname(path), name) : undefined;

const sqlPackages = ['better-sqlite3', 'kysely', 'umzug', 'pg', 'pg-copy-streams', 'mysql2'];
const terminalPackages = ['@inquirer/prompts', 'chalk', 'cli-progress', 'cli-table3', 'commander'];
const otherPackages = { not: [...sqlPackages, ...terminalPackages] };

/** Which layers and which packages a layer may import. The files on top, `compose`, `main` and `index`, may import all. */
const layers: Record<string, { layers: string[]; packages: string[] | { not: string[] } }> = {
  // It computes and does nothing else, so Node's modules count as packages.
  domain: { layers: ['domain'], packages: ['node:crypto', 'uuid'] },
  io: { layers: ['domain', 'io'], packages: otherPackages },
  hashing: { layers: ['domain', 'hashing'], packages: otherPackages },
  // A dump may be a table of a SQLite file.
  dumps: { layers: ['domain', 'io', 'hashing', 'dumps'], packages: { not: terminalPackages } },
  store: { layers: ['domain', 'io', 'migrations', 'store'], packages: { not: terminalPackages } },
  services: { layers: ['domain', 'io', 'hashing', 'dumps', 'store', 'services'], packages: otherPackages },
  settings: { layers: ['domain', 'io', 'settings'], packages: otherPackages },
  cli: { layers: ['domain', 'io', 'services', 'settings', 'cli'], packages: { not: sqlPackages } },
  http: { layers: ['domain', 'io', 'services', 'settings', 'http'], packages: otherPackages },
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
    for (const name of importsOf(text)) {
      const file = fileOf(path, name);
      const allowed = file ? rule.layers.includes(layerOf(file)) : packageAllowed(name, rule.packages);
      if (!allowed) wrong.push(`${path} imports ${name}`);
    }
  }
  return wrong;
}

function packageAllowed(name: string, packages: string[] | { not: string[] }): boolean {
  const among = (list: string[]) => list.some((one) => name === one || name.startsWith(`${one}/`));
  return Array.isArray(packages) ? among(packages) : !among(packages.not);
}

/**
 * A room is a folder whose files belong together: files outside of it import only its doors. The door of a subject is
 * the file that carries the subject's name. Every other folder is open: domain, io, settings, the engine of the dumps,
 * the primitives of hashing, and what all commands share (cli/input, cli/render, cli/views).
 */
const rooms: readonly { folder: RegExp; doors(subject: string): readonly string[] }[] = [
  { folder: /^src\/store\//, doors: () => ['index.ts', 'dialects/index.ts'] },
  { folder: /^src\/services\/([a-z-]+)\//, doors: (subject) => [`${subject}.ts`] },
  { folder: /^src\/services\/database\/([a-z-]+)\//, doors: (subject) => [`${subject}.ts`] },
  { folder: /^src\/hashing\/(?!primitives\/)/, doors: () => ['index.ts'] },
  { folder: /^src\/hashing\/(crypt|kdf|digest|detect)\//, doors: (subject) => [`${subject}.ts`] },
  { folder: /^src\/dumps\/(?!engine\/)/, doors: () => ['index.ts'] },
  { folder: /^src\/dumps\/formats\/([a-z0-9-]+)\//, doors: (subject) => [`${subject}.ts`, 'writer.ts'] },
  { folder: /^src\/cli\/commands\//, doors: () => ['index.ts'] },
  { folder: /^src\/http\/routes\//, doors: () => ['index.ts'] },
];

/** A run is composed of single services, so that a command loads no other. */
const composition = 'src/compose.ts';

function wrongEntries(files: Sources): string[] {
  const wrong: string[] = [];
  for (const [path, text] of files) {
    if (path === composition) continue;
    for (const file of importsOf(text).flatMap((name) => fileOf(path, name) ?? [])) {
      if (rooms.some((room) => isOtherEntry(path, file, room))) wrong.push(`${path} imports ${file}`);
    }
  }
  return wrong;
}

/** Whether `file` is in a room that `path` is not in, and not a door of it. */
function isOtherEntry(path: string, file: string, { folder, doors }: (typeof rooms)[number]): boolean {
  const [room, subject = ''] = folder.exec(file) ?? [];
  if (room === undefined || path.startsWith(room)) return false;
  return !doors(subject).some((door) => file === room + door);
}

/** Groups of files that import each other in a circle, by Tarjan's algorithm for strongly connected components. */
function circles(files: Sources): string[][] {
  const found: string[][] = [];
  const visited = new Map<string, { index: number; lowest: number; isOpen: boolean }>();
  const stack: string[] = [];
  const visit = (path: string) => {
    const here = { index: visited.size, lowest: visited.size, isOpen: true };
    visited.set(path, here);
    stack.push(path);
    const targets = importsOf(files.get(path) ?? '').flatMap((name) => fileOf(path, name) ?? []);
    const reached = targets
      .filter((one) => files.has(one))
      .map((target) => visited.get(target) ?? visit(target))
      .filter(({ isOpen }) => isOpen);
    here.lowest = Math.min(here.lowest, ...reached.map(({ lowest }) => lowest));
    if (here.lowest === here.index) {
      const group = stack.splice(stack.indexOf(path));
      for (const member of group) Object.assign(visited.get(member) ?? {}, { isOpen: false });
      if (group.length > 1 || targets.includes(path)) found.push(group.sort());
    }
    return here;
  };
  for (const path of files.keys()) if (!visited.has(path)) visit(path);
  return found;
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
  ['src/domain/user.ts', `import { errnoOf } from '../io/errno.ts';`],
  ['src/io/queue.ts', `import type { Store } from '../store/index.ts';`],
  ['src/io/queue.ts', `import Database from 'better-sqlite3';`],
  ['src/hashing/bcrypt.ts', `import type { Store } from '../store/index.ts';`],
  ['src/hashing/kdf/scrypt.ts', `const chalk = await import('chalk');`],
  ['src/dumps/csv.ts', `import { Store } from '../store/index.ts';`],
  ['src/store/users.ts', `import { newId } from '../services/context.ts';`],
  ['src/store/users.ts', `import { identify } from '../hashing/index.ts';`],
  ['src/store/users.ts', `import chalk from 'chalk';`],
  ['src/services/users.ts', `import type { View } from '../cli/render/view.ts';`],
  ['src/services/users.ts', `import { sql } from 'kysely';`],
  ['src/services/users.ts', `import { from } from 'pg-copy-streams';`],
  ['src/services/users.ts', `import { readSettings } from '../settings/settings.ts';`],
  ['src/settings/settings.ts', `import { Store } from '../store/index.ts';`],
  ['src/cli/commands/user/add.ts', `import type { Schema } from '../../../store/index.ts';`],
  ['src/cli/commands/user/add.ts', `const { identify } = await import('../../../hashing/index.ts');`],
  ['src/cli/run.ts', `export type { DumpRow } from '../dumps/index.ts';`],
  ['src/cli/run.ts', `import { composeApp } from '../compose.ts';`],
  ['src/cli/run.ts', `type Row = import('../store/index.ts').UserRow;`],
  ['src/cli/run.ts', `import { serve } from '../http/server.ts';`],
  ['src/http/server.ts', `import type { Terminal } from '../cli/terminal.ts';`],
  ['migrations/0001-users.ts', `import type { User } from '../src/domain/user.ts';`],
  ['migrations/0001-users.ts', `import { sql } from 'kysely';`],
])('a forbidden import in %s is found: %s', (path, text) => {
  expect(wrongImports(new Map([[path, text]]))).toHaveLength(1);
});

test.each([
  ['src/compose.ts', `import { openStore } from './store/index.ts';`],
  ['src/index.ts', `import { composeApp } from './compose.ts';`],
  ['src/cli/run.ts', `import { readSettings } from '../settings/settings.ts';`],
  ['src/http/server.ts', `import type { Services } from '../services/services.ts';`],
  ['src/services/users.ts', `import { v7 } from 'uuid'; import { a } from '../store/index.ts';`],
  ['src/dumps/index.ts', `import { errnoOf } from '../io/errno.ts';`],
  [
    'src/store/migrator.ts',
    `import { Umzug } from 'umzug'; import { migrations } from '../../migrations/index.ts';`,
  ],
])('an allowed import in %s is not: %s', (path, text) => {
  expect(wrongImports(new Map([[path, text]]))).toEqual([]);
});

test('every room is entered by its door', () => {
  expect(wrongEntries(sources)).toEqual([]);
});

test.each([
  ['src/services/users/users.ts', `import { AuditRepository } from '../../store/repositories/audit.ts';`],
  ['src/services/users/users.ts', `import type { UserRow } from '../../store/schema/types.ts';`],
  ['src/services/users/users.ts', `await import('../../store/dialects/sqlite/files.ts');`],
  ['src/services/users/users.ts', `import { replacing } from '../passwords/password-change.ts';`],
  ['src/services/audit/audit.ts', `import { CopyRun } from '../database/copy/run.ts';`],
  ['src/services/audit/audit.ts', `import { CopyService } from '../database/copy/copy.ts';`],
  ['src/services/database/database.ts', `import { CopyRun } from './copy/run.ts';`],
  ['src/services/policies.ts', `import { findUser } from './changes/find-user.ts';`],
  ['src/services/hashes/hashes.ts', `import { scrypt } from '../../hashing/kdf/scrypt.ts';`],
  ['src/services/hashes/hashes.ts', `import { HashPool } from '../../hashing/pool.ts';`],
  ['src/hashing/registry.ts', `import { scrypt } from './kdf/scrypt.ts';`],
  ['src/services/imports/source.ts', `import type { DumpRow } from '../../dumps/format.ts';`],
  ['src/dumps/index.ts', `import { entry } from './formats/ldif/entry.ts';`],
  ['src/dumps/formats/ldif/ldif.ts', `import { hash } from '../auth0/hash.ts';`],
  ['src/cli/views/user.ts', `import type { LockEnd } from '../../services/users/states.ts';`],
  ['src/cli/program.ts', `import { userAdd } from './commands/user/add.ts';`],
  ['src/index.ts', `export type { LockEnd } from './services/users/states.ts';`],
])('another entry from %s is found: %s', (path, text) => {
  expect(wrongEntries(new Map([[path, text]]))).toHaveLength(1);
});

test.each([
  ['src/services/users/users.ts', `import { Store } from '../../store/index.ts';`],
  ['src/services/users/users.ts', `import { schemeOf } from '../../store/dialects/index.ts';`],
  ['src/services/users/users.ts', `import { replacing } from '../passwords/passwords.ts';`],
  ['src/services/users/users.ts', `import { setting } from './user-fields.ts';`],
  ['src/services/users/users.ts', `import { PolicyService } from '../policies.ts';`],
  ['src/services/database/database.ts', `import { CopyService } from './copy/copy.ts';`],
  ['src/services/exports/exports.ts', `import { ownFields } from '../../dumps/engine/own-record.ts';`],
  ['src/dumps/writers.ts', `import { ldifWriter } from './formats/ldif/writer.ts';`],
  ['src/store/index.ts', `import { UserRepository } from './repositories/users/users.ts';`],
  ['src/cli/commands/user/add.ts', `import { userView } from '../../views/user.ts';`],
  ['src/compose.ts', `await import('./services/users/states.ts');`],
])('a door or an own file is not, from %s: %s', (path, text) => {
  expect(wrongEntries(new Map([[path, text]]))).toEqual([]);
});

test('no files import each other in a circle', () => {
  expect(circles(sources)).toEqual([]);
});

test.each([
  ['two files', { a: `import './b.ts';`, b: `import './a.ts';` }, [['src/a.ts', 'src/b.ts']]],
  ['types alone', { a: `import type { B } from './b.ts';`, b: `export type { A } from './a.ts';` }, 1],
  ['a type in place', { a: `type B = import('./b.ts').B;`, b: `import './a.ts';` }, 1],
  ['a lazy import', { a: `await import('./b.ts');`, b: `import './a.ts';` }, 1],
  ['one file', { a: `import './a.ts';` }, [['src/a.ts']]],
  [
    'a long way round, beside what is none',
    { a: `import './b.ts';`, b: `import './c.ts';`, c: `import './d.ts';`, d: `import './b.ts';` },
    [['src/b.ts', 'src/c.ts', 'src/d.ts']],
  ],
  [
    'two circles that touch no other',
    {
      a: `import './b.ts';`,
      b: `import './a.ts'; import './c.ts';`,
      c: `import './d.ts';`,
      d: `import './c.ts';`,
    },
    [
      ['src/c.ts', 'src/d.ts'],
      ['src/a.ts', 'src/b.ts'],
    ],
  ],
  [
    'two ways to one file',
    { a: `import './b.ts'; import './c.ts';`, b: `import './d.ts';`, c: `import './d.ts';`, d: '' },
    [],
  ],
  ['a package', { a: `import './b.ts'; import 'zod';`, b: `import 'zod';` }, []],
] as const)('a circle of %s', (_what, files, expected) => {
  const found = circles(new Map(Object.entries(files).map(([name, text]) => [`src/${name}.ts`, text])));
  if (typeof expected === 'number') expect(found).toHaveLength(expected);
  else expect(found).toEqual(expected);
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
