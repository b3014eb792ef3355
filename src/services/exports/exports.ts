import { closeSync, constants, lstatSync, openSync, readSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import type { UserStatus } from '../../domain/user.ts';
import { ownFields } from '../../dumps/engine/own-record.ts';
import { dumpWriters, type ExportUser } from '../../dumps/index.ts';
import { requireGoingOn } from '../../io/interruption.ts';
import { PrivateFile, unusable, usable } from '../../io/private-file.ts';
import type { ServiceContext } from '../context.ts';
import { type Loss, LossTally } from './losses.ts';

export type { Loss } from './losses.ts';

/** The formats in which users can be exported. */
export const exportFormats: readonly string[] = dumpWriters.map(({ id }) => id);

/** Formats that consist of hashes, so that an export without hashes makes no sense in them. */
export const hashFormats: readonly string[] = dumpWriters
  .filter(({ needsHashes }) => needsHashes)
  .map(({ id }) => id);

/** What to export. */
export interface ExportRequest {
  /** One of `exportFormats`. */
  format: string;
  withHashes: boolean;
  /** Only users in this status; `undefined` for all, also deleted ones. */
  status: UserStatus | undefined;
  /** Ends the export when it is aborted. */
  signal: AbortSignal;
}

/** What was exported. */
export interface ExportReport {
  format: string;
  /** Users in the dump. */
  users: number;
  losses: Loss[];
}

/** A running export. `report` covers the part of `text` that has been read so far. */
export interface Export {
  readonly text: AsyncIterable<string>;
  report(): ExportReport;
}

const pageSize = 1000;

/** Exports users. */
export class ExportService {
  readonly #context: ServiceContext;

  constructor(context: ServiceContext) {
    this.#context = context;
  }

  /**
   * An export as text, in memory that does not grow with it. Its audit event is committed before the first piece of
   * text. A user who is changed while it runs may be in it as before or as after the change. Throws `interrupted`.
   */
  start(request: ExportRequest): Export {
    const writer = dumpWriters.find(({ id }) => id === request.format);
    if (!writer) throw new Error(`no format ${request.format}`);
    const tally = new LossTally(ownFields, { holds: writer.holds, format: request.format });
    let read = 0;
    const pages = this.#pages(request, tally, (users) => {
      read += users;
    });
    return {
      text: this.#audited(request, writer.write(pages, tally.onLoss)),
      report: () => ({ format: request.format, users: read - tally.leftOut, losses: tally.losses }),
    };
  }

  /**
   * Writes an export to a file that only its owner can read. With `replace` an existing file is replaced when the
   * export is complete. Throws `file-exists`, `file-unusable` and `interrupted`, and then leaves no file of its own.
   */
  async toFile(
    request: ExportRequest,
    path: string,
    { replace }: { replace: boolean },
  ): Promise<ExportReport> {
    if (replace) requireNoDatabase(path);
    const file = new PrivateFile(path, { replace });
    try {
      const { text, report } = this.start(request);
      for await (const piece of text) file.write(piece);
      file.finish();
      return report();
    } catch (error) {
      file.discard();
      throw error;
    }
  }

  // The event comes first: users whose export cannot be audited are not exported.
  async *#audited(request: ExportRequest, text: AsyncIterable<string>): AsyncGenerator<string> {
    const { store, caller, now } = this.#context;
    const { format, withHashes, status, signal } = request;
    requireGoingOn(signal);
    const count = status ? await store.users.count({ status }, now()) : await store.users.countAll();
    await store.transaction(caller, async (tx) => {
      tx.audit({ action: 'user.export', detail: { format, withHashes, count, ...(status && { status }) } });
    });
    yield* text;
  }

  async *#pages(
    { status, withHashes, signal }: ExportRequest,
    tally: LossTally,
    onPage: (users: number) => void,
  ): AsyncGenerator<ExportUser[]> {
    const { store, now } = this.#context;
    const at = now();
    let after: string | undefined;
    for (;;) {
      // With SQLite nothing else in this loop waits, so that without this turn of the event loop no signal could arrive.
      await setImmediate();
      requireGoingOn(signal);
      const users = await store.exports.page({ status, after, limit: pageSize, withHashes }, at);
      yield users;
      onPage(users.length);
      tally.endPage(users, withHashes ? [] : users.filter(({ hasPassword }) => hasPassword));
      if (users.length < pageSize) return;
      after = users.at(-1)?.id;
    }
  }
}

/** First bytes of a SQLite file (https://www.sqlite.org/fileformat.html). */
const databaseMark = 'SQLite format 3\0';

/** Replacing is for an earlier export, not for the database that a name was mistaken for. Throws `file-unusable`. */
function requireNoDatabase(path: string): void {
  const start = usable(path, () =>
    lstatSync(path, { throwIfNoEntry: false })?.isFile() ? firstBytes(path) : '',
  );
  if (start === databaseMark) throw unusable(path, 'it is a database');
}

function firstBytes(path: string): string {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const bytes = Buffer.alloc(databaseMark.length);
    return bytes.toString('latin1', 0, readSync(descriptor, bytes, 0, bytes.length, 0));
  } finally {
    closeSync(descriptor);
  }
}
