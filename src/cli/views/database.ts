import type { DatabaseInfo, EventInfo } from '../../services/database/database.ts';
import type { Column, View } from '../render/view.ts';
import { shownTime } from './times.ts';

/** Engine and size of a database, with a line for each table. */
export const databaseView = ({
  tables,
}: DatabaseInfo): View<DatabaseInfo & { readonly location: string }> => ({
  columns: [
    { header: 'Engine', value: ({ engine }) => engine },
    { header: 'Location', value: ({ location }) => location },
    { header: 'Size', value: sizeText },
    { header: 'Schema', value: ({ schema, migrations }) => `${schema} (${migrations} migrations)` },
    { header: 'Oldest event', value: ({ oldestEvent }) => eventText(oldestEvent) },
    { header: 'Newest event', value: ({ newestEvent }) => eventText(newestEvent) },
    ...tables.map(
      ({ table, rows, bytes }): Column<DatabaseInfo> => ({
        header: table,
        value: () => `${rows} ${rows === 1 ? 'row' : 'rows'}, ${bytesText(bytes)}`,
      }),
    ),
  ],
  json: ({ engine, location, bytes, logBytes, schema, migrations, oldestEvent, newestEvent }) => ({
    engine,
    location,
    bytes,
    logBytes,
    schema,
    migrations,
    oldestEvent: eventJson(oldestEvent),
    newestEvent: eventJson(newestEvent),
    tables: tables.map(({ table, rows, bytes }) => ({ table, rows, bytes })),
  }),
});

const sizeText = ({ bytes, logBytes }: DatabaseInfo): string =>
  logBytes === null ? bytesText(bytes) : `${bytesText(bytes)}, and ${bytesText(logBytes)} of write-ahead log`;

const eventText = (event: EventInfo | null): string =>
  event === null ? 'none' : `${event.seq} at ${shownTime(new Date(event.at))}`;

const eventJson = (event: EventInfo | null) => event && { seq: event.seq, at: event.at };

/** A size in bytes for people, in powers of 1024. */
export function bytesText(bytes: number): string {
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB'];
  const power = bytes < 1024 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  return `${power === 0 ? bytes : (bytes / 1024 ** power).toFixed(1)} ${units[power]}`;
}
