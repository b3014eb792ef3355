import { type Fields, type Mapped, malformed, newFields, notUser } from '../../engine/fields.ts';
import { firstLines } from '../../engine/lines/head-lines.ts';
import { LineReader } from '../../engine/lines/line-reader.ts';
import { pieces, readPages } from '../../engine/pages.ts';
import { setFullName } from '../../engine/person-name.ts';
import { isoOfDay } from '../../engine/times.ts';
import type { DumpFormat, DumpSource } from '../../format.ts';
import { passwdBeside, readPasswd } from './passwd.ts';

/** Names of the fields behind the hash that have no meaning here, in their order in the line. */
const leftOver = ['minDays', 'maxDays', 'warnDays', 'inactiveDays'] as const;
const dayCount = /^-?\d{1,9}$/;

/** What `crypt(3)` may give: `$…`, the extended DES of BSD, or the old DES. */
const cryptHash = /^(?:\$|_[./0-9A-Za-z]{19}$|[./0-9A-Za-z]{13}$)/;

/**
 * One line of shadow(5). A hash behind `!` is kept, as `usermod --unlock` would take the mark off; whatever else is
 * no hash means that no password is right, and the user is disabled. An empty one is a user without a password.
 *
 * @param fullNames user names to the names that passwd(5) has of them
 */
export function shadowLine(text: string, fullNames: ReadonlyMap<string, string>): Mapped | undefined {
  if (text.trim() === '' || text.startsWith('#')) return undefined;
  if (/^[+-]/.test(text)) return notUser('the line asks for users of NIS');
  const parts = text.split(':');
  if (parts.length !== 9) return malformed(`the line has ${parts.length} fields, shadow(5) has 9`);
  const [username = '', mark = '', changed = '', ...days] = parts;
  const expires = days[4] ?? '';
  if ([changed, ...days.slice(0, 5)].some((day) => day !== '' && !dayCount.test(day))) {
    return malformed('a field that counts days holds something else');
  }
  const fields = newFields();
  fields.username = username;
  setHash(fields, mark);
  setFullName(fields, fullNames.get(username) ?? '');
  if (changed === '0') fields.mustChangePassword = true;
  else setDay(fields, 'passwordChangedAt', changed);
  setDay(fields, 'expiresAt', expires);
  leftOver.forEach((name, index) => {
    if (days[index]) fields[name] = days[index];
  });
  return { fields };
}

function setHash(fields: Fields, mark: string): void {
  let at = 0;
  while (mark[at] === '!') at++;
  const hash = mark.slice(at);
  if (cryptHash.test(hash)) fields.passwordHash = hash;
  if (at > 0 || (hash !== '' && !cryptHash.test(hash))) fields.disabled = true;
}

function setDay(fields: Fields, name: string, days: string): void {
  const iso = Number(days) > 0 ? isoOfDay(Number(days)) : undefined;
  if (iso !== undefined) fields[name] = iso;
}

/** Reads shadow(5); `passwd` is the file from which names are taken. */
export async function* readShadow(source: DumpSource, passwd: DumpSource | undefined) {
  const fullNames = passwd === undefined ? new Map<string, string>() : await readPasswd(passwd);
  yield* readPages(pieces(source), new LineReader((text) => shadowLine(text, fullNames)));
}

/** /etc/shadow. A file `passwd` beside it gives the users' full names. */
export const shadow: DumpFormat = {
  id: 'shadow',
  title: '/etc/shadow',

  detect(head, whole) {
    const lines = firstLines(head, whole).filter((line) => line.trim() !== '');
    return lines.length > 0 && lines.every(isShadowLine);
  },

  async *read(source) {
    yield* readShadow(source, await passwdBeside(source));
  },
};

function isShadowLine(line: string): boolean {
  const [username = '', , ...days] = line.split(':');
  return username !== '' && days.length === 7 && days.every((day) => day === '' || dayCount.test(day));
}
