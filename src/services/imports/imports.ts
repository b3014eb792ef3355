import { AuthctlError } from '../../domain/errors.ts';
import { quote } from '../../domain/text.ts';
import type { DumpFormat } from '../../dumps/format.ts';
import { detectFormat, dumpFormats } from '../../dumps/index.ts';
import { HashPool } from '../../hashing/index.ts';
import { FrugalHeap } from '../../io/heap.ts';
import type { ServiceContext } from '../context.ts';
import { hashReading, readHashFormat, readParameters } from '../hashes/options.ts';
import { PolicyService } from '../policies.ts';
import { FieldColumns } from './fields.ts';
import { emailIsName, type JudgedPage, type JudgingOrder, judgedPages, readPages } from './judging.ts';
import { type ProbeRequest, type ProbeResult, probeDump } from './probe.ts';
import { loadProgress, newProgress, requireSameOptions, type StoredProgress } from './progress.ts';
import { RejectsFile } from './rejects-file.ts';
import type { ImportReport, RowOutcome } from './report.ts';
import { type ImportRequest, rulesOf, rulesText } from './request.ts';
import { undoneRows } from './rows.ts';
import { ImportRun } from './run.ts';
import { type DumpHead, ImportSource } from './source.ts';
import { JudgingThread } from './validation-thread.ts';

/** Where hashing is done. */
export interface HashingPlace {
  workerFile: string;
  cores: number;
}

/** Where imports do what needs threads. */
export interface ImportPlace extends HashingPlace {
  judgingFile: string;
}

/** A dump being judged, here or on a thread. */
interface Judging {
  pages: AsyncIterable<JudgedPage>;
  close(): Promise<void>;
}

/** Brings users in from dumps. */
export class ImportService {
  readonly #context: ServiceContext;
  readonly #place: ImportPlace;

  constructor(context: ServiceContext, place: ImportPlace) {
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
    const heap = new FrugalHeap();
    const source = new ImportSource(request.source, request.stdin, request.signal);
    const pool = new HashPool(this.#place.workerFile, this.#place.cores);
    let rejects: RejectsFile | undefined;
    let judging: Judging | undefined;
    try {
      if (source.exposed) {
        await request.warn(`the dump ${quote(request.source)} can be read by others; chmod 600 it`);
      }
      const head = await source.head();
      const format = chooseFormat(source, head, request.format);
      // Read again where rows are judged; a wrong one is told before anything is begun.
      readHashFormat(request.hashFormat);
      const firebase = readParameters(request.firebaseParams);
      const progress = await this.#begin(source, request);
      rejects = openRejects(request, format, progress);
      const policy = await new PolicyService(this.#context).get();
      const rules = rulesOf(request);
      const order = { format: format.id, rules, policy, firebase, firstIsKnown: progress.rows > 0 };
      judging = this.#judge(order, source, head.whole);
      const pages = undoneRows(judging.pages, progress, source);
      const context = this.#context;
      const parts = { context, request, format: format.id, source, policy, pool, rejects, progress, heap };
      return yield* new ImportRun(parts).run(pages);
    } finally {
      rejects?.close();
      await judging?.close();
      await pool.close();
      source.close();
    }
  }

  /** Whether a dump's credential of one user accepts a password; nothing is written. */
  async probe(request: ProbeRequest): Promise<ProbeResult> {
    const source = new ImportSource(request.source, request.stdin, request.signal);
    try {
      const format = chooseFormat(source, await source.head(), request.format);
      const hashes = await hashReading(request.hashFormat, readParameters(request.firebaseParams));
      const columns = new FieldColumns(request.map);
      const judgement = { columns, emailIsName: emailIsName(format.id) };
      return await probeDump(request, format.read(source), judgement, hashes);
    } finally {
      source.close();
    }
  }

  #judge(order: JudgingOrder, source: ImportSource, whole: boolean): Judging {
    // What the first look has seen whole is judged before a thread would have started; a table is no stream of bytes.
    if (whole || source.isTable || this.#place.cores < 2) {
      const pages = judgedPages(order, source.counted(readPages(order.format, source)));
      return { pages, close: async () => {} };
    }
    const thread = new JudgingThread(this.#place.judgingFile, order, source);
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

function chooseFormat(source: ImportSource, { head, whole }: DumpHead, id: string | undefined): DumpFormat {
  const wanted = source.isTable ? 'sqlite' : id;
  const format =
    wanted === undefined ? detectFormat(head, whole) : dumpFormats.find((one) => one.id === wanted);
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
