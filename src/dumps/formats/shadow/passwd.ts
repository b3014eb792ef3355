import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { strictText } from '../../engine/encodings/strict-text.ts';
import { LineSplitter } from '../../engine/lines/splitter.ts';
import { pieces } from '../../engine/pages.ts';
import { DumpBroken, type DumpSource } from '../../format.ts';

/** The largest passwd(5) file whose names are held in memory, in bytes: a million users or so. */
const maxBytes = 64 * 1024 * 1024;
/** A longer line is of no person, and `&` in it could be made to stand for gigabytes. */
const maxLineBytes = 1024;

/** User names to the full names in their GECOS fields. Throws `DumpBroken` when the file is too large to hold. */
export async function readPasswd(passwd: DumpSource): Promise<Map<string, string>> {
  const fullNames = new Map<string, string>();
  const lines = new LineSplitter((bytes) => {
    if (bytes === undefined || bytes.length > maxLineBytes) return;
    const parts = strictText(bytes)?.split(':') ?? [];
    const [username, , , , gecos] = parts;
    if (username && gecos) fullNames.set(username, fullNameOf(gecos, username));
  });
  let read = 0;
  for await (const chunk of pieces(passwd)) {
    read += chunk.length;
    if (read > maxBytes) throw new DumpBroken(1, 'the passwd file beside the dump is larger than 64 MiB');
    lines.push(chunk);
  }
  lines.finish();
  return fullNames;
}

/** The name in a GECOS field: the part before the first comma, with `&` for the capitalised username. */
function fullNameOf(gecos: string, username: string): string {
  const [name = ''] = gecos.split(',', 1);
  return name.replaceAll('&', () => username.charAt(0).toUpperCase() + username.slice(1));
}

/** The file `passwd` in the directory of a dump, where there is one. */
export async function passwdBeside(source: DumpSource): Promise<DumpSource | undefined> {
  if (source.path === undefined) return undefined;
  const path = join(dirname(source.path), 'passwd');
  const stats = path === source.path ? undefined : await stat(path).catch(() => undefined);
  return stats?.isFile() ? { path, open: () => createReadStream(path) } : undefined;
}
