import { Worker } from 'node:worker_threads';
import { AuthctlError } from '../../domain/errors.ts';
import type { DumpSource } from '../../dumps/index.ts';
import { BatchQueue } from '../../io/queue.ts';
import type { ValidatedPage, ValidationOptions } from './validation.ts';
import type { FromValidation, ToValidation, ValidationStart } from './validation-worker.ts';

/** Pieces of the dump that may be under way to the thread: more than it validates while a batch is written. */
const chunksAhead = 4;
/** Pages that may be under way from it. */
const pagesAhead = 8;

/** Takes a dump apart and validates its records on a thread of its own, while this one writes. */
export class ValidationThread {
  readonly #source: DumpSource;
  readonly #worker: Worker;
  readonly #pages = new BatchQueue<ValidatedPage>(Number.POSITIVE_INFINITY);
  #chunksUnderWay = 0;
  #wake = () => {};
  #unreadable: unknown;
  #ended = false;

  /** @param file the built worker */
  constructor(
    file: string,
    options: ValidationOptions,
    source: DumpSource,
    { tunesHeap } = { tunesHeap: false },
  ) {
    this.#source = source;
    const workerData: ValidationStart = { options, path: source.path, pagesAhead, tunesHeap };
    this.#worker = new Worker(file, { workerData });
    this.#worker.on('message', (message: FromValidation) => this.#take(message));
    this.#worker.on('error', (cause) => this.#pages.end({ cause }));
    this.#worker.on('exit', () => this.#exit());
  }

  /** What `validatedPages` yields and throws over there; also what reading the dump throws, where it does. */
  async *pages(): AsyncGenerator<ValidatedPage> {
    void this.#feed();
    for (let page = await this.#pages.shift(); page; page = await this.#pages.shift()) {
      this.#tell({ taken: true });
      yield page;
    }
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #tell(message: ToValidation): void {
    this.#worker.postMessage(message);
  }

  async #feed(): Promise<void> {
    try {
      for await (const chunk of this.#source.open()) {
        this.#tell({ chunk });
        this.#chunksUnderWay += 1;
        while (this.#chunksUnderWay >= chunksAhead) {
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
        }
      }
      this.#tell({ end: 'whole' });
    } catch (error) {
      this.#unreadable = error;
      this.#tell({ end: 'unreadable' });
    }
  }

  // Whoever took that for the end of the dump would leave out what is behind.
  #exit(): void {
    if (!this.#ended) this.#pages.end({ cause: new Error('the thread that reads the dump ended too early') });
  }

  #take(message: FromValidation): void {
    if ('page' in message) void this.#pages.push(message.page);
    else if ('took' in message) {
      this.#chunksUnderWay -= 1;
      this.#wake();
    } else {
      this.#ended = true;
      this.#pages.end(this.#ending(message));
    }
  }

  #ending(
    message: Exclude<FromValidation, { page: unknown } | { took: true }>,
  ): { cause: unknown } | undefined {
    if ('failed' in message) return { cause: message.failed };
    if ('end' in message) return message.end === 'whole' ? undefined : { cause: this.#unreadable };
    const { code, message: text, hint, details } = message.refused;
    return { cause: new AuthctlError(code, text, { hint, details }) };
  }
}
