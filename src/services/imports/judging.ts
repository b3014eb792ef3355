import type { Policy } from '../../domain/policy.ts';
import type { BadRow, DumpRow, DumpSource } from '../../dumps/format.ts';
import { dumpFormats } from '../../dumps/index.ts';
import type { FirebaseParameters } from '../../hashing/index.ts';
import { FrugalHeap } from '../../io/heap.ts';
import { NameSet } from '../../store/name-set.ts';
import { hashReading } from '../hashes/options.ts';
import { commonPasswords } from '../passwords/passwords.ts';
import { type Candidate, type Judgement, judgeRow, type Rejection } from './candidates.ts';
import { type DumpColumns, FieldColumns } from './fields.ts';
import type { ImportRules } from './request.ts';
import { firstChecked } from './rows.ts';

/** A record that was judged, and the bytes of the dump up to its end. */
export interface JudgedRow {
  row: Candidate | Rejection;
  end: number;
}

/** Records judged together, and what the dump's columns have been taken for so far. */
export interface JudgedPage {
  rows: JudgedRow[];
  columns: DumpColumns;
}

/** What a dump is judged by; it can be sent to another thread. */
export interface JudgingOrder {
  /** Id of the dump's format. */
  format: string;
  rules: ImportRules;
  policy: Policy;
  firebase: FirebaseParameters | undefined;
  /** The first record has been found to be of use before: the import is resumed. */
  firstIsKnown: boolean;
}

/** Rows of a page at most, so that what waits between reading and writing stays small. */
const pageRows = 500;

// Firebase and Auth0 know people by their addresses.
const formatsWithoutNames: readonly string[] = ['firebase-json', 'firebase-csv', 'auth0'];

/** Whether a record without a username is known by its e-mail address. */
export const emailIsName = (format: string): boolean => formatsWithoutNames.includes(format);

/** How a dump's own format reads it. */
export function readPages(format: string, source: DumpSource): AsyncIterable<(DumpRow | BadRow)[]> {
  const found = dumpFormats.find(({ id }) => id === format);
  if (!found) throw new Error(`no such format: ${format}`);
  return found.read(source);
}

/**
 * Judges the records that a dump's reader finds, one by one and by those before. Throws `invalid-dump` when nothing
 * can be made of the first, `dump-broken` behind the last that could be read.
 */
export async function* judgedPages(
  order: JudgingOrder,
  pages: AsyncIterable<(DumpRow | BadRow)[]>,
): AsyncGenerator<JudgedPage> {
  const heap = new FrugalHeap();
  const seen = new NameSet();
  try {
    const judgement = await makeJudgement(order, seen);
    const { columns } = judgement;
    for await (const page of firstChecked(pages, order.firstIsKnown, judgement)) {
      for (let start = 0; start < page.length; start += pageRows) {
        const some = page.slice(start, start + pageRows);
        const rows = some.map((row) => ({ row: judgeRow(row, judgement), end: row.end }));
        yield { rows, columns: { used: columns.used, ignored: columns.ignored } };
        heap.tidy();
      }
    }
  } finally {
    seen.close();
  }
}

async function makeJudgement(order: JudgingOrder, seen: NameSet): Promise<Judgement> {
  const { rules, policy, firebase } = order;
  return {
    rules,
    policy,
    common: policy.passwordForbidCommon ? await commonPasswords() : new Set(),
    hashes: await hashReading(rules.hashFormat, firebase),
    columns: new FieldColumns(rules.map),
    emailIsName: emailIsName(order.format),
    seen,
  };
}
