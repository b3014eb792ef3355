import { availableParallelism, hostname, userInfo } from 'node:os';
import { type AppOptions, composeApp } from './compose.ts';
import { explainSystem } from './io/system-error.ts';
import type { AuditService } from './services/audit/audit.ts';
import type {
  BackupReport,
  BackupService,
  CheckService,
  DatabaseInfo,
} from './services/database/database.ts';
import type { ExportService } from './services/exports/exports.ts';
import type { HashFormatService, HashService } from './services/hashes/hashes.ts';
import type { ImportProgress, ImportReport, ImportRequest, ImportRules } from './services/imports/imports.ts';
import type { LoginService } from './services/logins/logins.ts';
import type { OwnPasswordService } from './services/passwords/passwords.ts';
import type { PolicyService } from './services/policies.ts';
import type { Services } from './services/services.ts';
import type { SessionService } from './services/sessions/sessions.ts';
import type { EmailVerificationService, ResetService } from './services/tokens/tokens.ts';
import type {
  BulkChangeService,
  UserDeletionService,
  UserExplanationService,
  UserService,
  UserStateService,
} from './services/users/users.ts';

export type { AuditEvent } from './domain/audit-event.ts';
export { AuthctlError, type ErrorCode } from './domain/errors.ts';
export type { Finding as CheckFinding } from './domain/finding.ts';
export type { Policy, PolicyKey } from './domain/policy.ts';
export type { Session } from './domain/session.ts';
export type { UserRecord, UserStatus } from './domain/user.ts';
export type { UserSelection } from './domain/user-selection.ts';
export type { AuditQuery, AuditVerdict, ShownEvent } from './services/audit/audit.ts';
export type { BackupReport, DatabaseInfo } from './services/database/database.ts';
export type { ExportReport, ExportRequest } from './services/exports/exports.ts';
export type {
  HashGroup,
  KnownScheme,
  PossibleHash,
  WrapReport,
  WrapRequest,
} from './services/hashes/hashes.ts';
export type { ImportProgress, ImportReport, ImportRules } from './services/imports/imports.ts';
export type { LoginOutcome, Refusal } from './services/logins/logins.ts';
export type { NewPasswordChoice, OwnChange } from './services/passwords/passwords.ts';
export type { PolicyEntry } from './services/policies.ts';
export type { ListedSession, NewSession, VerifiedSession } from './services/sessions/sessions.ts';
export type { IssuedToken, ListedToken } from './services/tokens/tokens.ts';
export type {
  AddedUser,
  BulkReport,
  BulkRequest,
  BulkUserChanges,
  Explanation,
  FailedAttempt,
  LockEnd,
  LoginAspect as LoginFinding,
  NewUser,
  PasswordChoice,
  UserChanges,
  UserListing,
} from './services/users/users.ts';

/** Who calls: what events of the audit log say of it. */
export interface CallerOptions {
  /** Who does it, as you know them: 1 to 200 characters. */
  actor: string;
  /** User of the operating system; by itself the one that this process runs as. */
  osUser?: string | undefined;
  /** The machine that the call comes from; by itself this one. */
  host?: string | undefined;
  /** What the events of one request have in common: a UUID that no other request has. Made here by itself. */
  requestId?: string | undefined;
  /** The way by which the call came, as `http`; events name it where it is given. */
  via?: string | undefined;
}

/** What `openAuthctl` opens, and who calls unless `as` says otherwise. */
export interface AuthctlOptions extends CallerOptions {
  /** Path of a SQLite file, `memory:`, or the URL of a PostgreSQL, MySQL or MariaDB database. */
  database: string;
  /** Path of the file with the password of the database's user, where the URL does not hold it. */
  databasePasswordFile?: string | undefined;
  /** How many milliseconds to wait for a busy or unreachable database: by itself 10 s for SQLite, 30 s for servers. */
  timeoutMs?: number | undefined;
  /** Makes the database where there is none, and brings its schema up to date. */
  migrate?: boolean | undefined;
  /** Threads to hash on in imports and when hashes are wrapped; by itself one for each core. */
  threads?: number | undefined;
}

/** A dump to import; what is left out is as `authctl user import` has it. */
export interface ImportOptions extends Partial<ImportRules> {
  /** Path of the dump, or `sqlite:path#table`. */
  file: string;
  /** Path of the file for rejected rows, without their passwords. */
  rejects?: string | undefined;
  /** Writes nothing; the report says what would happen. */
  dryRun?: boolean | undefined;
  /** Goes on where an interrupted import of the same dump stopped. */
  resume?: boolean | undefined;
  /** Most rows in one transaction. */
  batch?: number | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: ImportProgress) => void) | undefined;
  /** Told what an operator should know: that others can read the dump, that an earlier import was interrupted. */
  onNote?: ((text: string) => void) | undefined;
}

