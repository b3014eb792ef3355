import type { ParsedHash } from './scheme.ts';
import type { Verification } from './verification.ts';
import type { Verifier } from './verifier.ts';

/** A `Verifier` that is loaded and made when there is a password to be verified. */
export class LazyVerifier {
  readonly #workerFile: string;
  readonly #cores: number;
  #verifier: Promise<Verifier> | undefined;

  /** @param workerFile the built worker; @param cores verifications at once */
  constructor(workerFile: string, cores: number) {
    this.#workerFile = workerFile;
    this.#cores = cores;
  }

  /** What `verify` says of a hash of a known scheme and a password. */
  async verify(hash: ParsedHash, password: string): Promise<Verification> {
    this.#verifier ??= import('./verifier.ts').then(
      ({ Verifier }) => new Verifier(this.#workerFile, this.#cores),
    );
    return (await this.#verifier).verify(hash, password);
  }

  /** Ends its threads. */
  async close(): Promise<void> {
    await (await this.#verifier)?.close();
  }
}
