import type { ComparedTable, CopyReport } from '../../services/database/database.ts';
import type { Column, View } from '../render/view.ts';

/** How many digits of a digest are shown to people. */
const shownDigits = 12;

/** The result of a copy, with a line for each table. */
export const copyView = ({ tables }: CopyReport): View<CopyReport> => ({
  columns: [
    { header: 'Target', value: ({ target }) => target },
    ...tables.map(
      ({ table, source }): Column<CopyReport> => ({
        header: table,
        value: () => tableText(source),
      }),
    ),
    {
      header: 'Audit log',
      value: ({ head }) => `${head.seq} events, each as it was written; head ${head.hash}`,
      tone: () => 'good',
    },
  ],
  json: ({ target, head, resumed }) => ({
    target,
    tables: tables.map(({ table, source }) => ({ table, rows: source.rows, sha256: source.sha256 })),
    events: head.seq,
    head: { seq: head.seq, hash: head.hash },
    resumed,
  }),
});

const tableText = ({ rows, sha256 }: ComparedTable['source']) =>
  `${rows} ${rows === 1 ? 'row' : 'rows'}, the same on both sides (SHA-256 ${sha256.slice(0, shownDigits)}…)`;
