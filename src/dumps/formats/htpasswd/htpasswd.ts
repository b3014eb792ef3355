import { type Mapped, malformed, newFields } from '../../engine/fields.ts';
import { firstLines } from '../../engine/lines/head-lines.ts';
import { LineReader } from '../../engine/lines/line-reader.ts';
import { pieces, readPages } from '../../engine/pages.ts';
import type { DumpFormat } from '../../format.ts';

const md5Hex = /^[0-9a-f]{32}$/i;

/**
 * One line of `user:hash`. What follows a further colon is a comment to nginx
 * (https://nginx.org/en/docs/http/ngx_http_auth_basic_module.html) and ignored by Apache; in an htdigest file it is
 * a digest over user, realm and password, which serves no other purpose than HTTP Digest.
 */
export function htpasswdLine(text: string): Mapped | undefined {
  if (text.trim() === '' || text.trimStart().startsWith('#')) return undefined;
  const [username = '', hash, ...rest] = text.split(':');
  if (hash === undefined) return malformed('the line has no colon: expected user:hash');
  const comment = rest.join(':');
  if (md5Hex.test(comment))
    return malformed('the line is of an htdigest file, which cannot be verified elsewhere');
  const fields = newFields();
  fields.username = username;
  if (hash.startsWith('{PLAIN}')) fields.password = hash.slice('{PLAIN}'.length);
  else if (hash !== '') fields.passwordHash = hash;
  if (comment !== '') fields.comment = comment;
  return { fields };
}

/** The shapes that htpasswd(1) writes: bcrypt, apr1, sha1, sha256 and sha512 crypt, DES crypt; and nginx's own. */
const writtenHash = /^(?:\$(?:2[aby]|apr1|1|5|6)\$|\{(?:SHA|SSHA|PLAIN)\}|[./0-9A-Za-z]{13}$)/;

/** Apache's and nginx's password files. */
export const htpasswd: DumpFormat = {
  id: 'htpasswd',
  title: 'htpasswd of Apache or nginx',

  detect(head, whole) {
    const lines = firstLines(head, whole).filter(
      (line) => line.trim() !== '' && !line.trimStart().startsWith('#'),
    );
    return lines.length > 0 && lines.every(isHtpasswdLine);
  },

  read: (source) => readPages(pieces(source), new LineReader(htpasswdLine)),
};

function isHtpasswdLine(line: string): boolean {
  const [username = '', hash = '', ...rest] = line.split(':');
  return username !== '' && !/[\s,;]/.test(username) && rest.length <= 1 && writtenHash.test(hash);
}
