import { AuthctlError } from '../../../domain/errors.ts';
import { type UserRecord, userStatuses } from '../../../domain/user.ts';
import { userSortFields } from '../../../services/users/users.ts';
import { defineCommand } from '../../command.ts';
import { exit } from '../../exit-codes.ts';
import { choice, count, flag, text } from '../../options.ts';
import { list, record } from '../../render/result.ts';
import { countView } from '../../views/count.ts';
import { deletedUserView, userView } from '../../views/user.ts';

export const userList = defineCommand({
  name: 'user list',
  description:
    'Lists all users but deleted ones. --search and --count read every user; the rest uses an index.',
  options: {
    status: choice('--status <status>', 'only users in this status', userStatuses),
    deleted: flag('--deleted', 'only deleted users, as with --status deleted'),
    search: text('--search <text>', 'only users with this text in username, e-mail or name'),
    sort: choice('--sort <field>', 'what to sort by; username if not given', userSortFields),
    desc: flag('--desc', 'in descending order'),
    limit: count('--limit <n>', 'at most so many users', 1),
    after: text('--after <user>', 'begin after this user'),
    count: flag('--count', 'print only how many users match'),
  },
  examples: [
    'authctl user list --status locked',
    'authctl user list --deleted',
    'authctl user list --sort lastLoginAt --desc --limit 20',
    'authctl user list --output ndjson | jq -r .email',
  ],
  async run({ services, options, note }) {
    const users = await services.users();
    const status = options.deleted ? 'deleted' : options.status;
    if (options.status !== undefined && options.status !== status) {
      throw new AuthctlError('usage', `--deleted does not go with --status ${options.status}`);
    }
    const filter = {
      ...(status && { status }),
      ...(options.search !== undefined && { search: options.search }),
    };
    if (options.count) {
      if (options.limit !== undefined || options.after !== undefined) {
        throw new AuthctlError('usage', '--count goes with neither --limit nor --after');
      }
      const total = await users.count(filter);
      return record(countView, { count: total }, { message: String(total) });
    }
    const { limit } = options;
    const pages = users.list({
      ...filter,
      sort: options.sort ?? 'username',
      descending: options.desc,
      ...(options.after !== undefined && { after: options.after }),
      // One more than is shown, to know whether there are more.
      ...(limit !== undefined && { limit: limit + 1 }),
    });
    const cut = new Cut(pages, limit);
    return list(status === 'deleted' ? deletedUserView : userView, cut.pages(), {
      empty: 'no users found',
      end: async () => {
        if (cut.next) await note(`there are more users; go on with --after ${cut.next.username}`);
        return exit.done;
      },
    });
  },
});

/** Cuts a listing after `limit` users. If there are more, `next` is the last one shown: `--after` it the next page begins. */
class Cut {
  next: UserRecord | undefined;
  readonly #source: AsyncIterable<UserRecord[]>;
  readonly #limit: number;

  constructor(source: AsyncIterable<UserRecord[]>, limit = Number.POSITIVE_INFINITY) {
    this.#source = source;
    this.#limit = limit;
  }

  async *pages(): AsyncGenerator<UserRecord[]> {
    let rest = this.#limit;
    let last: UserRecord | undefined;
    for await (const page of this.#source) {
      const shown = page.slice(0, rest);
      last = shown.at(-1) ?? last;
      if (shown.length > 0) yield shown;
      if (shown.length < page.length) this.next = last;
      rest -= shown.length;
    }
  }
}
