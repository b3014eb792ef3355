import { AuthctlError } from '../../../domain/errors.ts';
import { shellWord } from '../../../domain/shell-word.ts';
import { quote } from '../../../domain/text.ts';

/** Somebody has this username, or uses it as an e-mail address. */
export function userExists(username: string): AuthctlError {
  return new AuthctlError('user-exists', `user ${quote(username)} already exists`, {
    hint: `authctl user show ${shellWord(username)}`,
  });
}

/** Somebody has this e-mail address, or uses it as a username. */
export function emailExists(email: string): AuthctlError {
  return new AuthctlError('email-exists', `the e-mail address ${quote(email)} is taken`, {
    hint: `authctl user show ${shellWord(email)}`,
  });
}

/** The user is of another version, or gone. */
export function changedMeanwhile(username: string): AuthctlError {
  return new AuthctlError(
    'changed-meanwhile',
    `user ${quote(username)} was changed by someone else meanwhile`,
    {
      hint: 'look at it again, then repeat the command',
    },
  );
}
