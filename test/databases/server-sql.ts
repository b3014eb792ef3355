import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';

// Statements on a server from a test that does not give way meanwhile: `new ServerSql(url).query('select 1')`.

/** Rows of one statement, or what went wrong. */
export type Answer = { rows: Record<string, unknown>[] } | { error: string };

/** What the thread is asked: a statement of a connection, or without a text to close it. */
export interface Request {
  connection: number;
  url: string;
  text?: string;
  values: readonly unknown[];
}

/** A thread that holds the connections, so that a test can wait for an answer without giving way. */
class Thread {
  readonly #port: MessagePort;
  readonly #answered = new Int32Array(new SharedArrayBuffer(4));

  constructor() {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    new Worker(new URL('./server-sql-worker.mjs', import.meta.url), {
      workerData: { port: port2, answered: this.#answered },
      transferList: [port2],
    }).unref();
  }

  ask(request: Request): Record<string, unknown>[] {
    Atomics.store(this.#answered, 0, 0);
    this.#port.postMessage(request);
    if (Atomics.wait(this.#answered, 0, 0, 60_000) === 'timed-out') {
      // Its answer may still come: nobody may take it for the answer to the next statement.
      thread = undefined;
      throw new Error(`no answer to ${request.text}`);
    }
    const answer: Answer = receiveMessageOnPort(this.#port)?.message;
    if ('error' in answer) throw new Error(`${answer.error}: ${request.text}`);
    return answer.rows;
  }
}

// One for all connections of a process: a thread and its drivers take longer to load than most statements run.
let thread: Thread | undefined;
let connections = 0;

/** Statements on a server's database, one after the other, for tests that look behind the program's back. */
export class ServerSql {
  readonly #connection = ++connections;
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** Runs a statement with `?` for each value, and waits for its rows. */
  query(text: string, values: readonly unknown[] = []): Record<string, unknown>[] {
    thread ??= new Thread();
    return thread.ask({ connection: this.#connection, url: this.#url, text, values });
  }

  /** Ends the connection; the next statement would open another. */
  close(): void {
    thread?.ask({ connection: this.#connection, url: this.#url, values: [] });
  }
}
