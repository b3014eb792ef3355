import type { ErrorCode } from './errors.ts';

/** How a code is explained to people: plain text, in which `…` marks what is typed. */
export interface CodeText {
  /** What has happened, and what it means for what was asked. */
  readonly meaning: string;
  readonly whatToDo: string;
}

/**
 * The explanation of every error code. `docs/errors.md` is made of it; no command loads it, since each error brings
 * a message and a hint of its own.
 */
export const errorCodes: Readonly<Record<ErrorCode, CodeText>> = {
  usage: {
    meaning:
      'The command line is wrong: an unknown option, a missing argument or a value that cannot be read.',
    whatToDo: 'Correct the command; `authctl <command> --help` lists its options with examples.',
  },
  'confirmation-needed': {
    meaning: 'The command asks before it changes this much, and nobody can be asked: there is no terminal.',
    whatToDo: 'Look with `--dry-run` where the command has it, then repeat the command with `--yes`.',
  },
  'login-refused': {
    meaning:
      'The name and the password do not open this account. The reason is not told: an unknown name, a wrong ' +
      'password and a locked, disabled, expired or deleted user all get the same answer.',
    whatToDo: 'An administrator sees the reason with `authctl user explain`.',
  },
  'session-refused': {
    meaning: 'The session is unknown, has ended or was revoked, or its user may not log in any more.',
    whatToDo: 'Log the user in again.',
  },
  'token-refused': {
    meaning: 'The token to set a password or to verify an address is unknown, has expired or was used.',
    whatToDo: 'Issue another one: `authctl reset issue` or `authctl email issue`.',
  },
  'unknown-hash': {
    meaning: 'No known scheme writes a hash that looks like this.',
    whatToDo:
      '`authctl hash schemes` lists what is understood. A hash that does not describe itself, such as a bare ' +
      'digest with a salt, needs `--hash-format`.',
  },
  'unsupported-hash': {
    meaning: 'The scheme of the hash is known, but nobody could log in with this one; the message says why.',
    whatToDo: 'Give the user a new password: `authctl reset issue` or `authctl user passwd`.',
  },
  'invalid-username': {
    meaning: 'The username breaks a rule of the policy, which the message names. Nothing was changed.',
    whatToDo: 'Choose another name, or change the rule: `authctl policy show`, `authctl policy set`.',
  },
  'invalid-email': {
    meaning: 'The text is not an e-mail address, or is longer than 254 characters. Nothing was changed.',
    whatToDo: 'Correct the address.',
  },
  'invalid-name': {
    meaning: 'A first or last name or a reason is longer than 200 characters or holds control characters.',
    whatToDo: 'Shorten or correct it.',
  },
  'no-email': {
    meaning: 'The user has no e-mail address, so there is none to verify.',
    whatToDo: 'Give the user one: `authctl user set NAME --email ADDRESS`.',
  },
  'invalid-password': {
    meaning:
      'The new password breaks the policy, is not valid UTF-8, or was typed differently the second time.',
    whatToDo: 'Choose another; the message names each rule that it breaks, `authctl policy show` all rules.',
  },
  'invalid-policy': {
    meaning:
      'A key or value of the policy is unknown, or the rules contradict each other. Nothing was changed.',
    whatToDo: '`authctl policy show` lists the keys with their values.',
  },
  'invalid-time': {
    meaning: 'A time that has to be in the future has passed already.',
    whatToDo: 'Give a later time.',
  },
  'value-too-long': {
    meaning: 'A value is longer than the column of the database that is to hold it. Nothing was written.',
    whatToDo: 'Shorten the value; during `authctl db copy` the message names its row in the source.',
  },
  'value-unfit': {
    meaning: 'A value of the source database is of a kind that the target database cannot hold.',
    whatToDo: 'Correct the value in the row that the message names, then repeat `authctl db copy`.',
  },
  'invalid-dump': {
    meaning:
      'Nothing can be made of the dump: it is empty, its format is not recognised, or its first record has no ' +
      'username that authctl can find. Nothing was imported.',
    whatToDo: 'Name the format with `--format`, or the column of the username with `--map username=COLUMN`.',
  },
  'dump-broken': {
    meaning: 'The dump cannot be read beyond the line that is named. What stands before it was imported.',
    whatToDo: 'Correct the dump from that line on, then repeat the command with `--resume`.',
  },
  'user-deleted': {
    meaning: 'The user is deleted, and deleted users are not changed.',
    whatToDo: 'Take the user back first: `authctl user restore`.',
  },
  'user-not-deleted': {
    meaning: 'Only a user who is deleted can be purged, and this one is not.',
    whatToDo: 'Delete the user first: `authctl user delete`.',
  },
  'user-not-found': {
    meaning: 'There is no user of this name, e-mail address or id.',
    whatToDo: '`authctl user list --search TEXT` finds users; `--deleted` shows those who are deleted.',
  },
  'session-not-found': {
    meaning: 'There is no session of this id, or it has ended.',
    whatToDo: '`authctl session list` shows the ids of sessions that are open.',
  },
  'token-not-found': {
    meaning: 'The user has no open token to set a password with.',
    whatToDo: '`authctl reset list` shows the tokens that are open.',
  },
  'user-exists': {
    meaning: 'Another user has this name, or uses it as e-mail address; deleted users keep their names.',
    whatToDo: 'Choose another name, or look at the user who has it: `authctl user show`.',
  },
  'email-exists': {
    meaning: 'Another user has this e-mail address, or uses it as username.',
    whatToDo: 'Use another address, or look at the user who has it: `authctl user show`.',
  },
  'changed-meanwhile': {
    meaning:
      'Somebody else has changed the same thing in the meantime. The change that was asked for was not made.',
    whatToDo: 'Look at what is there now, then repeat the command.',
  },
  'input-changed': {
    meaning: 'An import cannot be resumed: the dump, an option or the rejects file is not what it was.',
    whatToDo: 'Use the same dump and options, or leave `--resume` out to begin anew.',
  },
  'file-exists': {
    meaning: 'The file that is to be written exists already; it was not touched.',
    whatToDo: 'Name another file, move this one away, or replace it with `--force` where the command has it.',
  },
  'target-not-empty': {
    meaning:
      'The target of a copy holds rows, or an unfinished copy of another database. It was not touched.',
    whatToDo: 'Name a database that does not exist yet or is empty.',
  },
  'database-busy': {
    meaning: 'Another program held the database for as long as `--timeout` allows. Nothing was changed.',
    whatToDo: 'Repeat the command, with a longer `--timeout` if need be.',
  },
  'database-unreachable': {
    meaning:
      'No server answers at the address of the database, or the connection was lost. What was not committed is rolled back.',
    whatToDo: 'Check that the server runs and that the URL is right, then repeat the command.',
  },
  'outcome-unknown': {
    meaning:
      'The connection was lost, or the disk failed, during the commit: the change was made completely, or not at all.',
    whatToDo:
      '`authctl audit show --limit 5` tells which; repeat the command only if the change is not there.',
  },
  'database-missing': {
    meaning: 'There is no database at this place. Only `authctl migrate up` makes one.',
    whatToDo: 'Correct `--database`, or make the database: `authctl migrate up`.',
  },
  'database-unmigrated': {
    meaning: 'The database lacks tables or columns that this version of authctl uses.',
    whatToDo: '`authctl migrate status` shows what is missing, `authctl migrate up` adds it.',
  },
  'database-newer': {
    meaning: 'A newer authctl has migrated the database; this one does not know what has changed.',
    whatToDo: 'Use the newer authctl.',
  },
  'database-incomplete': {
    meaning: 'A copy into this database has not finished, so that only a part of the users is there.',
    whatToDo: 'Repeat the `authctl db copy` that was interrupted, or remove this database.',
  },
  'database-unusable': {
    meaning:
      'The database cannot be opened or written: permissions, a wrong password, a server that only reads, or a ' +
      'file that is no database of authctl. The message says which.',
    whatToDo: 'Mend what the message names; `authctl db check` looks at everything around the database.',
  },
  'disk-full': {
    meaning:
      'There is no space left to write to. What was not committed is rolled back; the message says what stays.',
    whatToDo: 'Make room, then repeat the command.',
  },
  'output-unusable': {
    meaning:
      'Standard output cannot be written: it is closed, full, or its reader has gone. The message says whether the ' +
      'command has done its work all the same.',
    whatToDo: 'Give a file or a pipe that is read; where the work is done, do not repeat it.',
  },
  'system-limit': {
    meaning: 'The system gives the program no more open files or memory.',
    whatToDo: 'Raise the limit that the message names, or end other programs.',
  },
  'settings-invalid': {
    meaning:
      'A setting cannot be used: an option, a variable of the environment, the file or the database URL.',
    whatToDo: '`authctl config show` lists each setting and where it comes from.',
  },
  'file-unusable': {
    meaning:
      'A file cannot be read or written, or does not hold what the command expects. The message says why.',
    whatToDo: 'Correct the path or the permissions, or name another file.',
  },
  'check-failed': {
    meaning: '`authctl db check` found something that endangers the database; what is stored is not damaged.',
    whatToDo: 'Do what each failed check says on standard output.',
  },
  'database-damaged': {
    meaning: 'The database holds something that authctl did not write, or cannot be read any more.',
    whatToDo: '`authctl db check` names what is damaged; restore a backup with `authctl db restore`.',
  },
  'audit-damaged': {
    meaning:
      'An event of the audit log was changed, is missing or was added past authctl; the message names it.',
    whatToDo: 'Keep the database as evidence and compare it with a backup: later events are in doubt, too.',
  },
  'copy-differs': {
    meaning:
      'The comparison after a copy found rows that are not the same on both sides. The copy is not used.',
    whatToDo: 'Repeat `authctl db copy`, which begins anew, and see that nothing else writes to the target.',
  },
  interrupted: {
    meaning:
      'The command was interrupted by a signal or at a prompt. Whatever it had committed before stays, and the ' +
      'message says how much that is; the rest was not begun.',
    whatToDo: 'Repeat the command; an import goes on where it was with `--resume`.',
  },
};
