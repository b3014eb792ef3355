import { newId } from '../../domain/id.ts';
import { openLockout } from '../../domain/lockout.ts';
import { passwordTime, type User, unverifiedWhereNew } from '../../domain/user.ts';
import type { Transaction } from '../../store/index.ts';
import { changedFields, endAccess, eventField } from '../changes/changes.ts';
import { givenFields } from '../users/users.ts';
import {
  type Candidate,
  type HashedCandidate,
  isCandidate,
  type PasswordHash,
  type Rejection,
} from './candidate.ts';
import {
  type Decision,
  decide,
  outcomeOf,
  releaseEmail,
  requireHash,
  type UserChanges,
} from './decisions.ts';
import { existingUsers, type OtherUsers, otherUsers, type UsersByKey } from './existing-users.ts';
import type { ImportedUser } from './imported-user.ts';
import type { RowOutcome } from './report.ts';
import type { ImportRules } from './request.ts';

/** What a transaction needs to know beside the rows. */
export interface WriteContext {
  rules: ImportRules;
  importId: string;
  actor: string;
  now: Date;
}

/** A row that was decided on: what is to be done with a candidate, or why the row was rejected before. */
type DecidedRow = { candidate: HashedCandidate; decision: Decision } | { rejection: Rejection };

/** What became of a row that was decided on and written at `now`. */
export const outcomeOfRow = (row: DecidedRow, now: Date): RowOutcome =>
  'rejection' in row ? row.rejection : outcomeOf(row.candidate, row.decision, now);

/**
 * Decides on batches and writes them, within one run of a transaction. One that is run again takes a new writer, so
 * that nothing is left of what was rolled back.
 */
export class BatchWriter {
  readonly #tx: Transaction;
  readonly #context: WriteContext;
  #others: OtherUsers;
  /** What is being written of the batches so far. A server does that while the next batch is decided on. */
  #writing: Promise<void> = Promise.resolve();

  private constructor(tx: Transaction, context: WriteContext, others: OtherUsers) {
    this.#tx = tx;
    this.#context = context;
    this.#others = others;
  }

  /** @param others what the last transaction that was committed has left, `unknown` before the first */
  static async begin(tx: Transaction, context: WriteContext, others: OtherUsers): Promise<BatchWriter> {
    return new BatchWriter(tx, context, await otherUsers(tx, others));
  }

