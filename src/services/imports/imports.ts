import { AuthctlError } from '../../domain/errors.ts';
import { quote } from '../../domain/text.ts';
import { type DumpFormat, detectFormat, dumpFormats } from '../../dumps/index.ts';
import { HashPool } from '../../hashing/index.ts';
import type { Heap } from '../../io/heap.ts';
import type { ServiceContext } from '../context.ts';
import { type HashingThreads, hashReading, readHashFormat, readParameters } from '../hashes/hashes.ts';
import { PolicyService } from '../policies.ts';
import { FieldColumns } from './fields.ts';
import { type ProbeRequest, type ProbeResult, probeDump } from './probe.ts';
import {
  loadProgress,
  newProgress,
  requireSameOptions,
  type StoredProgress,
  undoneRows,
} from './progress.ts';
import { RejectsFile } from './rejects-file.ts';
import type { ImportReport, RowOutcome } from './report.ts';
import { type ImportRequest, rulesOf, rulesText } from './request.ts';
import { ImportRun } from './run.ts';
import { type DumpHead, ImportSource } from './source.ts';
import {
  emailIsName,
  isOwnFormat,
  noHeaderHint,
  readPages,
  type ValidatedPage,
  type ValidationOptions,
  validatedPages,
} from './validation.ts';
import { ValidationThread } from './validation-thread.ts';

export { type ImportField, parseFieldMap, parseIgnoredColumns } from './fields.ts';
export type { RejectCode } from './reject-codes.ts';
export {
  conflictRules,
  type ImportProgress,
  type ImportRules,
  importFormats,
  weakPasswordRules,
} from './request.ts';
export type { ImportReport, ImportRequest, ProbeResult, RowOutcome };

/** The threads that an import starts. */
export interface ImportThreads extends HashingThreads {
  /** Path of the built worker that validates a dump. */
  validationWorker: string;
  /** Tunes the heaps of all threads for as much garbage as an import makes, if the process is ours to tune. */
  tuneHeap?: (() => Promise<Heap>) | undefined;
}

/** A dump being validated, here or on a thread. */
interface Validation {
  pages: AsyncIterable<ValidatedPage>;
  close(): Promise<void>;
}

/** Brings users in from dumps. */
export class ImportService {
  readonly #context: ServiceContext;
  readonly #threads: ImportThreads;

  constructor(context: ServiceContext, threads: ImportThreads) {
    this.#context = context;
    this.#threads = threads;
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
    const heap = await this.#threads.tuneHeap?.();
    const source = new ImportSource(request.source, request.stdin, request.signal);
    const pool = new HashPool(this.#threads.hashWorker, this.#threads.cores);
    let rejects: RejectsFile | undefined;
    let validation: Validation | undefined;
    try {
      if (source.exposed) {
        await request.warn(`the dump ${quote(request.source)} can be read by others; chmod 600 it`);
      }
      const head = await source.head(request.onWait);
      const format = chooseFormat(source, head, request);
      // Read again where rows are validated; a wrong one is told before anything is begun.
      readHashFormat(request.hashFormat);
      const firebase = await readParameters(request.firebaseParams, request);
      const progress = await this.#begin(source, request);
      rejects = openRejects(request, format, progress);
      const policy = await new PolicyService(this.#context).get();
      const rules = rulesOf(request);
      const options = { format: format.id, rules, policy, firebase, firstIsKnown: progress.rows > 0 };
      validation = this.#validate(options, source, head.whole, heap);
      const pages = undoneRows(validation.pages, progress, source);
      const context = this.#context;
      const parts = { context, request, format: format.id, source, policy, pool, rejects, progress, heap };
      return yield* new ImportRun(parts).run(pages);
    } finally {
      rejects?.close();
      await validation?.close();
      await pool.close();
      source.close();
    }
  }

  /** Whether a dump's credential of one user accepts a password; nothing is written. */
  async probe(request: ProbeRequest): Promise<ProbeResult> {
    const source = new ImportSource(request.source, request.stdin, request.signal);
    try {
      const format = chooseFormat(source, await source.head(request.onWait), request);
      const hashes = await hashReading(
        request.hashFormat,
        await readParameters(request.firebaseParams, request),
      );
      const columns = new FieldColumns({ ...request, own: isOwnFormat(format.id) });
      const rules = { columns, hashes, emailIsName: emailIsName(format.id) };
      return await probeDump(request, format.read(source, { columns: request.header }), rules);
    } finally {
      source.close();
    }
  }

  #validate(
    options: ValidationOptions,
    source: ImportSource,
    whole: boolean,
    heap: Heap | undefined,
  ): Validation {
    // What the first look has seen whole is validated before a thread would have started; a table is no stream of bytes.
    if (whole || source.isTable || this.#threads.cores < 2) {
      const pages = validatedPages(
        options,
        source.counted(readPages(options.format, source, options.rules.header)),
        heap,
      );
      return { pages, close: async () => {} };
    }
    const thread = new ValidationThread(this.#threads.validationWorker, options, source, {
      tunesHeap: heap !== undefined,
    });
    return { pages: thread.pages(), close: () => thread.close() };
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

function chooseFormat(
  source: ImportSource,
  { head, whole }: DumpHead,
  request: Pick<ImportRequest, 'format' | 'header' | 'map' | 'ignore'>,
): DumpFormat {
  const wanted = source.isTable ? 'sqlite' : (request.format ?? (request.header && 'csv'));
  if (request.header && wanted !== 'csv')
    throw new AuthctlError('usage', '--columns goes with CSV alone: other formats name their fields');
  const format =
    wanted === undefined ? detectFormat(head, whole) : dumpFormats.find((one) => one.id === wanted);
  if (format?.id === 'csv' && whole && !request.header) requireHeader(head, request);
  if (format) return format;
  const empty = head.length === 0 && !source.isTable;
  throw new AuthctlError(
    'invalid-dump',
    empty ? 'the dump is empty' : 'the format of the dump is not known',
    {
      hint: `name it with --format: ${dumpFormats.map((one) => one.id).join(', ')}`,
    },
  );
}

// Where there is no record behind the first line, only its names can tell that it is no record itself.
function requireHeader(head: Uint8Array, { map, ignore }: Pick<ImportRequest, 'map' | 'ignore'>): void {
  const text = new TextDecoder().decode(head).trim();
  if (text === '' || /[\r\n]/.test(text)) return;
  const names = text.split(/[,;\t]/).map((name) => name.trim().replace(/^"(.*)"$/, '$1'));
  if (new FieldColumns({ map, ignore, own: false }).shown(names).known > 0) return;
  throw new AuthctlError(
    'invalid-dump',
    'the dump has one line, in which nothing is known as the name of a column',
    {
      hint: noHeaderHint,
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
    csv: format.id.endsWith('csv') || format.id === 'wordpress',
    resumeAt: request.resume ? progress.rejectsLength : undefined,
  });
}
