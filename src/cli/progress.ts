import type { SingleBar } from 'cli-progress';
import type { ImportProgress } from '../services/import-request.ts';
import type { Terminal } from './terminal.ts';

/** An import's progress on a terminal's standard error; elsewhere it shows nothing. */
export class ImportProgressBar {
  readonly #terminal: Terminal;
  readonly #wanted: boolean;
  readonly #startedAt = performance.now();
  #bar: SingleBar | undefined;
  #stopped = false;
  #loading = false;

  constructor(terminal: Terminal, wanted: boolean) {
    this.#terminal = terminal;
    this.#wanted = wanted && terminal.stderrIsTTY;
  }

  show({ report, bytes, totalBytes }: ImportProgress): void {
    if (!this.#wanted) return;
    if (!this.#bar) {
      if (!this.#loading) this.#start(totalBytes);
      return;
    }
    const seconds = (performance.now() - this.#startedAt) / 1000;
    this.#bar.update(bytes, {
      rows: report.rows,
      rate: Math.round(report.rows / seconds),
      rejected: report.rejected,
    });
  }

  stop(): void {
    this.#stopped = true;
    this.#bar?.stop();
  }

  #start(totalBytes: number | undefined): void {
    this.#loading = true;
    import('cli-progress').then(({ default: { SingleBar } }) => {
      if (this.#stopped) return;
      const known =
        '{bar} {percentage}% | {rows} rows | {rate}/s | {rejected} rejected | {eta_formatted} left';
      const unknown = '{rows} rows | {rate}/s | {rejected} rejected';
      this.#bar = new SingleBar({
        stream: this.#terminal.screen as NodeJS.WriteStream,
        format: totalBytes === undefined ? unknown : known,
        barCompleteChar: '█',
        barIncompleteChar: '░',
        hideCursor: true,
        clearOnComplete: true,
        etaBuffer: 100,
      });
      this.#bar.start(totalBytes ?? 0, 0, { rows: 0, rate: 0, rejected: 0 });
    });
  }
}
