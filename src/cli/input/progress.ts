import type { Options, SingleBar } from 'cli-progress';
import type { CopyProgress } from '../../services/database/database.ts';
import type { WrapReport } from '../../services/hashes/hashes.ts';
import type { ImportProgress } from '../../services/imports/imports.ts';
import type { BulkReport } from '../../services/users/users.ts';
import type { Terminal } from '../terminal.ts';

type Payload = Readonly<Record<string, string | number>>;

/** A progress bar on standard error. It shows nothing where that is not a terminal. */
class ProgressBar {
  readonly #terminal: Terminal;
  readonly #startedAt = performance.now();
  readonly isShown: boolean;
  #bar: SingleBar | undefined;
  #stopped = false;
  #loading = false;

  constructor(terminal: Terminal, wanted: boolean) {
    this.#terminal = terminal;
    this.isShown = wanted && terminal.stderrIsTTY;
  }

  stop(): void {
    this.#stopped = true;
    this.#bar?.stop();
  }

  /** @param total `undefined` where it cannot be known; `format` must have no bar then */
  protected update(format: string, done: number, total: number | undefined, payload: Payload): void {
    if (!this.isShown) return;
    if (this.#bar) this.#bar.update(done, payload);
    else if (!this.#loading) this.#start(format, done, total, payload);
  }

  protected perSecond(count: number): number {
    return Math.round((count * 1000) / (performance.now() - this.#startedAt));
  }

  #start(format: string, done: number, total: number | undefined, payload: Payload): void {
    this.#loading = true;
    import('cli-progress').then(({ default: { SingleBar } }) => {
      if (this.#stopped) return;
      this.#bar = new SingleBar({ ...looks, format, stream: this.#terminal.screen as NodeJS.WriteStream });
      this.#bar.start(total ?? 0, done, payload);
    });
  }
}

const looks: Options = {
  barCompleteChar: '█',
  barIncompleteChar: '░',
  hideCursor: true,
  clearOnComplete: true,
  etaBuffer: 100,
};

/** An import's progress. */
export class ImportProgressBar extends ProgressBar {
  show({ report, bytes, totalBytes }: ImportProgress): void {
    const counts = '{rows} rows | {rate}/s | {rejected} rejected';
    const format =
      totalBytes === undefined ? counts : `{bar} {percentage}% | ${counts} | {eta_formatted} left`;
    this.update(format, bytes, totalBytes, {
      rows: report.rows,
      rate: this.perSecond(report.rows),
      rejected: report.rejected,
    });
  }
}

/** The progress of copying the pages of a database. */
export class BackupProgressBar extends ProgressBar {
  show(what: string, done: number, total: number): void {
    const format = '{bar} {percentage}% | {value} of {total} pages {what} | {eta_formatted} left';
    this.update(format, done, total, { what });
  }
}

/** The progress of wrapping hashes. */
export class WrapProgressBar extends ProgressBar {
  show({ wrapped, skipped }: WrapReport, total: number): void {
    const format = '{bar} {percentage}% | {wrapped} of {total} wrapped | {rate}/s | {eta_formatted} left';
    this.update(format, wrapped + skipped, total, { wrapped, rate: this.perSecond(wrapped) });
  }
}

/** The progress of a change of many users. */
export class BulkProgressBar extends ProgressBar {
  show({ matched, changed }: BulkReport, total: number): void {
    const format =
      '{bar} {percentage}% | {changed} of {total} users changed | {rate}/s | {eta_formatted} left';
    this.update(format, matched, total, { changed, rate: this.perSecond(changed) });
  }
}

/** The progress of copying a database. */
export class CopyProgressBar extends ProgressBar {
  show({ phase, table, done, total }: CopyProgress): void {
    const format = '{bar} {percentage}% | {phase} {table} | {rate} rows/s | {eta_formatted} left';
    this.update(format, done, total, { phase, table, rate: this.perSecond(done) });
  }
}
