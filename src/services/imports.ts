import { AuthctlError } from '../domain/errors.ts';
import { quote } from '../domain/text.ts';
import { type BadRow, DumpBroken, type DumpFormat, type DumpRow } from '../dumps/format.ts';
import { detectFormat, dumpFormats } from '../dumps/index.ts';
import { allSchemes } from '../hashing/index.ts';
import { HashPool } from '../hashing/pool.ts';
import { NameSet } from '../store/name-set.ts';
import type { ServiceContext } from './context.ts';
import { type Judgement, judgeRow } from './import-candidates.ts';
import { FieldColumns } from './import-fields.ts';
import {
  inputChanged,
  loadProgress,
  newProgress,
  requireSameInput,
  requireSameOptions,
  type StoredProgress,
} from './import-progress.ts';
import type { ImportReport, RowOutcome } from './import-report.ts';
import { type ImportRequest, rulesText } from './import-request.ts';
import { ImportRun } from './import-run.ts';
import { ImportSource } from './import-source.ts';
import { commonPasswords } from './passwords.ts';
import { PolicyService } from './policies.ts';
import { RejectsFile } from './rejects-file.ts';

/** Where hashing is done. */
export interface HashingPlace {
  workerFile: string;
  cores: number;
}

/** Brings users in from dumps. */
export class ImportService {
  readonly #context: ServiceContext;
  readonly #place: HashingPlace;

  constructor(context: ServiceContext, place: HashingPlace) {
    this.#context = context;
    this.#place = place;
  }

  /**
   * Runs an import to its end; each batch is committed with its events and progress. Throws `invalid-dump` when
   * nothing can be made of the dump, `dump-broken` where it cannot be read any further (what came before stays),
   * `input-changed` when it cannot be resumed, `interrupted`.
   */
  async run(request: ImportRequest): Promise<ImportReport> {
    const rows = this.rows(request);
    for (;;) {
      const { value, done } = await rows.next();
      if (done) return value;
    }
  }

  /** The same import, yielding what became of each row; it goes on as far as it is asked. */
  async *rows(request: ImportRequest): AsyncGenerator<RowOutcome[], ImportReport> {
    const source = new ImportSource(request.source, request.stdin);
    const seen = new NameSet();
    const pool = new HashPool(this.#place.workerFile, this.#place.cores);
    let rejects: RejectsFile | undefined;
    try {
      if (source.exposed)
        await request.warn(`the dump ${quote(request.source)} can be read by others; chmod 600 it`);
      const format = await chooseFormat(source, request.format);
      const progress = await this.#begin(source, request);
      rejects = openRejects(request, format, progress);
      const policy = await new PolicyService(this.#context).get();
      const judgement: Judgement = {
        rules: request,
        policy,
        common: policy.passwordForbidCommon ? await commonPasswords() : new Set(),
        schemes: await allSchemes(),
        columns: new FieldColumns(request.map),
        seen,
      };
      const rows = firstChecked(
        undoneRows(format.read(source), progress, judgement, source),
        progress,
        judgement,
      );
      const run = new ImportRun({
        context: this.#context,
        request,
        source,
        judgement,
        pool,
        rejects,
        progress,
      });
      return yield* run.run(rows);
    } finally {
      rejects?.close();
      seen.close();
      await pool.close();
      await source.close();
    }
  }

  async #begin(source: ImportSource, request: ImportRequest): Promise<StoredProgress> {
    const options = rulesText(request);
    const before = await loadProgress(this.#context.store, source.name);
    if (request.resume && before) {
      requireSameOptions(before, options);
      return before;
    }
    if (request.resume)
      await request.note('no import of this dump was interrupted; it begins at the first record');
    else if (before && !before.finished && !request.dryRun) {
      await request.note(
        `an import of this dump was interrupted after ${before.rows} records; --resume goes on there`,
      );
    }
    return newProgress(source.name, options, this.#context.now());
  }
}

async function chooseFormat(source: ImportSource, id: string | undefined): Promise<DumpFormat> {
  const { head, whole } = await source.head();
  const format = id === undefined ? detectFormat(head, whole) : dumpFormats.find((one) => one.id === id);
  if (format) return format;
  throw new AuthctlError(
    'invalid-dump',
    head.length === 0 ? 'the dump is empty' : 'the format of the dump is not known',
    {
      hint: `name it with --format: ${dumpFormats.map((one) => one.id).join(', ')}`,
    },
  );
}

function openRejects(
  request: ImportRequest,
  format: DumpFormat,
  progress: StoredProgress,
): RejectsFile | undefined {
  if (request.rejects === undefined || request.dryRun) return undefined;
  return new RejectsFile(request.rejects, {
    csv: format.id === 'csv',
    resumeAt: request.resume ? progress.rejectsLength : undefined,
  });
}

type Row = DumpRow | BadRow;

/** The rows behind those that are done already; the dump must begin as it did when they were. */
async function* undoneRows(
  pages: AsyncIterable<Row[]>,
  progress: StoredProgress,
  judgement: Judgement,
  source: ImportSource,
): AsyncGenerator<Row[]> {
  let done = 0;
  for await (const page of pages) {
    if (done === progress.rows) {
      yield page;
      continue;
    }
    const known = page.slice(0, progress.rows - done);
    // Their names count as seen, and their columns as met.
    for (const row of known) judgeRow(row, judgement);
    done += known.length;
    const last = known.at(-1);
    if (done === progress.rows && last) requireSameInput(progress, last.end, source.prefix.upTo(last.end));
    if (known.length < page.length) yield page.slice(known.length);
  }
  if (done < progress.rows) throw inputChanged('the dump is shorter than what was imported of it');
}

/** Refuses a dump of which the first record says that nothing can be made of it. */
async function* firstChecked(
  pages: AsyncIterable<Row[]>,
  progress: StoredProgress,
  { columns }: Judgement,
): AsyncGenerator<Row[]> {
  let checked = progress.rows > 0;
  try {
    for await (const page of pages) {
      const [first] = page;
      if (!checked && first) requireReadable(first, columns);
      checked = true;
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

function requireReadable(first: Row, columns: FieldColumns): void {
  if ('problem' in first) {
    throw new AuthctlError(
      'invalid-dump',
      `the first record, at line ${first.line}, is unreadable: ${first.problem.message}`,
    );
  }
  const names = Object.keys(first.fields);
  const missing = columns.missing(names);
  if (missing !== undefined) {
    throw new AuthctlError('invalid-dump', `the dump has no column ${quote(missing)}, which --map names`, {
      hint: `its columns are ${names.slice(0, 20).map(quote).join(', ')}`,
    });
  }
  if (columns.pick(first.fields).username === undefined) {
    throw new AuthctlError(
      'invalid-dump',
      `no column of the dump (line ${first.line}) is known as the username`,
      {
        hint: `name it with --map username=COLUMN; its columns are ${names.slice(0, 20).map(quote).join(', ')}`,
      },
    );
  }
}
