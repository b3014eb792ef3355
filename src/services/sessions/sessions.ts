import { AuthctlError } from '../../domain/errors.ts';
import { newId } from '../../domain/id.ts';
import { newSecret, secretHash } from '../../domain/secret.ts';
import {
  isLive,
  isSlideDue,
  type Session,
  sessionRefusal,
  slide,
  startSession,
} from '../../domain/session.ts';
import { quote } from '../../domain/text.ts';
import { mustChangePassword, type UserRecord } from '../../domain/user.ts';
import type { HeldSession } from '../../store/index.ts';
import { findUser, toRecord } from '../changes/changes.ts';
import type { ServiceContext } from '../context.ts';
import type { LoginOutcome } from '../logins/logins.ts';
import { PolicyService } from '../policies.ts';

export type { Session } from '../../domain/session.ts';

/** A new session with its token. Only the token's hash is stored, so it can be shown only now. */
export interface NewSession {
  session: Session;
  token: string;
}

/** A valid session and its user. */
export interface VerifiedSession {
  session: Session;
  user: UserRecord;
}

/** A session with the name of its user. */
export interface ListedSession {
  session: Session;
  username: string;
}

/** How many rows one query of `list` reads, and one transaction of `prune` deletes. */
const pageSize = 1000;

/** Sessions: a login opens one, and other programs ask whether it is valid. */
export class SessionService {
  readonly #context: ServiceContext;
  readonly #policies: PolicyService;

  constructor(context: ServiceContext) {
    this.#context = context;
    this.#policies = new PolicyService(context);
  }

  /**
   * Logs a user in and opens a session; either both are committed or none. A user who must change the password gets no
   * session: `followed` is `undefined` then.
   */
  async login(name: string, password: string): Promise<LoginOutcome<NewSession | undefined>> {
    const policy = await this.#policies.get();
    const { token, hash } = newSecret('session');
    const id = newId();
    // Loaded only here: verifying a session is the most frequent command and needs nothing of it.
    const { LoginService } = await import('../logins/logins.ts');
    return new LoginService(this.#context).loginThen(name, password, async (tx, user, now) => {
      if (mustChangePassword(user, policy, now)) return undefined;
      const session = startSession(id, user.id, policy, now);
      await tx.sessions.insert(session, hash);
      tx.audit({ action: 'session.create', target: user.id, detail: { session: id } });
      return { session, token };
    });
  }

  /**
   * The session of a token; this counts as a use of it. Throws `session-refused` for every reason; which one it was is
   * in the event of the refusal.
   */
  async verify(token: string): Promise<VerifiedSession> {
    const now = this.#context.now();
    const hash = secretHash('session', token);
    const held = hash === undefined ? undefined : await this.#context.store.sessions.byTokenHash(hash);
    const reason = held ? sessionRefusal(held.session, held.user, now) : 'unknown-session';
    if (!held || reason) {
      const detail = { reason, ...(held && { session: held.session.id }) };
      await this.#refuse(held?.user.id ?? null, detail);
      throw sessionRefused();
    }
    return { session: await this.#use(held.session, now), user: await toRecord(held.user, now) };
  }

  async #refuse(target: string | null, detail: Readonly<Record<string, unknown>>): Promise<void> {
    await this.#context.store.transaction(this.#context.caller, async (tx) => {
      tx.audit({ action: 'session.verify', outcome: 'refused', target, detail });
    });
  }

  async #use(session: Session, now: Date): Promise<Session> {
    if (!isSlideDue(session, now)) return session;
    const used = slide(session, await this.#policies.get(), now);
    await this.#context.store.sessions.slide(used);
    return used;
  }

  /** The valid sessions of a user, or of all users, oldest first, in pages. Throws `user-not-found`. */
  async *list(reference?: string): AsyncGenerator<ListedSession[]> {
    const { store, now } = this.#context;
    const at = now();
    const userId = reference === undefined ? undefined : (await findUser(store, reference)).id;
    for (let after: string | undefined; ; ) {
      const page: HeldSession[] = await store.sessions.page({ userId, after, limit: pageSize }, at);
      const live = page.filter(({ session, user }) => isLive(session, user, at));
      if (live.length > 0) yield live.map(({ session, user }) => ({ session, username: user.username }));
      if (page.length < pageSize) return;
      after = page.at(-1)?.session.id;
    }
  }

  /** Ends one session. Throws `session-not-found`. */
  async revoke(id: string): Promise<void> {
    await this.#context.store.transaction(this.#context.caller, async (tx) => {
      const target = await tx.sessions.userIdOf(id);
      if (target === undefined) throw sessionNotFound(id);
      await tx.sessions.delete(id);
      tx.audit({ action: 'session.revoke', target, detail: { session: id } });
    });
  }

  /** Ends all sessions of a user and gives their number. Throws `user-not-found`. */
  async revokeOfUser(reference: string): Promise<{ ended: number; username: string }> {
    return this.#context.store.transaction(this.#context.caller, async (tx) => {
      const { id, username } = await findUser(tx, reference);
      const ended = await tx.sessions.deleteOfUser(id);
      if (ended > 0) tx.audit({ action: 'session.revoke', target: id, detail: { count: ended } });
      return { ended, username };
    });
  }

  /** Ends the sessions of all users in one transaction and gives their number. */
  async revokeAll(): Promise<number> {
    return this.#context.store.transaction(this.#context.caller, async (tx) => {
      const ended = await tx.sessions.deleteAll();
      if (ended > 0) tx.audit({ action: 'session.revoke', detail: { count: ended, all: true } });
      return ended;
    });
  }

  /** Deletes the sessions that have expired, a thousand in a transaction, and gives their number. */
  async prune(): Promise<number> {
    const { store, caller, now } = this.#context;
    const at = now();
    for (let pruned = 0; ; ) {
      const count = await store.transaction(caller, async (tx) => {
        const deleted = await tx.sessions.deleteExpired(at, pageSize);
        if (deleted > 0) tx.audit({ action: 'session.prune', detail: { count: deleted } });
        return deleted;
      });
      pruned += count;
      if (count < pageSize) return pruned;
    }
  }
}

/** The error of every session that is not valid, whatever the reason. */
const sessionRefused = () => new AuthctlError('session-refused', 'session refused');

const sessionNotFound = (id: string) =>
  new AuthctlError('session-not-found', `there is no session ${quote(id)}`, {
    hint: 'authctl session list shows those that there are',
  });
