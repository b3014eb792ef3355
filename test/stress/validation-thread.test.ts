import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { AuthctlError } from '../../src/domain/errors.ts';
import { defaultPolicy } from '../../src/domain/policy.ts';
import type { DumpSource } from '../../src/dumps/format.ts';
import type { ImportField } from '../../src/services/imports/fields.ts';
import {
  readPages,
  type ValidatedPage,
  type ValidatedRow,
  type ValidationOptions,
  validatedPages,
} from '../../src/services/imports/validation.ts';
import { ValidationThread } from '../../src/services/imports/validation-thread.ts';

const workerFile = join(import.meta.dirname, '..', '..', 'dist', 'validation-worker.cjs');
const hash = '$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy';

const optionsOf = (format: string, map: [ImportField, string][] = []): ValidationOptions => ({
  format,
  rules: {
    map: new Map(map),
    onConflict: 'reject',
    updatePasswords: false,
    weakPasswords: 'flag',
    allowNoPassword: false,
    plaintext: false,
    wrapWeak: false,
  },
  policy: defaultPolicy,
  firebase: undefined,
  firstIsKnown: false,
});

/** A dump in pieces, and what is thrown behind them. */
function sourceOf(text: string, failure?: Error, pieceBytes = 100_000): DumpSource {
  const bytes = Buffer.from(text);
  return {
    path: undefined,
    async *open() {
      for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
      if (failure) throw failure;
    },
  };
}

interface Collected {
  rows: ValidatedRow[];
  columns: ValidatedPage['columns'] | undefined;
  error: unknown;
}

async function collect(pages: AsyncIterable<ValidatedPage>): Promise<Collected> {
  const collected: Collected = { rows: [], columns: undefined, error: undefined };
  try {
    for await (const { rows, columns } of pages) {
      collected.rows.push(...rows);
      collected.columns = columns;
    }
  } catch (error) {
    collected.error = error;
  }
  return collected;
}

const here = (options: ValidationOptions, source: DumpSource) =>
  collect(validatedPages(options, readPages(options.format, source)));

function threadOf(options: ValidationOptions, source: DumpSource, file = workerFile): ValidationThread {
  const thread = new ValidationThread(file, options, source);
  onTestFinished(() => thread.close());
  return thread;
}

const there = (options: ValidationOptions, source: DumpSource) => collect(threadOf(options, source).pages());

const many = Array.from({ length: 20_000 }, (_, index) => index);
const csv = `login,mail,password_hash,joined,shoe\n${many
  .map((index) => `user${index % 19_000},u${index}@example.com,${hash},2024-02-03T04:05:06Z,${index}`)
  .join('\n')}\n`;
const ndjson = many
  .map((index) =>
    index % 1000 === 7
      ? '[1, 2]'
      : JSON.stringify({ username: `user${index}`, password: index % 5 ? 'Correct-horse-1' : hash }),
  )
  .join('\n');
const dumps = { csv, ndjson, 'csv with a map': csv };

test.each(['csv', 'ndjson', 'csv with a map'] as const)(
  'a dump in %s is validated on a thread as it is here',
  async (name) => {
    const options = optionsOf(
      name === 'ndjson' ? 'ndjson' : 'csv',
      name.endsWith('map') ? [['createdAt', 'joined']] : [],
    );

    const [one, other] = await Promise.all([
      here(options, sourceOf(dumps[name])),
      there(options, sourceOf(dumps[name])),
    ]);

    expect(one).toMatchObject({ error: undefined, rows: { length: 20_000 } });
    expect(other).toEqual(one);
  },
);

test('a dump that breaks in its middle gives what was before, and the same error', async () => {
  const broken = sourceOf(`${csv}"open quote,and no end\n${csv}`);

  const [one, other] = await Promise.all([here(optionsOf('csv'), broken), there(optionsOf('csv'), broken)]);

  expect(other.rows).toEqual(one.rows);
  expect(other.rows).toHaveLength(20_000);
  expect(other.error).toBeInstanceOf(AuthctlError);
  expect(other.error).toMatchObject({ code: 'dump-broken', details: { line: 20_002 } });
  const { message, hint } = one.error as AuthctlError;
  expect(other.error).toMatchObject({ message, hint });
});

test('a dump of which nothing can be made is refused by its first record', async () => {
  const { rows, error } = await there(optionsOf('csv'), sourceOf(csv.replace('login', 'shoes')));
  expect(rows).toEqual([]);
  expect(error).toMatchObject({ code: 'invalid-dump', message: expect.stringContaining('username') });
});

test('what goes wrong while the dump is read is told as it was, behind the records before it', async () => {
  const failure = new AuthctlError('file-unusable', 'the disk is gone');
  const { rows, error } = await there(optionsOf('csv'), sourceOf(csv, failure));
  expect(error).toBe(failure);
  expect(rows.length).toBeGreaterThan(19_000);
});

test('a thread that cannot run is no end of the dump', async () => {
  const { error } = await collect(threadOf(optionsOf('csv'), sourceOf(csv), '/nowhere/worker.cjs').pages());
  expect(error).toBeInstanceOf(Error);
});

test('a thread that ends before the dump does is no end of it', async () => {
  const thread = threadOf(optionsOf('csv'), sourceOf(csv));
  const pages = thread.pages();
  await pages.next();
  await thread.close();
  expect((await collect(pages)).error).toMatchObject({ message: expect.stringContaining('too early') });
});

test('the thread takes no more of the dump than it is asked for', async () => {
  let taken = 0;
  const source: DumpSource = {
    path: undefined,
    async *open() {
      yield Buffer.from('username,password_hash\n');
      for (let index = 0; ; index += 1) {
        taken += 1;
        yield Buffer.from(`user${index},${hash}\n`.repeat(1000));
      }
    },
  };
  const pages = threadOf(optionsOf('csv'), source).pages();
  await pages.next();
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(taken).toBeLessThan(20);
});