/** Methods of a service that give a promise. */
type Asked<T> = {
  [K in keyof T]: T[K] extends (...given: never[]) => Promise<unknown> ? K : never;
}[keyof T];

/** Methods of a service that give pages: here they give what is in the pages, one by one. */
type Streamed<T, K extends keyof T> = {
  [N in K]: T[N] extends (...given: infer Given) => AsyncGenerator<(infer Item)[]>
    ? (...given: Given) => AsyncGenerator<Item, void, undefined>
    : never;
};

/** One open database and its users, for one caller. */
export interface Authctl {
  readonly users: Pick<UserService, 'add' | 'show' | 'count' | 'set' | 'setPassword'> &
    Streamed<UserService, 'list'> &
    Pick<UserStateService, 'lock' | 'unlock' | 'disable' | 'enable' | 'expire'> &
    Pick<UserDeletionService, 'delete' | 'restore' | 'purge'> &
    Pick<UserExplanationService, 'explain'>;
  /** Changes of all users who meet conditions. */
  readonly bulk: Pick<BulkChangeService, 'count' | 'lock' | 'unlock' | 'disable' | 'delete' | 'set'> &
    Streamed<BulkChangeService, 'list'>;
  readonly logins: Pick<LoginService, 'login'>;
  /** Passwords that users change themselves. */
  readonly passwords: Pick<OwnPasswordService, 'change'>;
  readonly sessions: Pick<
    SessionService,
    'login' | 'verify' | 'revoke' | 'revokeOfUser' | 'revokeAll' | 'prune'
  > &
    Streamed<SessionService, 'list'>;
  /** Tokens by which users set a password without knowing the old one. */
  readonly resets: Pick<ResetService, 'issue' | 'redeem' | 'revoke'> & Streamed<ResetService, 'list'>;
  /** Tokens by which users prove that an e-mail address is theirs. */
  readonly emails: Pick<EmailVerificationService, 'issue' | 'verify'>;
  readonly policies: Pick<PolicyService, 'get' | 'show' | 'set'>;
  readonly audit: Pick<AuditService, 'verify'> & Streamed<AuditService, 'show'>;
  readonly imports: { run(options: ImportOptions): Promise<ImportReport> };
  readonly exports: Pick<ExportService, 'toFile'>;
  readonly hashes: Pick<HashService, 'report' | 'rehearseWrap' | 'wrap'> &
    Pick<HashFormatService, 'schemes' | 'identify'>;
  readonly database: {
    /** What the database is and how much it holds. */
    info(): Promise<DatabaseInfo>;
    /** Looks for what endangers it; `quick` leaves out what goes through everything that is stored. */
    check: CheckService['run'];
    /** Copies a SQLite database into a new file. Throws `usage` for a server's. */
    backup(path: string, options: Parameters<BackupService['backup']>[1]): Promise<BackupReport>;
  };
  /**
   * The same database for another caller: cheap, so that a server calls it for each request.
   *
   * @throws `usage` for what no audit event may hold.
   */
  as(caller: CallerOptions): Authctl;
  /** Closes the database, for every caller. */
  close(): Promise<void>;
}

/**
 * Opens a database of users. Nothing of this process is changed: no signals, no umask, no flags of the engine, and
 * nothing is written to its outputs. Many callers may be served at once by one open database.
 *
 * @throws {AuthctlError} `database-missing`, `database-unmigrated`, `database-unreachable` and what else keeps the
 * database from being used; `usage` for an actor that no event may hold.
 *
 * @example
 * const authctl = await openAuthctl({ database: 'users.db', actor: 'my-app', migrate: true });
 * await authctl.users.add({ username: 'alice', password: { kind: 'given', password: 'Correct-horse-1' } });
 *
 * // In a server, for each request:
 * const login = await authctl.as({ actor: 'alice', via: 'http' }).sessions.login('alice', 'Correct-horse-1');
 * if (login.outcome === 'ok') console.log(login.followed?.token);
 *
 * await authctl.close();
 */
export async function openAuthctl(options: AuthctlOptions): Promise<Authctl> {
  const { database, databasePasswordFile, timeoutMs, migrate = false } = options;
  const given = <T>(value: T) => ({ value, source: 'flag' }) as const;
  const settings = {
    database: given(database),
    databasePasswordFile: given(databasePasswordFile),
    timeoutMs: given(timeoutMs),
    actor: given(options.actor),
  };
  const app: AppOptions = {
    osUser: systemUser(),
    cores: options.threads ?? availableParallelism(),
    now: () => new Date(),
  };
  const services = composeApp(settings, app);
  try {
    const authctl = authctlOf(services, options, { osUser: app.osUser, host: hostname() });
    if (migrate) await (await services.migrations({ create: true })).up();
    // Whatever keeps the database from being used is told now, and not by the first request.
    await services.users();
    return authctl;
  } catch (error) {
    const told = services.explain(error) ?? error;
    await services.close();
    throw told;
  }
}

