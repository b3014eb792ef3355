import type { AnyCommand } from '../command.ts';

/** A command's entry in the registry. Its file is loaded only when it is invoked. */
export interface CommandEntry {
  /** Noun and verb. */
  readonly name: string;
  readonly summary: string;
  load(): Promise<AnyCommand>;
}

const entry = (name: string, summary: string, load: () => Promise<AnyCommand>): CommandEntry => ({
  name,
  summary,
  load,
});

/** What each noun is about. */
export const nouns: Readonly<Record<string, string>> = {
  user: 'users: add, look at, change, lock, log in, delete, import',
  session: 'sessions that logins open: check, list, end',
  reset: 'tokens by which users set a new password',
  email: 'tokens by which users verify their address',
  hash: 'password hashes: recognise, count, strengthen',
  audit: 'the log of every change and every login',
  policy: 'rules for passwords, names and lockout',
  migrate: 'the schema of the database',
  db: 'the database as a whole',
  config: 'settings of this program',
};

/** Every command, in the order in which help shows them. */
export const commands: readonly CommandEntry[] = [
  entry('user add', 'add a user', async () => (await import('./user/add.ts')).userAdd),
  entry('user show', 'show a user', async () => (await import('./user/show.ts')).userShow),
  entry('user list', 'list users', async () => (await import('./user/list.ts')).userList),
  entry('user set', 'change a user', async () => (await import('./user/set.ts')).userSet),
  entry(
    'user passwd',
    'give a user a new password',
    async () => (await import('./user/passwd.ts')).userPasswd,
  ),
  entry(
    'user login',
    'check a password, counted and audited',
    async () => (await import('./user/login.ts')).userLogin,
  ),
  entry(
    'user lock',
    'keep a user from logging in for a while',
    async () => (await import('./user/lock.ts')).userLock,
  ),
  entry(
    'user unlock',
    'end a lock, forget failed logins',
    async () => (await import('./user/unlock.ts')).userUnlock,
  ),
  entry(
    'user disable',
    'keep a user from logging in until enabled',
    async () => (await import('./user/disable.ts')).userDisable,
  ),
  entry(
    'user enable',
    'let a disabled user log in again',
    async () => (await import('./user/enable.ts')).userEnable,
  ),
  entry('user expire', 'set when a user expires', async () => (await import('./user/expire.ts')).userExpire),
  entry(
    'user delete',
    'delete a user, so that it can be restored',
    async () => (await import('./user/delete.ts')).userDelete,
  ),
  entry('user restore', 'undo a deletion', async () => (await import('./user/restore.ts')).userRestore),
  entry(
    'user purge',
    'remove a deleted user for ever',
    async () => (await import('./user/purge.ts')).userPurge,
  ),
  entry('user import', 'add users from a dump', async () => (await import('./user/import.ts')).userImport),
  entry('user export', 'write users into a dump', async () => (await import('./user/export.ts')).userExport),
  entry(
    'user explain',
    'say why a user cannot log in, and what to do',
    async () => (await import('./user/explain.ts')).userExplain,
  ),
  entry(
    'session verify',
    'check the token of a session',
    async () => (await import('./session/verify.ts')).sessionVerify,
  ),
  entry(
    'session list',
    'list the valid sessions',
    async () => (await import('./session/list.ts')).sessionList,
  ),
  entry('session revoke', 'end sessions', async () => (await import('./session/revoke.ts')).sessionRevoke),
  entry(
    'session prune',
    'remove sessions that have expired',
    async () => (await import('./session/prune.ts')).sessionPrune,
  ),
  entry(
    'reset issue',
    'make a token for a new password',
    async () => (await import('./reset/issue.ts')).resetIssue,
  ),
  entry(
    'reset redeem',
    'set a password with a token',
    async () => (await import('./reset/redeem.ts')).resetRedeem,
  ),
  entry(
    'reset list',
    'list the tokens that were not used',
    async () => (await import('./reset/list.ts')).resetList,
  ),
  entry(
    'reset revoke',
    'take back the token of a user',
    async () => (await import('./reset/revoke.ts')).resetRevoke,
  ),
  entry(
    'email issue',
    'make a token to verify the address of a user',
    async () => (await import('./email/issue.ts')).emailIssue,
  ),
  entry(
    'email verify',
    'mark an address as verified with a token',
    async () => (await import('./email/verify.ts')).emailVerify,
  ),
  entry(
    'hash identify',
    'say what a hash may be',
    async () => (await import('./hash/identify.ts')).hashIdentify,
  ),
  entry(
    'hash schemes',
    'list the schemes that are understood',
    async () => (await import('./hash/schemes.ts')).hashSchemes,
  ),
  entry(
    'hash report',
    'count users by scheme, cost and age',
    async () => (await import('./hash/report.ts')).hashReport,
  ),
  entry('hash wrap', 'strengthen weak hashes at once', async () => (await import('./hash/wrap.ts')).hashWrap),
  entry('audit show', 'show audit events', async () => (await import('./audit/show.ts')).auditShow),
  entry(
    'audit verify',
    'prove that the log is whole',
    async () => (await import('./audit/verify.ts')).auditVerify,
  ),
  entry('policy show', 'show the rules', async () => (await import('./policy/show.ts')).policyShow),
  entry('policy set', 'change rules', async () => (await import('./policy/set.ts')).policySet),
  entry('migrate up', 'make or update the tables', async () => (await import('./migrate/up.ts')).migrateUp),
  entry('migrate down', 'take tables back', async () => (await import('./migrate/down.ts')).migrateDown),
  entry(
    'migrate status',
    'show which migrations are applied',
    async () => (await import('./migrate/status.ts')).migrateStatus,
  ),
  entry(
    'db copy',
    'copy everything into another database',
    async () => (await import('./db/copy.ts')).dbCopy,
  ),
  entry(
    'db check',
    'look for what endangers the database',
    async () => (await import('./db/check.ts')).dbCheck,
  ),
  entry(
    'db info',
    'show what the database is and how much it holds',
    async () => (await import('./db/info.ts')).dbInfo,
  ),
  entry('db backup', 'copy the database into a file', async () => (await import('./db/backup.ts')).dbBackup),
  entry(
    'db restore',
    'replace the database by a backup',
    async () => (await import('./db/restore.ts')).dbRestore,
  ),
  entry(
    'config show',
    'show the settings and their sources',
    async () => (await import('./config/show.ts')).configShow,
  ),
];
