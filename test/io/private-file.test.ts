import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  copyContents,
  createPart,
  createPrivate,
  PrivateFile,
  partsIn,
  syncFolder,
} from '../../src/io/private-file.ts';
import { testFolder } from '../cli.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = testFolder();
  path = join(folder, 'users.csv');
});

const umask = process.umask();
afterEach(() => {
  process.umask(umask);
});

const modeOf = (file: string) => statSync(file).mode & 0o777;
const { signal } = new AbortController();

/** The number of a process that has ended. */
const deadPid = (): number => spawnSync('true').pid;

/** The name of a part as a process with another number would have made it. */
const partOf = (pid: number | string): string => createPart(path).replace(/-\d+-/, `-${pid}-`);

test.each([0, 0o022, 0o077, 0o277, 0o777])('with the umask %o a file is for its owner alone', (mask) => {
  process.umask(mask);
  const file = new PrivateFile(path, { replace: false });
  expect(modeOf(file.written)).toBe(0o600);
  file.write('a');
  file.finish();
  const part = createPart(path);
  closeSync(createPrivate(`${path}.other`));
  expect([path, part, `${path}.other`].map(modeOf)).toEqual([0o600, 0o600, 0o600]);
});

test('a file has its name when it is whole, and not before', () => {
  const file = new PrivateFile(path, { replace: false });
  file.write('one,');
  file.write('zwölf');
  expect(existsSync(path)).toBe(false);
  file.finish();
  expect(readFileSync(path, 'utf8')).toBe('one,zwölf');
  expect(readdirSync(folder)).toEqual(['users.csv']);
});

test('a file that another writer fills is named the same', () => {
  const file = new PrivateFile(path, { replace: false });
  file.leave();
  writeFileSync(file.written, 'by another');
  file.finish();
  expect(readFileSync(path, 'utf8')).toBe('by another');
  expect(() => file.write('more')).toThrow('another writer');
});

test('what is there is kept, and replaced only when that is asked for', () => {
  writeFileSync(path, 'old', { mode: 0o644 });
  expect(() => new PrivateFile(path, { replace: false })).toThrow(
    expect.objectContaining({ code: 'file-exists' }),
  );
  const file = new PrivateFile(path, { replace: true });
  file.write('new');
  expect(readFileSync(path, 'utf8')).toBe('old');
  file.finish();
  expect(readFileSync(path, 'utf8')).toBe('new');
  expect(modeOf(path)).toBe(0o600);
});

test('a file that is made meanwhile is kept', () => {
  const file = new PrivateFile(path, { replace: false });
  writeFileSync(path, 'of somebody else');
  expect(() => file.finish()).toThrow(expect.objectContaining({ code: 'file-exists' }));
  file.discard();
  expect(readFileSync(path, 'utf8')).toBe('of somebody else');
  expect(readdirSync(folder)).toEqual(['users.csv']);
});

test.each(['there', 'nowhere'])('a link that leads %s is not followed', (where) => {
  writeFileSync(join(folder, 'there'), 'kept');
  symlinkSync(join(folder, where), path);
  expect(() => new PrivateFile(path, { replace: false })).toThrow(
    expect.objectContaining({ code: 'file-exists' }),
  );
  expect(() => new PrivateFile(path, { replace: true })).toThrow(/symbolic link/);
  expect(() => createPrivate(path)).toThrow(expect.objectContaining({ code: 'EEXIST' }));
  expect(readFileSync(join(folder, 'there'), 'utf8')).toBe('kept');
  expect(readdirSync(folder).sort()).toEqual(['there', 'users.csv']);
});

test.each([
  ['a folder', () => mkdirSync(path), /it is no file/],
  ['a FIFO', () => spawnSync('mkfifo', [path]), /it is no file/],
])('%s is not replaced', (_what, make, message) => {
  make();
  expect(() => new PrivateFile(path, { replace: true })).toThrow(message);
});

test('a file whose folder is not there is refused by name', () => {
  const refusal = expect.objectContaining({
    code: 'file-unusable',
    message: expect.stringContaining('its folder does not exist'),
  });
  expect(() => new PrivateFile(join(folder, 'no', 'x'), { replace: false })).toThrow(refusal);
});

test('what was begun is taken back, and with its name too', () => {
  const begun = new PrivateFile(path, { replace: false });
  begun.write('half');
  begun.discard();
  expect(readdirSync(folder)).toEqual([]);
  const named = new PrivateFile(path, { replace: false });
  named.finish();
  named.discard();
  expect(existsSync(path)).toBe(true);
  named.takeBack();
  expect(readdirSync(folder)).toEqual([]);
});

test('what a dead process was writing is removed by the next one, what a living one writes is not', () => {
  const [dead, living, kept] = [partOf(deadPid()), partOf(process.ppid), partOf(deadPid())];
  for (const end of ['', '-wal', '-journal', '-shm']) writeFileSync(`${dead}${end}`, 'half');
  writeFileSync(living, 'half');
  writeFileSync(kept.replace('users.csv', 'users.csv.replaced-20240101'), 'half');
  writeFileSync(join(folder, 'other.part'), 'not of this program');
  const own = partsIn(folder).filter((part) => !part.isAbandoned);
  expect(own.map((part) => part.path)).toContain(living);

  new PrivateFile(path, { replace: false }).discard();

  expect(partsIn(folder)).toEqual(own);
  expect(existsSync(join(folder, 'other.part'))).toBe(true);
});

test('what was written elsewhere is abandoned when nobody has written to it for a day', () => {
  const elsewhere = createPart(path).replace(/\.[0-9a-f]{8}-/, '.00000000-');
  writeFileSync(elsewhere, 'half');
  const isAbandoned = () => partsIn(folder, 'users').find((part) => part.path === elsewhere)?.isAbandoned;
  expect(isAbandoned()).toBe(false);
  const yesterday = Date.now() / 1000 - 90_000;
  utimesSync(elsewhere, yesterday, yesterday);
  expect(isAbandoned()).toBe(true);
});

test('a name that leaves no room for more is written under another one', () => {
  const long = join(folder, 'x'.repeat(255));
  const file = new PrivateFile(long, { replace: false });
  file.write('a');
  file.finish();
  expect(readFileSync(long, 'utf8')).toBe('a');
});

test('a folder that may not be read is written to', () => {
  const [locked, child] = [join(folder, 'locked'), join(folder, 'locked', 'x')];
  mkdirSync(locked);
  chmodSync(locked, 0o300);
  expect(() => syncFolder(locked)).not.toThrow();
  const file = new PrivateFile(child, { replace: false });
  file.finish();
  expect(statSync(child).size).toBe(0);
  chmodSync(locked, 0o700);
});

test('contents are copied without the rights of the file that they come from', async () => {
  const source = join(folder, 'source');
  const bytes = Buffer.alloc(2_500_000, 'abc');
  writeFileSync(source, bytes);
  chmodSync(source, 0o644);
  const part = createPart(path);
  await copyContents(source, part, signal);
  expect(readFileSync(part).equals(bytes)).toBe(true);
  expect(modeOf(part)).toBe(0o600);
  await expect(copyContents(source, part, AbortSignal.abort())).rejects.toThrow('interrupted');
});
