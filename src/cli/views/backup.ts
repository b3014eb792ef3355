import type { BackupReport } from '../../services/database/database.ts';
import type { View } from '../render/view.ts';
import { bytesText } from './database.ts';

/** A backup that was made. */
export const backupView: View<BackupReport> = {
  columns: [
    { header: 'File', value: ({ file }) => file },
    { header: 'Size', value: ({ bytes }) => bytesText(bytes) },
    { header: 'Users', value: ({ users }) => String(users) },
    { header: 'Audit log', value: ({ events, headHash }) => `${events} events; head ${headHash}` },
    { header: 'Schema', value: ({ schema }) => schema },
    { header: 'Verified', value: () => 'every page, index and event', tone: () => 'good' },
  ],
  json: ({ file, bytes, users, events, headHash, schema }) => ({
    file,
    bytes,
    users,
    events,
    headHash,
    schema,
  }),
};
