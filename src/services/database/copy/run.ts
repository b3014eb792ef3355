import { setImmediate } from 'node:timers/promises';
import { AuthctlError } from '../../../domain/errors.ts';
import { interrupted } from '../../../io/interruption.ts';
import {
  type ColumnLimits,
  type CopyMark,
  type CopyTarget,
  type Held,
  type Key,
  keyOf,
  nothing,
  type Schema,
  type TableName,
  type TableReader,
  tableNames,
  tables,
} from '../../../store/index.ts';
import { type ComparedTable, isSame, RowDigester } from './comparison.ts';

/** How far a copy has come. */
export interface CopyProgress {
  phase: 'copying' | 'comparing' | 'verifying';
  table: string;
  /** Each row counts twice: copied, then compared. */
  done: number;
  total: number;
}

/** What a run is told. */
export interface CopyRequest {
  /** Ends the copy when it is aborted. */
  signal: AbortSignal;
  /** Called when what an interrupted copy has left is thrown away, since the source has changed. */
  onAnew(): Promise<void>;
  onProgress?(progress: CopyProgress): void;
}

/** Rows that are read, and written in one transaction, at a time. */
const mostRows = 1000;

/** One pass over all tables of a source that nobody writes to: copy them, then compare both sides. */
export class CopyRun {
  readonly #held: Held;
  readonly #target: CopyTarget;
  readonly #mark: CopyMark;
  readonly #request: CopyRequest;
  #done = 0;
  #total = 0;

  constructor(held: Held, target: CopyTarget, mark: CopyMark, request: CopyRequest) {
    this.#held = held;
    this.#target = target;
    this.#mark = mark;
    this.#request = request;
  }

  /**
   * Copies and compares. A copy that was interrupted goes on; when it turns out that what had been copied has changed
   * since, which not everything does in the audit log, it is thrown away. Throws `copy-differs`.
   */
  async run({ resumes }: { resumes: boolean }): Promise<ComparedTable[]> {
    await this.#target.take(this.#mark);
    await this.#count();
    let compared = await this.#copyAndCompare();
    if (resumes && !compared.every(isSame)) {
      await this.#request.onAnew();
      await this.#target.empty();
      compared = await this.#copyAndCompare();
    }
    if (compared.every(isSame)) return compared;
    await this.#target.take({ ...this.#mark, head: nothing });
    throw differs(compared);
  }

  async #copyAndCompare(): Promise<ComparedTable[]> {
    this.#done = 0;
    const limits = await this.#target.limits();
    for (const table of tableNames) await this.#copy(table, limits);
    const compared: ComparedTable[] = [];
    for (const table of tableNames) compared.push(await this.#compare(table));
    return compared;
  }

  async #copy<T extends TableName>(table: T, limits: ColumnLimits): Promise<void> {
    const pageRows = Math.min(mostRows, this.#target.rowsOfTransaction);
    let after: Key | undefined;
    if (tables[table].large) {
      after = await this.#target.lastKey(table);
      if (after && this.#request.onProgress) this.#done += await this.#target.count(table);
    } else {
      await this.#target.clear(table);
    }
    for (;;) {
      const rows = await this.#held.tables.page(table, after, pageRows);
      limits.require(table, rows);
      await this.#target.write(table, after, rows);
      await this.#advance('copying', table, rows.length);
      const last = rows.at(-1);
      if (!last || rows.length < pageRows) return;
      after = keyOf(table, last);
    }
  }

  // Page for page on both sides, so that neither waits long enough for its server to end a transaction.
  async #compare(table: TableName): Promise<ComparedTable> {
    const [source, target] = [new RowDigester(), new RowDigester()];
    const [here, there] = [pages(this.#held.tables, table), pages(this.#target, table)];
    for (;;) {
      const [one, other] = await Promise.all([here.next(), there.next()]);
      if (one.done && other.done) return { table, source: source.digest(), target: target.digest() };
      source.add(one.value ?? []);
      target.add(other.value ?? []);
      await this.#advance('comparing', table, one.value?.length ?? 0);
    }
  }

  async #count(): Promise<void> {
    if (!this.#request.onProgress) return;
    for (const table of tableNames) this.#total += 2 * (await this.#held.tables.count(table));
  }

  async #advance(phase: CopyProgress['phase'], table: string, rows: number): Promise<void> {
    this.#done += rows;
    this.#request.onProgress?.({ phase, table, done: this.#done, total: this.#total });
    // Between two SQLite files everything else may be done at once, and a signal would never be heard.
    await setImmediate();
    if (this.#request.signal.aborted) {
      throw interrupted('interrupted; the target is incomplete, and refuses to be used', {
        hint: 'repeat the command: it goes on where it was',
      });
    }
  }
}

async function* pages<T extends TableName>(
  reader: Pick<TableReader, 'page'>,
  table: T,
): AsyncGenerator<Schema[T][], undefined> {
  let after: Key | undefined;
  for (;;) {
    const rows = await reader.page(table, after, mostRows);
    yield rows;
    const last = rows.at(-1);
    if (!last || rows.length < mostRows) return;
    after = keyOf(table, last);
  }
}

function differs(compared: readonly ComparedTable[]): AuthctlError {
  const names = compared.filter((table) => !isSame(table)).map(({ table }) => table);
  return new AuthctlError('copy-differs', `the copy is not what was copied, in ${names.join(', ')}`, {
    hint: 'the target refuses to be used; repeat the command, which begins anew',
    details: { tables: compared },
  });
}
