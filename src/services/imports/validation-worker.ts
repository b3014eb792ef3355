import { parentPort, workerData } from 'node:worker_threads';
import { AuthctlError } from '../../domain/errors.ts';
import { BatchQueue } from '../../io/queue.ts';
import { readPages, type ValidatedPage, type ValidationOptions, validatedPages } from './validation.ts';

/** What a validating thread is started with. */
export interface ValidationStart {
  options: ValidationOptions;
  /** Path of the dump, for formats that look beside it. */
  path: string | undefined;
  /** Pages that may be under way to the main thread. */
  pagesAhead: number;
  /** Whether this thread may set flags of V8, which are the process's. */
  tunesHeap: boolean;
}

/** What the main thread tells: a piece of the dump, its end, that it cannot be read on, or that a page was taken. */
export type ToValidation = { chunk: Uint8Array } | { end: 'whole' | 'unreadable' } | { taken: true };

/** What it is told: that a piece was taken, a page of validated records, the end, or what went wrong. */
export type FromValidation =
  | { took: true }
  | { page: ValidatedPage }
  | { end: 'whole' | 'unreadable' }
  | { refused: Pick<AuthctlError, 'code' | 'message' | 'hint' | 'details'> }
  | { failed: unknown };

/** The main thread, which reads the dump, knows why it cannot be read on. */
class Unreadable extends Error {}

async function validate({ options, path, pagesAhead, tunesHeap }: ValidationStart): Promise<FromValidation> {
  // The main thread bounds what waits here.
  const chunks = new BatchQueue<Uint8Array>(Number.POSITIVE_INFINITY);
  let underWay = 0;
  let wake = () => {};
  parentPort?.on('message', (message: ToValidation) => {
    if ('chunk' in message) void chunks.push(message.chunk);
    else if ('end' in message)
      chunks.end(message.end === 'whole' ? undefined : { cause: new Unreadable('unreadable') });
    else {
      underWay -= 1;
      wake();
    }
  });
  async function* open() {
    for (let chunk = await chunks.shift(); chunk; chunk = await chunks.shift()) {
      tell({ took: true });
      yield chunk;
    }
  }
  try {
    const heap = tunesHeap ? new (await import('../../io/heap.ts')).FrugalHeap() : undefined;
    for await (const page of validatedPages(
      options,
      readPages(options.format, { path, open }, options.rules.header),
      heap,
    )) {
      tell({ page });
      underWay += 1;
      while (underWay >= pagesAhead) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
    return { end: 'whole' };
  } catch (error) {
    if (error instanceof Unreadable) return { end: 'unreadable' };
    if (!(error instanceof AuthctlError)) return { failed: error };
    const { code, message, hint, details } = error;
    return { refused: { code, message, hint, details } };
  }
}

const tell = (message: FromValidation) => parentPort?.postMessage(message);

void validate(workerData as ValidationStart).then((ending) => {
  tell(ending);
  parentPort?.close();
});
