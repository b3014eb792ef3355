import { AuthctlError } from '../../domain/errors.ts';
import { quote } from '../../domain/text.ts';
import { type BadRow, DumpBroken, type DumpRow } from '../../dumps/format.ts';
import { type Judgement, rowFields } from './candidates.ts';
import type { JudgedPage } from './judging.ts';
import { inputChanged, requireSameInput, type StoredProgress } from './progress.ts';
import type { ImportSource } from './source.ts';

type Row = DumpRow | BadRow;

/** The rows behind those that are done already; the dump must begin as it did when they were. */
export async function* undoneRows(
  pages: AsyncIterable<JudgedPage>,
  progress: StoredProgress,
  source: ImportSource,
): AsyncGenerator<JudgedPage> {
  let done = 0;
  for await (const page of pages) {
    if (done === progress.rows) {
      yield page;
      continue;
    }
    const known = page.rows.slice(0, progress.rows - done);
    done += known.length;
    const last = known.at(-1);
    if (done === progress.rows && last) requireSameInput(progress, last.end, source.prefix.upTo(last.end));
    if (known.length < page.rows.length) yield { ...page, rows: page.rows.slice(known.length) };
  }
  if (done < progress.rows) throw inputChanged('the dump is shorter than what was imported of it');
}

/** Refuses a dump of which the first record says that nothing can be made of it, unless that is known already. */
export async function* firstChecked(
  pages: AsyncIterable<Row[]>,
  firstIsKnown: boolean,
  judgement: Pick<Judgement, 'columns' | 'emailIsName'>,
): AsyncGenerator<Row[]> {
  let checked = firstIsKnown;
  try {
    for await (const page of pages) {
      // What is no user, such as the domain in front of a directory, says nothing about the users behind it.
      const first = page.find((row) => !('problem' in row && row.problem.code === 'not-a-user'));
      if (!checked && first) requireReadable(first, judgement);
      checked ||= first !== undefined;
      yield page;
    }
  } catch (error) {
    if (!(error instanceof DumpBroken)) throw error;
    const code = checked ? 'dump-broken' : 'invalid-dump';
    throw new AuthctlError(
      code,
      `the dump cannot be read ${checked ? 'on ' : ''}at line ${error.line}: ${error.message}`,
      {
        details: { line: error.line },
        hint: checked ? 'mend it from there on and repeat the command with --resume' : undefined,
        cause: error,
      },
    );
  }
}

function requireReadable(first: Row, judgement: Pick<Judgement, 'columns' | 'emailIsName'>): void {
  if ('problem' in first) {
    throw new AuthctlError(
      'invalid-dump',
      `the first record, at line ${first.line}, is unreadable: ${first.problem.message}`,
    );
  }
  const names = Object.keys(first.fields);
  const missing = judgement.columns.missing(names);
  if (missing !== undefined) {
    throw new AuthctlError('invalid-dump', `the dump has no column ${quote(missing)}, which --map names`, {
      hint: `its columns are ${names.slice(0, 20).map(quote).join(', ')}`,
    });
  }
  if (rowFields(first, judgement).username === undefined) {
    throw new AuthctlError(
      'invalid-dump',
      `no column of the dump (line ${first.line}) is known as the username`,
      {
        hint: `name it with --map username=COLUMN; its columns are ${names.slice(0, 20).map(quote).join(', ')}`,
      },
    );
  }
}
