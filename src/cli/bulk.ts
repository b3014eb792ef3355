import { AuthctlError } from '../domain/errors.ts';
import { parseSelection, type UserSelection } from '../domain/user-selection.ts';
import type { BulkChangeService, BulkReport, BulkRequest } from '../services/users/users.ts';
import type { CommandContext } from './command.ts';
import { exit } from './exit-codes.ts';
import { confirmationOption, requireConfirmation } from './input/confirmation.ts';
import { BulkProgressBar } from './input/progress.ts';
import { flag, parsed } from './options.ts';
import { noIds } from './render/render.ts';
import { list, type Result, record } from './render/result.ts';
import { bulkView } from './views/bulk.ts';
import { userView } from './views/user.ts';

/** The options of every command that changes many users at once. */
export const rehearsalOptions = {
  dryRun: flag('--dry-run', 'list the users who would be changed; write nothing'),
  ...confirmationOption,
} as const;

/** The options of commands that change one user, or all users who meet conditions. */
export const bulkOptions = {
  where: parsed('--where <conditions>', 'all users who meet these conditions: key=value,…', parseSelection),
  ...rehearsalOptions,
} as const;

/** What `--help` says about `--where`. Its line breaks are kept. */
export const whereHelp = `Instead of one user, --where chooses all users who meet every condition: key=value,key=value
  status=active|locked|disabled|expired
  lastLoginBefore=TIME          for users who never logged in, the time when they were added counts
  lastLogin=never
  passwordChangedBefore=TIME    only users who have a password
  createdBefore=TIME, createdAfter=TIME
  emailDomain=example.org
Deleted users are never chosen. --dry-run lists the chosen ones; without it the command asks, or
needs --yes. Users are changed in batches; an interrupted command says how many it has changed.`;

/**
 * Whether a command with these options handles an interruption itself: a change of many users does, between two
 * batches. A change of one user is left to the database to roll back, and a rehearsal has nothing to roll back.
 */
export const bulkIsInterruptible = ({ where, dryRun }: { where: unknown; dryRun: boolean }): boolean =>
  where !== undefined && !dryRun;

/** Whom a command is to change: the user that is named, or all who meet the conditions. Throws `usage`. */
export function whoIsMeant(
  user: string | undefined,
  { where, dryRun }: { where: UserSelection | undefined; dryRun: boolean },
): { user: string } | { selection: UserSelection } {
  const refuse = (message: string) => new AuthctlError('usage', message);
  if (user === undefined) {
    if (where) return { selection: where };
    throw refuse('name a user, or say with --where which are meant');
  }
  if (where) throw refuse('give a user or --where, not both');
  if (dryRun) throw refuse('--dry-run goes with --where');
  return { user };
}

/** Refuses `--if-version` with `--where`: each user has a version of its own. Throws `usage`. */
export function requireNoVersion({ ifVersion }: { ifVersion: number | undefined }): void {
  if (ifVersion !== undefined) throw new AuthctlError('usage', '--if-version goes with one user');
}

/** A change of many users, and its wording: `asks` gives `locks 12 users`, `done` gives `12 users locked`. */
export interface BulkChange {
  asks(users: string): string;
  done(users: string): string;
  run(bulk: BulkChangeService, request: BulkRequest): Promise<BulkReport>;
}

type Context = Omit<CommandContext<unknown, unknown>, 'args' | 'options'>;

/** Changes all users of the selection after a confirmation, or lists them with `--dry-run`. */
export async function changeMany(
  context: Context,
  selection: UserSelection,
  options: { dryRun: boolean; yes: boolean },
  { asks, done, run }: BulkChange,
): Promise<Result> {
  const { services, settings, terminal, signal } = context;
  const bulk = await services.bulkChanges();
  if (options.dryRun) return rehearsal(context, bulk.list(selection));
  if (settings.output.value === 'ids') throw noIds();
  const total = await bulk.count(selection);
  if (total > 0 && !options.yes) {
    await requireConfirmation(
      context,
      asks(usersText(total)),
      'look at them with --dry-run, repeat it with --yes',
    );
  }
  const bar = new BulkProgressBar(terminal, settings.output.value === 'table');
  try {
    const report = await run(bulk, { selection, signal, onProgress: (now) => bar.show(now, total) });
    const same = report.matched - report.changed;
    const message = `${done(usersText(report.changed))}${same > 0 ? `; ${usersText(same)} needed no change` : ''}`;
    return record(bulkView, report, { message });
  } finally {
    bar.stop();
  }
}

function rehearsal({ note }: Context, pages: ReturnType<BulkChangeService['list']>): Result {
  let count = 0;
  const counted = async function* () {
    for await (const page of pages) {
      count += page.length;
      yield page;
    }
  };
  return list(userView, counted(), {
    empty: 'no users found',
    end: async () => {
      await note(`dry run: ${usersText(count)} would be changed; nothing was written`);
      return exit.done;
    },
  });
}

const usersText = (count: number) => (count === 1 ? '1 user' : `${count} users`);
