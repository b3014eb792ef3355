import { hostname } from 'node:os';
import { join } from 'node:path';
import { Call } from './domain/call.ts';
import { requireCaller } from './domain/caller.ts';
import { AuthctlError } from './domain/errors.ts';
import { quote } from './domain/text.ts';
import { LazyVerifier } from './hashing/index.ts';
import { errnoOf } from './io/errno.ts';
import type { Heap } from './io/heap.ts';
import type { Waiting } from './io/small-file.ts';
import type { ServiceContext } from './services/context.ts';
import type { Services } from './services/services.ts';
import { type ServiceSettings, withoutPassword } from './settings/settings.ts';
import type { Connection } from './store/dialects/index.ts';
import type { Store } from './store/index.ts';

/** What composing needs beside the settings. */
export interface AppOptions {
  osUser: string;
  /** On how many cores passwords are hashed. */
  cores: number;
  now(): Date;
  /** What may happen while the file of a database's password is a pipe in which nothing comes. */
  waiting?: Waiting;
  /** Tunes the heap for as much garbage as an import makes; only for whose the process is. */
  tuneHeap?(): Promise<Heap>;
}

// This file is one folder below the root both as source and as built program.
const built = (name: string) => join(import.meta.dirname, '..', 'dist', name);
const hashWorker = built('hash-worker.cjs');
const validationWorker = built('validation-worker.cjs');

/** Puts database and services together as the settings say. Each part is loaded and made when it is first used. */
export function composeApp(settings: ServiceSettings, options: AppOptions): Services {
  const database = new LazyDatabase(settings, options);
  const verifier = new LazyVerifier(hashWorker, options.cores);
  const services = (call: Call) => servicesOf(call, { database, verifier }, settings, options);
  return services(new Call({ actor: settings.actor.value, osUser: options.osUser, host: hostname() }));
}

/** The services of one call. */
function servicesOf(
  caller: Call,
  parts: { database: LazyDatabase; verifier: LazyVerifier },
  settings: ServiceSettings,
  options: AppOptions,
): Services {
  const { database, verifier } = parts;
  const { now, cores } = options;
  const location = settings.database.value;
  const context = async (): Promise<ServiceContext> => ({
    store: await database.store(),
    caller,
    now,
    verifier,
  });
  /** A service that needs nothing but the context; its file is loaded before the database is opened. */
  const service =
    <S>(load: () => Promise<new (context: ServiceContext) => S>) =>
    async (): Promise<S> =>
      new (await load())(await context());

  return {
    as: (other) => {
      requireCaller(other);
      return servicesOf(new Call(other), parts, settings, options);
    },
    users: service(async () => (await import('./services/users/users.ts')).UserService),
    userStates: service(async () => (await import('./services/users/states.ts')).UserStateService),
    userDeletions: service(async () => (await import('./services/users/deletions.ts')).UserDeletionService),
    bulkChanges: service(async () => (await import('./services/users/bulk-changes.ts')).BulkChangeService),
    userExplanations: service(
      async () => (await import('./services/users/explanations.ts')).UserExplanationService,
    ),
    ownPasswords: service(
      async () => (await import('./services/passwords/own-passwords.ts')).OwnPasswordService,
    ),
    logins: service(async () => (await import('./services/logins/logins.ts')).LoginService),
    sessions: service(async () => (await import('./services/sessions/sessions.ts')).SessionService),
    resets: service(async () => (await import('./services/tokens/resets.ts')).ResetService),
    emails: service(
      async () => (await import('./services/tokens/email-verifications.ts')).EmailVerificationService,
    ),
    policies: service(async () => (await import('./services/policies.ts')).PolicyService),
    audit: service(async () => (await import('./services/audit/audit.ts')).AuditService),
    exports: service(async () => (await import('./services/exports/exports.ts')).ExportService),
    imports: async () => {
      const { ImportService } = await import('./services/imports/imports.ts');
      return new ImportService(await context(), {
        hashWorker,
        validationWorker,
        cores,
        tuneHeap: options.tuneHeap,
      });
    },
    hashes: async () => {
      const { HashService } = await import('./services/hashes/hashes.ts');
      return new HashService(await context(), { hashWorker, cores });
    },
    hashFormats: async () => new (await import('./services/hashes/formats.ts')).HashFormatService(),
    databaseInfo: async () => {
      const { DatabaseInfoService } = await import('./services/database/info.ts');
      return new DatabaseInfoService(await context(), await database.connection());
    },
    copies: async ({ to, passwordFile }) => {
      const { copyDestination } = await import('./services/database/copy/destination.ts');
      const password = await readPasswordFile(passwordFile, options.waiting);
      const target = copyDestination(to, { from: location, timeoutMs: settings.timeoutMs.value, password });
      return new (await import('./services/database/copy/copy.ts')).CopyService(await context(), target);
    },
    backups: async (to) => {
      const { requireSqliteFile } = await import('./services/database/server-tools.ts');
      const file = requireSqliteFile(location, 'backup', to);
      return new (await import('./services/database/backup/backup.ts')).BackupService(await context(), file);
    },
    restores: async (from) => {
      const { requireSqliteFile } = await import('./services/database/server-tools.ts');
      const file = requireSqliteFile(location, 'restore', from);
      if (settings.database.source === 'default') await makeDefaultFolder(file, settings.home);
      const { RestoreService } = await import('./services/database/backup/restores.ts');
      return new RestoreService(file, { caller, timeoutMs: settings.timeoutMs.value ?? 10_000, now });
    },
    checks: async () => {
      const { CheckService } = await import('./services/database/checks.ts');
      const open = () => database.connection();
      return new CheckService({ location, open, settings: settingsFiles(settings), caller, now });
    },
    migrations: async (create) => {
      const { MigrationService } = await import('./services/database/migrations.ts');
      return new MigrationService(await database.connection(create), now);
    },
    explain: (error): AuthctlError | undefined => database.explain(error),
    hasBegun: () => caller.hasBegun,
    close: async () => {
      await verifier.close();
      await database.close();
    },
  };
}

