import { parseAuditPayload } from '../../domain/audit-event.ts';
import { explainLogin, type HashFacts, type LoginAspect } from '../../domain/explanation.ts';
import { isOpen } from '../../domain/one-time-token.ts';
import type { UserRecord } from '../../domain/user.ts';
import { identify } from '../../hashing/index.ts';
import type { AuditEventRow } from '../../store/index.ts';
import { findUser, toRecord } from '../changes/changes.ts';
import type { ServiceContext } from '../context.ts';
import { PolicyService } from '../policies.ts';
import { SessionService } from '../sessions/sessions.ts';

export type { LoginAspect } from '../../domain/explanation.ts';

/** A refused attempt at the user's password, from the audit log. */
export interface FailedAttempt {
  seq: number;
  /** ISO 8601 UTC. */
  at: string;
  /** `user.login`, or `user.passwd` for a change with the old password. */
  action: string;
  reason: string;
  actor: string;
  osUser: string;
  host: string;
}

/** Why a user can or cannot log in. */
export interface Explanation {
  user: UserRecord;
  canLogIn: boolean;
  findings: LoginAspect[];
  /** The newest first. */
  failedAttempts: FailedAttempt[];
}

const shownAttempts = 10;
/** The actions that check a password. */
const passwordActions = ['user.login', 'user.passwd'] as const;

/** Answers why somebody cannot log in. */
export class UserExplanationService {
  readonly #context: ServiceContext;

  constructor(context: ServiceContext) {
    this.#context = context;
  }

  /** Throws `user-not-found`. */
  async explain(reference: string): Promise<Explanation> {
    const { store } = this.#context;
    const user = await findUser(store, reference);
    const now = this.#context.now();
    const token = await store.tokens.ofUser('reset', user.id);
    const findings = explainLogin({
      user,
      policy: await new PolicyService(this.#context).get(),
      hash: await hashFacts(user.passwordHash),
      sessions: await this.#sessions(user.id),
      reset: token && isOpen(token, now) ? token : undefined,
      now,
    });
    const refused = await this.#refusedAttempts(user.id);
    return {
      user: await toRecord(user, now),
      canLogIn: findings.every(({ state }) => state !== 'problem'),
      findings,
      failedAttempts: refused.map(toAttempt),
    };
  }

  // Other refusals, such as those of an expired session that a program goes on asking about, say nothing of logins.
  async #refusedAttempts(target: string): Promise<AuditEventRow[]> {
    const pages = await Promise.all(
      passwordActions.map((action) =>
        this.#context.store.events.page(
          { target, action, outcome: 'refused' },
          { descending: true, limit: shownAttempts },
        ),
      ),
    );
    return pages
      .flat()
      .sort((one, other) => Number(other.seq) - Number(one.seq))
      .slice(0, shownAttempts);
  }

  async #sessions(userId: string): Promise<{ count: number; lastUsedAt: Date | null }> {
    let count = 0;
    let lastUsedAt: Date | null = null;
    for await (const page of new SessionService(this.#context).list(userId)) {
      count += page.length;
      for (const { session } of page) {
        if (!lastUsedAt || session.lastUsedAt > lastUsedAt) lastUsedAt = session.lastUsedAt;
      }
    }
    return { count, lastUsedAt };
  }
}

async function hashFacts(text: string | null): Promise<HashFacts | 'unknown' | null> {
  if (text === null) return null;
  const identified = await identify(text);
  if (!identified) return 'unknown';
  return { scheme: identified.scheme.id, problem: identified.hash.problem?.message };
}

function toAttempt({ seq, at, action, payload, actor, os_user, host }: AuditEventRow): FailedAttempt {
  const reason = parseAuditPayload(payload)?.detail.reason;
  return { seq: Number(seq), at, action, reason: String(reason), actor, osUser: os_user, host };
}