  /** Decides on a batch by the users who are there, those of the batches before included. */
  async decide(rows: readonly (HashedCandidate | Rejection)[]): Promise<DecidedRow[]> {
    const existing = await this.#existing(rows.filter(isCandidate));
    return rows.map((row) => {
      if (!isCandidate(row)) return { rejection: row };
      const decision = requireHash(decide(row, existing, this.#context.rules), row);
      releaseEmail(decision, existing);
      return { candidate: row, decision };
    });
  }

  // Where all users are of this dump, their names have been seen in it: none of the candidates is there.
  async #existing(candidates: readonly Candidate[]): Promise<UsersByKey> {
    if (this.#others.kind === 'none') return new Map();
    await this.#writing;
    return existingUsers(this.#tx, candidates);
  }

  /** Begins to write a batch, as soon as the one before is written; its errors are thrown by whoever waits for it. */
  async write(rows: readonly DecidedRow[]): Promise<void> {
    const created = await this.#change(rows);
    await this.#writing;
    this.#writing = this.#insert(created);
    // Until somebody waits for it, an error must not count as an unhandled rejection.
    this.#writing.catch(() => {});
  }

  /** Waits until all is written; gives who else is there then. */
  async end(): Promise<OtherUsers> {
    await this.#writing;
    return this.#others;
  }

  /** Waits until nothing is being written any more: a statement that follows the rollback would be on its own. */
  async settle(): Promise<void> {
    await Promise.allSettled([this.#writing]);
  }

  /** Changes users and chains the events of the batch, which leaves the new users to be inserted. */
  async #change(rows: readonly DecidedRow[]): Promise<User[]> {
    const created: User[] = [];
    for (const row of rows) {
      if ('rejection' in row) continue;
      const { candidate, decision } = row;
      if (decision.kind === 'create') created.push(this.#create(candidate));
      if (decision.kind === 'update') await this.#update(candidate, decision.before, decision.changes);
    }
    return created;
  }

  #create(candidate: HashedCandidate): User {
    const user = newUser(candidate, this.#context);
    const detail = this.#detail(candidate, createdFields(user, candidate.user));
    this.#tx.audit({ action: 'user.add', target: user.id, detail });
    return user;
  }

  async #update(candidate: Candidate, before: User, changes: UserChanges): Promise<void> {
    const { actor, now } = this.#context;
    const changed = changedUser(before, changes, now);
    const after = { ...changed, updatedAt: now, updatedBy: actor, version: before.version + 1 };
    await this.#tx.users.update(after, before.version);
    const ended = await endAccess(this.#tx, before, after, now);
    const detail = { ...this.#detail(candidate, changedFields(before, changed)), ...ended };
    this.#tx.audit({ action: 'user.set', target: after.id, detail });
  }

  #detail({ line, position }: Candidate, fields: string[]) {
    const { importId } = this.#context;
    // An event has no key for a position that is not known.
    return position === undefined
      ? { import: importId, line, fields }
      : { import: importId, line, position, fields };
  }

  async #insert(created: readonly User[]): Promise<void> {
    if (this.#others.kind === 'none') {
      this.#others = { kind: 'none', newestEvent: this.#others.newestEvent + created.length };
    }
    await this.#tx.users.insertMany(created);
    await this.#tx.flush();
  }
}

/** What the event of a new user calls the fields that the dump gave, those that were taken as they are included. */
function createdFields(user: User, imported: ImportedUser): string[] {
  const given = givenFields(user);
  const fields = imported.id === undefined ? given : [...given, 'id'];
  if (imported.own === undefined) return fields;
  const { lockout, ...others } = imported.own;
  const { passwordChangedAt, expiresAt, createdAt, lastLoginAt } = imported;
  const taken = { ...others, passwordChangedAt, expiresAt, createdAt, lastLoginAt };
  const names = (Object.keys(taken) as (keyof typeof taken)[]).filter((field) => taken[field] !== null);
  const locks = lockout.lock || lockout.failures > 0 ? ['lock'] : [];
  return [...new Set([...fields, ...names.map(eventField), ...locks])];
}

function newUser(
  { user, credential, passwordHash, weak }: HashedCandidate,
  { actor, now }: WriteContext,
): User {
  const { own } = user;
  // When a hash that came as one was made is known only where the dump says it.
  const changedAt = user.passwordChangedAt ?? (credential.kind === 'plain' ? now : null);
  return {
    id: user.id ?? newId(),
    username: user.username,
    email: user.email,
    emailVerifiedAt: null,
    firstName: user.firstName,
    lastName: user.lastName,
    passwordHash: textOfHash(passwordHash),
    passwordChangedAt: passwordHash.kind === 'none' && !own ? null : changedAt,
    mustChangePassword: user.mustChangePassword || weak,
    disabledAt: user.disabled ? now : null,
    lockedAt: null,
    lockout: openLockout,
    expiresAt: user.expiresAt,
    lastLoginAt: user.lastLoginAt,
    createdAt: user.createdAt ?? now,
    createdBy: actor,
    updatedAt: now,
    updatedBy: actor,
    deletedAt: null,
    deletedBy: null,
    version: 1,
    ...own,
  };
}

/** The user as an update at `now` leaves it, apart from who made it. */
function changedUser(before: User, { disabled, passwordHash, ...fields }: UserChanges, now: Date): User {
  return unverifiedWhereNew(before, {
    ...before,
    ...fields,
    ...(disabled && { disabledAt: now }),
    ...(passwordHash && {
      passwordHash: textOfHash(passwordHash),
      passwordChangedAt: passwordTime(before.passwordChangedAt, now),
    }),
  });
}

function textOfHash(hash: PasswordHash): string | null {
  if (hash.kind === 'pending') throw new Error('a password that was not hashed cannot be stored');
  return hash.kind === 'none' ? null : hash.text;
}
