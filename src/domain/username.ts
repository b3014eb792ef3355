import { confusableFault } from './confusable-name.ts';
import { AuthctlError } from './errors.ts';
import { isId } from './id.ts';
import { codePoints, hasControls, quote } from './text.ts';

/** Which usernames may be given to users. */
export interface UsernameRules {
  /** Code points. */
  minLength: number;
  /** Code points. */
  maxLength: number;
  /** Characters that are allowed besides letters and digits. */
  characters: string;
  /** Whether names that people could take for others are refused, as `confusableFault` finds them. */
  forbidConfusable: boolean;
}

/** Characters that an imported username may hold besides those of the policy. */
export const importedUsernameCharacters = '.-@';

// biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII begins with them
const ascii = /^[\u0000-\u007f]*$/;

/** Whether `text` has the shape of a user's id. No username may have it, since commands take either. */
export function isUserId(text: string): boolean {
  return isId(text);
}

/** The form in which usernames and e-mail addresses are compared and must be unique: NFC, lower case. */
export function identityKey(text: string): string {
  // Most names are ASCII, and an import makes millions of keys: this is the fast way.
  if (ascii.test(text)) return text.toLowerCase();
  // The lower case of a capital sigma depends on its place in a word (σ or ς): both become σ.
  return text.normalize('NFC').toLowerCase().normalize('NFC').replaceAll('ς', 'σ');
}

/** A value that is refused. Whoever gave it himself may be told which; of a dump nothing is quoted, it may be a secret. */
export class RefusedValue extends AuthctlError {
  /** The message without the value. */
  readonly unquoted: string;

  constructor(
    code: 'invalid-username' | 'invalid-email' | 'invalid-name',
    message: string,
    unquoted: string,
    options?: { hint: string },
  ) {
    super(code, message, options);
    this.unquoted = unquoted;
  }
}

/** Checks a new username and gives its NFC form. Throws `invalid-username`. */
export function parseUsername(text: string, rules: UsernameRules): string {
  const name = text.normalize('NFC');
  const allowed = `names have ${rules.minLength} to ${rules.maxLength} letters, digits${extras(rules)}; see authctl policy show`;
  const refuse = (why: string, hint = allowed) => {
    throw new RefusedValue('invalid-username', `username ${quote(name)} ${why}`, `the username ${why}`, {
      hint,
    });
  };
  if (codePoints(name) < rules.minLength) refuse(`is shorter than ${rules.minLength} characters`);
  if (codePoints(name) > rules.maxLength) refuse(`is longer than ${rules.maxLength} characters`);
  if (name.startsWith('-')) refuse('begins with "-"');
  if (isUserId(name)) refuse('has the shape of a user id');
  for (const character of name) {
    if (!/[\p{L}\p{M}\p{Nd}]/u.test(character) && !rules.characters.includes(character)) {
      refuse(`holds ${quote(character)}, which is not allowed`);
    }
  }
  const fault = rules.forbidConfusable ? confusableFault(name) : undefined;
  if (fault !== undefined) {
    refuse(fault, 'people could take it for another name; policy set usernameForbidConfusable=no accepts it');
  }
  return name;
}

const extras = (rules: UsernameRules) => (rules.characters === '' ? '' : ` and ${quote(rules.characters)}`);

/** Checks an e-mail address and gives its NFC form. Throws `invalid-email`. */
export function parseEmail(text: string): string {
  const email = text.normalize('NFC');
  const [local = '', domain = '', ...rest] = email.split('@');
  const ok =
    rest.length === 0 &&
    local !== '' &&
    domain !== '' &&
    email.length <= 254 &&
    !/\s/.test(email) &&
    !hasControls(email);
  if (!ok) {
    const unquoted = 'the e-mail address has not the form of one';
    throw new RefusedValue('invalid-email', `${quote(email)} is not an e-mail address`, unquoted);
  }
  return email;
}

/** Checks a first or last name or a reason and gives its NFC form, `null` if it is empty. Throws `invalid-name`. */
export function parsePersonalText(text: string, what: string): string | null {
  const name = text.normalize('NFC');
  if (codePoints(name) > 200)
    throw new AuthctlError('invalid-name', `the ${what} is longer than 200 characters`);
  if (hasControls(name)) {
    const why = 'holds control characters';
    throw new RefusedValue('invalid-name', `the ${what} ${quote(name)} ${why}`, `the ${what} ${why}`);
  }
  return name === '' ? null : name;
}
