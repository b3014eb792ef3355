/** What an operator should know of a code under which rows are rejected. */
export interface RejectCodeText {
  /** Why the row was left behind, as a sentence. */
  meaning: string;
  /** How to bring its user in all the same, as a sentence. */
  whatToDo: string;
}

/**
 * Every code that a rejected row of an import can have, in reports, in the file of rejects and in `--json`. Codes never
 * change their meaning, since scripts read them. An import needs only the type; the texts are for documentation.
 */
export const rejectCodes = {
  malformed: {
    meaning:
      'The record is not written as the format of the dump demands, so its fields cannot be told apart.',
    whatToDo: 'Correct the record in the dump, or export it again from the old system.',
  },
  'not-text': {
    meaning:
      'The record or one of its fields is not text: it is not UTF-8, holds a NUL character or half a character, or is a number or a list where text is expected.',
    whatToDo: 'Convert the dump to UTF-8, and write the field as text.',
  },
  'too-large': {
    meaning: 'The record is larger than 16 MiB.',
    whatToDo: 'Leave out what is no part of the user, such as pictures.',
  },
  'not-a-user': {
    meaning:
      'The record stands for something else than a user, for instance a group, a computer or a change of an entry.',
    whatToDo: 'Nothing, unless it is a user: then export the user with what tells the format so.',
  },
  duplicate: {
    meaning: 'The username, the e-mail address or the id has come earlier in the same dump.',
    whatToDo:
      'Decide which of the records is the right one, and import the other under another name or address.',
  },
  'no-username': {
    meaning: 'The record has no username.',
    whatToDo: 'Give it one, or name the column that holds it with --map username=COLUMN.',
  },
  'invalid-username': {
    meaning:
      'The username is too short, too long, begins with "-", looks like an id, holds a character that is not allowed, or could be taken for another name.',
    whatToDo:
      'Change the name, or allow it with authctl policy set (usernameMinLength, usernameMaxLength, usernameCharacters, usernameForbidConfusable).',
  },
  'invalid-email': {
    meaning: 'The e-mail address is none.',
    whatToDo: 'Correct or empty the address.',
  },
  'invalid-name': {
    meaning: 'The first or last name is longer than 200 characters or holds control characters.',
    whatToDo: 'Correct the name.',
  },
  'invalid-id': {
    meaning: 'The id is not a UUID.',
    whatToDo: 'Do not map a column to id: the user then gets a new one.',
  },
  'invalid-time': {
    meaning: 'A field that holds a time holds something that cannot be read as one.',
    whatToDo:
      'Write it as 2027-01-31, 2027-01-31T18:00 (UTC) or 2027-01-31T18:00+02:00, or leave its column out with --ignore COLUMN.',
  },
  'invalid-value': {
    meaning: 'A field that is true or false, or a whole number, holds something else.',
    whatToDo: 'Correct the field: true, false, yes, no, t, f, y, n, 1 and 0 are understood.',
  },
  'no-password': {
    meaning: 'The record has neither a password nor a hash.',
    whatToDo: 'Import it with --allow-no-password; the user then logs in after a reset of the password.',
  },
  'invalid-password': {
    meaning: 'The password holds a NUL character or is empty.',
    whatToDo: 'Import the user without a password, and have it reset.',
  },
  'weak-password': {
    meaning: 'The password does not satisfy the policy, and --weak-passwords reject was given.',
    whatToDo: 'Use --weak-passwords flag, which makes the user change it at the next login.',
  },
  'looks-like-hash': {
    meaning:
      'The value in the column of passwords looks like a hash, or the record has a salt as only hashes have.',
    whatToDo: 'Take it as one with --map passwordHash=COLUMN; if it is a password indeed, use --plaintext.',
  },
  'ambiguous-hash': {
    meaning: 'The hash may have been made in several ways, and its text does not say in which.',
    whatToDo:
      'Say which with --hash-format; user import --probe finds out with a user whose password you know.',
  },
  'unknown-hash': {
    meaning: 'The hash is of no known scheme.',
    whatToDo:
      'See authctl hash schemes for those that are known, and --hash-format for a hash that does not describe itself.',
  },
  'unsupported-hash': {
    meaning:
      'The hash is of a known scheme but cannot be verified: its parameters are not supported, it is damaged, or it is longer than 2,048 characters.',
    whatToDo: 'Import the user without a password, and have it reset.',
  },
  'over-cost': {
    meaning: 'Verifying the hash would take more time or memory than a login may.',
    whatToDo: 'Import the user without a password, and have it reset.',
  },
  'firebase-parameters': {
    meaning: "A hash of Firebase can only be verified with its project's parameters.",
    whatToDo: 'Give them with --firebase-params FILE.',
  },
  'user-exists': {
    meaning: 'A user of the database has the username, or has it as an e-mail address.',
    whatToDo: 'Use --on-conflict skip to leave such users alone, or --on-conflict update to change them.',
  },
  'user-deleted': {
    meaning: 'The username belongs to a user who was deleted and can still be restored.',
    whatToDo: 'Bring the user back with authctl user restore, or remove it for good with authctl user purge.',
  },
  'email-exists': {
    meaning: 'Another user of the database has the e-mail address, or has it as a username.',
    whatToDo: 'Change the address in the dump or that of the other user.',
  },
  'id-exists': {
    meaning: 'Another user of the database has the id.',
    whatToDo: 'Do not map a column to id: the user then gets a new one.',
  },
  'changed-meanwhile': {
    meaning: 'Somebody changed or removed the user while the row was being imported.',
    whatToDo: 'Import the record again.',
  },
} as const satisfies Readonly<Record<string, RejectCodeText>>;

/** Why a row was rejected. */
export type RejectCode = keyof typeof rejectCodes;