/** The database of the settings: opened once, when it is first asked for, and again where that failed. */
class LazyDatabase {
  readonly #settings: ServiceSettings;
  readonly #now: () => Date;
  readonly #waiting: Waiting | undefined;
  #connection: Promise<Connection> | undefined;
  #mayCreate = false;
  #opened: Connection | undefined;
  #store: Promise<Store> | undefined;

  constructor(settings: ServiceSettings, { now, waiting }: AppOptions) {
    this.#settings = settings;
    this.#now = now;
    this.#waiting = waiting;
  }

  /** The database whatever its schema; `create` makes one that is not there. */
  async connection({ create } = { create: false }): Promise<Connection> {
    // A server is asked for its database late: what was opened before may have none.
    if (create && !this.#mayCreate && !this.#store) await this.#forget();
    this.#mayCreate ||= create;
    this.#connection ??= this.#open(create);
    try {
      this.#opened = await this.#connection;
      return this.#opened;
    } catch (error) {
      this.#connection = undefined;
      throw error;
    }
  }

  /** The tables, where the schema is this program's. */
  async store(): Promise<Store> {
    this.#store ??= this.#openStore();
    try {
      return await this.#store;
    } catch (error) {
      this.#store = undefined;
      throw error;
    }
  }

  async #forget(): Promise<void> {
    this.#connection = undefined;
    await this.#opened?.close();
    this.#opened = undefined;
  }

  async #open(create: boolean): Promise<Connection> {
    const { openConnection } = await import('./store/index.ts');
    const { database, databasePasswordFile, timeoutMs } = this.#settings;
    if (create && database.source === 'default') await makeDefaultFolder(database.value, this.#settings.home);
    const password = await readPasswordFile(databasePasswordFile.value, this.#waiting);
    return openConnection(database.value, { create, timeoutMs: timeoutMs.value, password });
  }

  async #openStore(): Promise<Store> {
    const { openStore } = await import('./store/index.ts');
    return openStore(await this.connection(), this.#now);
  }

  /** What an error of the database means to the caller; `undefined` when it is a bug. */
  explain(error: unknown): AuthctlError | undefined {
    return this.#opened?.dialect.explain(error);
  }

  async close(): Promise<void> {
    await this.#opened?.close();
  }
}

function settingsFiles({ database, configFile, databasePasswordFile }: ServiceSettings) {
  const configHoldsPassword =
    database.source === 'file' && withoutPassword(database.value) !== database.value;
  return { configFile, configHoldsPassword, passwordFile: databasePasswordFile.value };
}

/** Makes the folder of the default database; the home folder, where it is in that, must be there. */
async function makeDefaultFolder(location: string, home: string | undefined): Promise<void> {
  const [{ mkdir, stat }, { dirname }] = await Promise.all([import('node:fs/promises'), import('node:path')]);
  const folder = dirname(location);
  try {
    if (home !== undefined && folder.startsWith(`${home}/`)) await stat(home);
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    const why = errnoOf(error) === 'ENOENT' ? 'the home folder does not exist' : errnoOf(error);
    throw new AuthctlError('database-unusable', `the folder ${quote(folder)} cannot be made (${why})`, {
      hint: 'name a database with --database or AUTHCTL_DATABASE, or correct HOME or XDG_DATA_HOME',
      cause: error,
    });
  }
}

async function readPasswordFile(
  path: string | undefined,
  waiting: Waiting | undefined,
): Promise<string | undefined> {
  if (path === undefined) return undefined;
  const { readSmallText } = await import('./io/small-file.ts');
  const text = await readSmallText(path, `the database password file ${quote(path)}`, waiting);
  return text.replace(/\r?\n$/, '');
}
