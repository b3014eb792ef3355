/**
 * What a database says of itself while a copy into it is under way. It is a name in the ledger, where every command
 * looks before it does anything: half of the users must not be taken for all.
 */
export interface CopyMark {
  /** Which database is copied: the beginning of the hash of its first audit event. */
  readonly source: string;
  /** In which state: the hash of its newest audit event. */
  readonly head: string;
}

// Behind all migrations, and told from them by its blank.
const prefix = '9999-db-copy ';
/** Digits of a hash that tell databases apart; the name of a migration has room for so many beside a whole hash. */
const sourceLength = 16;

/** The mark of copying the database whose first and newest audit events have these hashes. */
export const copyMark = (firstHash: string, head: string): CopyMark => ({
  source: firstHash.slice(0, sourceLength),
  head,
});

/** The mark as a name of the ledger. */
export const markName = ({ source, head }: CopyMark): string => `${prefix}${source} ${head}`;

/** Whether a name of the ledger is no migration but a mark. */
export const isMarkName = (name: string): boolean => name.startsWith(prefix);

/** The mark in a ledger; `undefined` where no copy is under way. */
export function readMark(ledger: ReadonlyMap<string, string> | undefined): CopyMark | undefined {
  const name = [...(ledger?.keys() ?? [])].find(isMarkName);
  if (name === undefined) return undefined;
  const [source = '', head = ''] = name.slice(prefix.length).split(' ');
  return { source, head };
}
