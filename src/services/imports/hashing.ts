import type { Policy } from '../../domain/policy.ts';
import type { HashPool } from '../../hashing/index.ts';
import type { ServiceContext } from '../context.ts';
import {
  type Candidate,
  type HashedCandidate,
  isCandidate,
  type PasswordHash,
  type Rejection,
} from './candidate.ts';
import { decide } from './decisions.ts';
import { existingUsers, type UsersByKey } from './existing-users.ts';
import type { ImportRequest } from './request.ts';
import type { ValidatedRow } from './validation.ts';

/** A batch whose hashes are being made. */
export interface HashedBatch {
  rows: Promise<(HashedCandidate | Rejection)[]>;
  /** Nothing had to be hashed. */
  instant: boolean;
  /** Bytes of the dump up to its last row. */
  end: number;
  /** When it was begun, in milliseconds. */
  since: number;
}

/** What batches are hashed with. */
interface HashingParts {
  context: ServiceContext;
  request: ImportRequest;
  policy: Policy;
  pool: HashPool;
}

/** Has the threads hash what must be hashed of validated rows. */
export class BatchHasher {
  readonly #parts: HashingParts;

  constructor(parts: HashingParts) {
    this.#parts = parts;
  }

  /** Begins to hash a batch; its rows are there when all of its hashes are. */
  async begin(validated: readonly ValidatedRow[]): Promise<HashedBatch> {
    const { context, request } = this.#parts;
    const since = performance.now();
    const rows = validated.map(({ row }) => row);
    const end = validated.at(-1)?.end ?? 0;
    const candidates = rows.filter(isCandidate);
    if (request.dryRun || !candidates.some((candidate) => this.#needsHash(candidate))) {
      const unhashed = rows.map((row) => (isCandidate(row) ? this.#unhashed(row) : row));
      return { rows: Promise.resolve(unhashed), instant: true, end, since };
    }
    // Asked again in the transaction; here it saves hashing what will be rejected.
    const existing = await existingUsers(context.store, candidates);
    const hashed = Promise.all(
      rows.map((row) => {
        if (!isCandidate(row)) return row;
        const wanted = this.#needsHash(row) && this.#isHashWanted(row, existing);
        return wanted ? this.#hash(row) : this.#unhashed(row);
      }),
    );
    // The batch is awaited when its turn comes: until then a failed hash must not count as an unhandled rejection.
    hashed.catch(() => {});
    return { rows: hashed, instant: false, end, since };
  }

  /** Whether a thread must work for the candidate: a password to be hashed, or a fast hash to be wrapped. */
  #needsHash({ credential }: Candidate): boolean {
    if (credential.kind === 'plain') return true;
    return credential.kind === 'encoded' && this.#parts.request.wrapWeak && credential.strength === 'fast';
  }

  #isHashWanted(candidate: Candidate, existing: UsersByKey): boolean {
    const { request } = this.#parts;
    const decision = decide({ ...candidate, passwordHash: { kind: 'pending' } }, existing, request);
    return decision.kind === 'create' || (decision.kind === 'update' && request.updatePasswords);
  }

  /** A candidate for which no thread works: it came with its hash, has none, or its hash is not wanted. */
  #unhashed(candidate: Candidate): HashedCandidate {
    const { line, position, user, credential, weak } = candidate;
    return { line, position, user, credential, weak, passwordHash: this.#givenHash(candidate) };
  }

  #givenHash(candidate: Candidate): PasswordHash {
    const { credential } = candidate;
    if (credential.kind === 'none' || credential.kind === 'empty-password') return { kind: 'none' };
    if (credential.kind === 'plain' || this.#needsHash(candidate)) return { kind: 'pending' };
    return { kind: 'stored', text: credential.text };
  }

  async #hash(candidate: Candidate): Promise<HashedCandidate> {
    const { pool, policy } = this.#parts;
    const { credential } = candidate;
    if (credential.kind !== 'plain' && credential.kind !== 'encoded') return this.#unhashed(candidate);
    const text =
      credential.kind === 'plain'
        ? await pool.hash(credential.password, policy)
        : await pool.wrap(credential.text, policy);
    return { ...candidate, passwordHash: { kind: 'stored', text } };
  }
}