function systemUser(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run as a user id that has no name.
    return 'unknown';
  }
}

/** @param here what callers are taken for who do not say it, found out once */
function authctlOf(
  shared: Services,
  { actor, requestId, via, ...from }: CallerOptions,
  here: { osUser: string; host: string },
): Authctl {
  const { osUser = here.osUser, host = here.host } = from;
  const services = shared.as({ actor, osUser, host, requestId, via });
  const explain = (error: unknown) => services.explain(error) ?? explainSystem(error);

  /** Runs work of a service; an error of the database or the system is told as what it means. */
  const ask = async <T, R>(load: () => Promise<T>, work: (service: T) => Promise<R>): Promise<R> => {
    try {
      return await work(await load());
    } catch (error) {
      throw explain(error) ?? error;
    }
  };

  /** Methods of a service, which is loaded when one of them is first called. */
  const asks = <T extends object, K extends Asked<T>>(load: () => Promise<T>, ...names: K[]): Pick<T, K> => {
    const methods = names.map((name) => [
      name,
      (...args: unknown[]) =>
        ask(load, (service) => Reflect.apply(service[name] as () => Promise<unknown>, service, args)),
    ]);
    return Object.fromEntries(methods);
  };

  /** Methods that give pages, as methods that give one item after the other. */
  const streams = <T extends object, K extends keyof T>(
    load: () => Promise<T>,
    ...names: K[]
  ): Streamed<T, K> => {
    const methods = names.map((name) => [
      name,
      async function* (...args: unknown[]) {
        try {
          const service = await load();
          const pages = Reflect.apply(service[name] as () => AsyncGenerator<unknown[]>, service, args);
          for await (const page of pages) yield* page;
        } catch (error) {
          throw explain(error) ?? error;
        }
      },
    ]);
    return Object.fromEntries(methods);
  };

  return {
    users: {
      ...asks(services.users, 'add', 'show', 'count', 'set', 'setPassword'),
      ...streams(services.users, 'list'),
      ...asks(services.userStates, 'lock', 'unlock', 'disable', 'enable', 'expire'),
      ...asks(services.userDeletions, 'delete', 'restore', 'purge'),
      ...asks(services.userExplanations, 'explain'),
    },
    bulk: {
      ...asks(services.bulkChanges, 'count', 'lock', 'unlock', 'disable', 'delete', 'set'),
      ...streams(services.bulkChanges, 'list'),
    },
    logins: asks(services.logins, 'login'),
    passwords: asks(services.ownPasswords, 'change'),
    sessions: {
      ...asks(services.sessions, 'login', 'verify', 'revoke', 'revokeOfUser', 'revokeAll', 'prune'),
      ...streams(services.sessions, 'list'),
    },
    resets: {
      ...asks(services.resets, 'issue', 'redeem', 'revoke'),
      ...streams(services.resets, 'list'),
    },
    emails: asks(services.emails, 'issue', 'verify'),
    policies: asks(services.policies, 'get', 'show', 'set'),
    audit: { ...asks(services.audit, 'verify'), ...streams(services.audit, 'show') },
    imports: {
      run: (options) => ask(services.imports, (imports) => imports.run(importRequest(options))),
    },
    exports: asks(services.exports, 'toFile'),
    hashes: {
      ...asks(services.hashes, 'report', 'rehearseWrap', 'wrap'),
      ...asks(services.hashFormats, 'schemes', 'identify'),
    },
    database: {
      info: () => ask(services.databaseInfo, (info) => info.show()),
      check: (options) => ask(services.checks, (checks) => checks.run(options)),
      backup: (path, options) =>
        ask(
          () => services.backups(path),
          (backups) => backups.backup(path, options),
        ),
    },
    as: (other) => authctlOf(shared, other, here),
    close: () => shared.close(),
  };
}

function importRequest({ file, onNote, signal, onProgress, ...options }: ImportOptions): ImportRequest {
  const tell = async (text: string) => onNote?.(text);
  return {
    map: new Map(),
    onConflict: 'reject',
    updatePasswords: false,
    weakPasswords: 'flag',
    allowNoPassword: false,
    plaintext: false,
    wrapWeak: false,
    // What is given as `undefined` is as if it were left out.
    ...Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
    source: file,
    stdin: noInput,
    dryRun: options.dryRun ?? false,
    resume: options.resume ?? false,
    batch: options.batch ?? 100_000,
    signal: signal ?? new AbortController().signal,
    ...(onProgress && { onProgress }),
    note: tell,
    warn: tell,
  };
}

// biome-ignore lint/correctness/useYield: the input of the process is not the library's to read
async function* noInput(): AsyncGenerator<Uint8Array> {
  throw new Error('the library reads no standard input');
}
