import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';

/** Rows of one statement, or what went wrong. */
export type Answer = { rows: Record<string, unknown>[] } | { error: string };

/** Statements on a server's database, one after the other, for tests that look behind the program's back. */
export class ServerSql {
  readonly #worker: Worker;
  readonly #port;
  readonly #answered = new Int32Array(new SharedArrayBuffer(4));

  constructor(url: string) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#worker = new Worker(new URL('./server-sql-worker.mjs', import.meta.url), {
      workerData: { url, port: port2, answered: this.#answered },
      transferList: [port2],
    });
    this.#worker.unref();
  }

  /** Runs a statement with `?` for each value, and waits for its rows. */
  query(text: string, values: readonly unknown[] = []): Record<string, unknown>[] {
    Atomics.store(this.#answered, 0, 0);
    this.#port.postMessage({ text, values });
    if (Atomics.wait(this.#answered, 0, 0, 60_000) === 'timed-out') throw new Error(`no answer to ${text}`);
    const answer: Answer = receiveMessageOnPort(this.#port)?.message;
    if ('error' in answer) throw new Error(`${answer.error}: ${text}`);
    return answer.rows;
  }

  close(): void {
    void this.#worker.terminate();
    this.#port.close();
  }
}
