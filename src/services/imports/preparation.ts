import type { Policy } from '../../domain/policy.ts';
import type { HashPool } from '../../hashing/index.ts';
import type { ServiceContext } from '../context.ts';
import type { Candidate, Rejection } from './candidates.ts';
import { decide, existingUsers, type HashedCandidate } from './decisions.ts';
import type { JudgedRow } from './judging.ts';
import type { ImportRequest } from './request.ts';

/** A batch whose hashes are being made. */
export interface Prepared {
  hashed: Promise<(HashedCandidate | Rejection)[]>;
  /** Nothing had to be hashed. */
  instant: boolean;
  /** Bytes of the dump up to its last row. */
  end: number;
  /** When it was begun, in milliseconds. */
  since: number;
}

/** Whether a judged row may come in. */
export const isCandidate = <T extends Candidate>(row: T | Rejection): row is T => 'user' in row;

/** A candidate whose hash is not made here: it came with one, needs none, or is only rehearsed. */
function withStoredHash(row: Candidate): HashedCandidate {
  const { line, user, credential, weak } = row;
  const passwordHash =
    credential.kind === 'encoded' ? credential.text : credential.kind === 'plain' ? '' : undefined;
  return { line, user, credential, weak, passwordHash };
}

/** What batches are prepared with. */
interface PreparationParts {
  context: ServiceContext;
  request: ImportRequest;
  policy: Policy;
  pool: HashPool;
}

/** Has the cores hash what must be hashed of judged rows. */
export class BatchPreparation {
  readonly #parts: PreparationParts;

  constructor(parts: PreparationParts) {
    this.#parts = parts;
  }

  /** A batch of the rows, its hashes under way. */
  async prepare(rows: readonly JudgedRow[]): Promise<Prepared> {
    const { context, request } = this.#parts;
    const since = performance.now();
    const judged = rows.map(({ row }) => row);
    const candidates = judged.filter(isCandidate);
    const prepared = { end: rows.at(-1)?.end ?? 0, since };
    if (request.dryRun || !candidates.some((candidate) => this.#needsHash(candidate))) {
      const hashed = judged.map((row) => (isCandidate(row) ? withStoredHash(row) : row));
      return { ...prepared, hashed: Promise.resolve(hashed), instant: true };
    }
    // Asked again under the lock; here it saves hashing what will be rejected.
    const existing = await existingUsers(context.store, candidates);
    const hashed = Promise.all(
      judged.map((row) => {
        if (!isCandidate(row)) return row;
        const decision = decide({ ...row, passwordHash: '' }, existing, request);
        const wanted = decision.kind === 'create' || (decision.kind === 'update' && request.updatePasswords);
        return wanted && this.#needsHash(row) ? this.#hash(row) : withStoredHash(row);
      }),
    );
    // Awaited when its turn comes; until then a failure is nobody's.
    hashed.catch(() => {});
    return { ...prepared, hashed, instant: false };
  }

  /** Whether a core must work for the candidate: a password to be hashed, or a fast hash to be wrapped. */
  #needsHash({ credential }: Candidate): boolean {
    if (credential.kind === 'plain') return true;
    return credential.kind === 'encoded' && this.#parts.request.wrapWeak && credential.strength === 'fast';
  }

  async #hash(row: Candidate): Promise<HashedCandidate> {
    const { pool, policy } = this.#parts;
    const { credential } = row;
    if (credential.kind === 'plain') {
      return { ...row, passwordHash: await pool.hash(credential.password, policy) };
    }
    return {
      ...row,
      passwordHash: credential.kind === 'none' ? undefined : await pool.wrap(credential.text, policy),
    };
  }
}
