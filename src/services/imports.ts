import { AuthctlError } from '../domain/errors.ts';
import { quote } from '../domain/text.ts';
import type { DumpFormat } from '../dumps/format.ts';
import { detectFormat, dumpFormats } from '../dumps/index.ts';
import { allSchemes } from '../hashing/index.ts';
import { HashPool } from '../hashing/pool.ts';
import { NameSet } from '../store/name-set.ts';
import type { ServiceContext } from './context.ts';
import { FrugalHeap } from './frugal-heap.ts';
import { readHashFormat, readParameters } from './hash-options.ts';
import type { Judgement } from './import-candidates.ts';
import type { HashReading } from './import-credential.ts';
import { FieldColumns } from './import-fields.ts';
import { type ProbeRequest, type ProbeResult, probeDump } from './import-probe.ts';
import { loadProgress, newProgress, requireSameOptions, type StoredProgress } from './import-progress.ts';
import type { ImportReport, RowOutcome } from './import-report.ts';
import { type ImportRequest, rulesText } from './import-request.ts';
import { firstChecked, undoneRows } from './import-rows.ts';
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

// Firebase and Auth0 know people by their addresses.
const formatsWithoutNames: readonly string[] = ['firebase-json', 'firebase-csv', 'auth0'];

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
    const heap = new FrugalHeap();
    const source = new ImportSource(request.source, request.stdin, request.signal);
    const seen = new NameSet();
    const pool = new HashPool(this.#place.workerFile, this.#place.cores);
    let rejects: RejectsFile | undefined;
    try {
      if (source.exposed) {
        await request.warn(`the dump ${quote(request.source)} can be read by others; chmod 600 it`);
      }
      const format = await chooseFormat(source, request.format);
      const hashes = await hashReading(request);
      const progress = await this.#begin(source, request);
      rejects = openRejects(request, format, progress);
      const policy = await new PolicyService(this.#context).get();
      const judgement: Judgement = {
        rules: request,
        policy,
        common: policy.passwordForbidCommon ? await commonPasswords() : new Set(),
        hashes,
        columns: new FieldColumns(request.map),
        emailIsName: formatsWithoutNames.includes(format.id),
        seen,
      };
      const pages = undoneRows(source.counted(format.read(source)), progress, judgement, source);
      const parts = {
        context: this.#context,
        request,
        format: format.id,
        source,
        judgement,
        pool,
        rejects,
        progress,
        heap,
      };
      return yield* new ImportRun(parts).run(firstChecked(pages, progress, judgement));
    } finally {
      rejects?.close();
      seen.close();
      await pool.close();
      source.close();
    }
  }

  /** Whether a dump's credential of one user accepts a password; nothing is written. */
  async probe(request: ProbeRequest): Promise<ProbeResult> {
    const source = new ImportSource(request.source, request.stdin, request.signal);
    try {
      const format = await chooseFormat(source, request.format);
      const hashes = await hashReading(request);
      const columns = new FieldColumns(request.map);
      const judgement = { columns, emailIsName: formatsWithoutNames.includes(format.id) };
      return await probeDump(request, format.read(source), judgement, hashes);
    } finally {
      source.close();
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

async function hashReading(request: {
  hashFormat?: string | undefined;
  firebaseParams?: string | undefined;
}): Promise<HashReading> {
  return {
    format: request.hashFormat === undefined ? undefined : readHashFormat(request.hashFormat),
    firebase: request.firebaseParams === undefined ? undefined : readParameters(request.firebaseParams),
    schemes: await allSchemes(),
  };
}

async function chooseFormat(source: ImportSource, id: string | undefined): Promise<DumpFormat> {
  const { head, whole } = await source.head();
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
