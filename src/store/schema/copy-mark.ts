/**
 * What a database says of itself while a copy into it is under way. It is a name in the ledger, where every command
 * looks before it does anything: half of the users must not be taken for all.
 */
export interface CopyMark {
  /** Which database is copied: the beginning of the hash of its first audit event. */
  readonly source: string;
  /** In which state: the beginning of the hash of its newest audit event; `nothing` where rows are of no use. */
  readonly head: string;
  /** Which run of the program copies: no other may write. */
  readonly run: string;
}

// Behind all migrations, and told from them by its blank.
const prefix = '9999-db-copy ';
// The name of a migration has room for so many digits: enough to tell databases, their states and runs apart.
const [sourceLength, headLength, runLength] = [16, 40, 12];

/** Stands for the state of the source when the rows that were copied of it cannot be used any more. */
export const nothing = '-';

/** The mark of copying the database whose first and newest audit events have these hashes, by the run with an id. */
export const copyMark = (firstHash: string, head: string, run: string): CopyMark => ({
  source: firstHash.slice(0, sourceLength),
  head: head.slice(0, headLength),
  run: run.slice(-runLength),
});

/** Whether it is the mark of copying the database whose first audit event has this hash. */
export const isMarkOf = ({ source }: CopyMark, firstHash: string): boolean =>
  source === firstHash.slice(0, sourceLength);

/** Whether the copied rows are those of the source when this was the hash of its newest audit event. */
export const isMarkAt = (mark: CopyMark, head: string): boolean => mark.head === head.slice(0, headLength);

/** The mark as a name of the ledger. */
export const markName = ({ source, head, run }: CopyMark): string => `${prefix}${source} ${head} ${run}`;

/** Whether a name of the ledger is no migration but a mark. */
export const isMarkName = (name: string): boolean => name.startsWith(prefix);

/** The mark in a ledger; `undefined` where no copy is under way. */
export function readMark(ledger: ReadonlyMap<string, string> | undefined): CopyMark | undefined {
  const name = [...(ledger?.keys() ?? [])].find(isMarkName);
  if (name === undefined) return undefined;
  const [source = '', head = '', run = ''] = name.slice(prefix.length).split(' ');
  return { source, head, run };
}
