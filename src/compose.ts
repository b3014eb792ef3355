import { hostname } from 'node:os';
import { join } from 'node:path';
import { AuthctlError } from './domain/errors.ts';
import { quote } from './domain/text.ts';
import { errnoOf } from './io/errno.ts';
import type { ServiceContext } from './services/context.ts';
import type { Services } from './services/services.ts';
import { type Settings, withoutPassword } from './settings/settings.ts';
import type { Connection } from './store/dialects/index.ts';

/** What composing needs beside the settings. */
export interface AppOptions {
  osUser: string;
  /** On how many cores passwords are hashed. */
  cores: number;
  now(): Date;
}

// This file is one folder below the root both as source and as built program.
const built = (name: string) => join(import.meta.dirname, '..', 'dist', name);
const workerFile = built('hash-worker.cjs');

/** Puts database and services together as the settings say. Each part is loaded and made when it is first used. */
export function composeApp(settings: Settings, options: AppOptions): Services {
  let connection: Connection | undefined;
  let context: Promise<ServiceContext> | undefined;

  const open = async (create: boolean): Promise<Connection> => {
    const { openConnection } = await import('./store/index.ts');
    const location = settings.database.value;
    if (create && settings.database.source === 'default') await makeDefaultFolder(location);
    const password = await readPasswordFile(settings.databasePasswordFile.value);
    connection ??= await openConnection(location, { create, timeoutMs: settings.timeoutMs.value, password });
    return connection;
  };
  const caller = { actor: settings.actor.value, osUser: options.osUser, host: hostname() };
  const openContext = async (): Promise<ServiceContext> => {
    const { openStore } = await import('./store/index.ts');
    return { store: await openStore(await open(false), caller, options.now), caller, now: options.now };
  };
  const services = () => {
    context ??= openContext();
    return context;
  };

  return {
    users: async () => new (await import('./services/users/users.ts')).UserService(await services()),
    userStates: async () =>
      new (await import('./services/users/states.ts')).UserStateService(await services()),
    userDeletions: async () =>
      new (await import('./services/users/deletions.ts')).UserDeletionService(await services()),
    bulkChanges: async () =>
      new (await import('./services/users/bulk-changes.ts')).BulkChangeService(await services()),
    ownPasswords: async () =>
      new (await import('./services/passwords/own-passwords.ts')).OwnPasswordService(await services()),
    userExplanations: async () =>
      new (await import('./services/users/explanations.ts')).UserExplanationService(await services()),
    logins: async () => new (await import('./services/logins/logins.ts')).LoginService(await services()),
    sessions: async () =>
      new (await import('./services/sessions/sessions.ts')).SessionService(await services()),
    resets: async () => new (await import('./services/tokens/resets.ts')).ResetService(await services()),
    emails: async () =>
      new (await import('./services/tokens/email-verifications.ts')).EmailVerificationService(
        await services(),
      ),
    policies: async () => new (await import('./services/policies.ts')).PolicyService(await services()),
    audit: async () => new (await import('./services/audit/audit.ts')).AuditService(await services()),
    imports: async () =>
      new (await import('./services/imports/imports.ts')).ImportService(await services(), {
        workerFile,
        judgingFile: built('validation-worker.cjs'),
        cores: options.cores,
      }),
    exports: async () => new (await import('./services/exports/exports.ts')).ExportService(await services()),
    copies: async ({ to, passwordFile }) => {
      const { copyDestination } = await import('./services/database/copy/destination.ts');
      const password = await readPasswordFile(passwordFile);
      const target = copyDestination(to, {
        from: settings.database.value,
        timeoutMs: settings.timeoutMs.value,
        password,
      });
      return new (await import('./services/database/copy/copy.ts')).CopyService(await services(), target);
    },
    hashes: async () =>
      new (await import('./services/hashes/hashes.ts')).HashService(await services(), {
        workerFile,
        cores: options.cores,
      }),
    hashFormats: async () => new (await import('./services/hashes/formats.ts')).HashFormatService(),
    databaseInfo: async () =>
      new (await import('./services/database/info.ts')).DatabaseInfoService(
        await services(),
        await open(false),
      ),
    backups: async (file) => {
      const { requireSqliteFile } = await import('./services/database/server-tools.ts');
      const database = requireSqliteFile(settings.database.value, 'backup', file);
      return new (await import('./services/database/backup/backup.ts')).BackupService(
        await services(),
        database,
      );
    },
    restores: async (file) => {
      const { requireSqliteFile } = await import('./services/database/server-tools.ts');
      const database = requireSqliteFile(settings.database.value, 'restore', file);
      if (settings.database.source === 'default') await makeDefaultFolder(database);
      const timeoutMs = settings.timeoutMs.value ?? 10_000;
      const around = { caller, timeoutMs, now: options.now };
      return new (await import('./services/database/backup/restores.ts')).RestoreService(database, around);
    },
    checks: async () =>
      new (await import('./services/database/checks.ts')).CheckService({
        location: settings.database.value,
        open: () => open(false),
        settings: settingsFiles(settings),
        caller,
        now: options.now,
      }),
    migrations: async ({ create }) =>
      new (await import('./services/database/migrations.ts')).MigrationService(
        await open(create),
        options.now,
      ),
    explain: (error): AuthctlError | undefined => connection?.dialect.explain(error),
    close: async () => connection?.close(),
  };
}

function settingsFiles({ database, configFile, databasePasswordFile }: Settings) {
  const configHoldsPassword =
    database.source === 'file' && withoutPassword(database.value) !== database.value;
  return { configFile, configHoldsPassword, passwordFile: databasePasswordFile.value };
}

async function makeDefaultFolder(location: string): Promise<void> {
  const [{ mkdir }, { dirname }] = await Promise.all([import('node:fs/promises'), import('node:path')]);
  await mkdir(dirname(location), { recursive: true, mode: 0o700 });
}

async function readPasswordFile(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  const { readFile } = await import('node:fs/promises');
  try {
    return (await readFile(path, 'utf8')).replace(/\r?\n$/, '');
  } catch (error) {
    const code = errnoOf(error) ?? 'unknown';
    throw new AuthctlError(
      'file-unusable',
      `the database password file ${quote(path)} cannot be read (${code})`,
      {
        cause: error,
      },
    );
  }
}
