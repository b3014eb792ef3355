import { quote } from '../../domain/text.ts';
import type { ExportReport, Loss } from '../../services/exports/exports.ts';
import type { View } from '../render/view.ts';

/** The result of an export into a file. */
export const exportView: View<ExportReport & { out: string }> = {
  columns: [
    { header: 'Format', value: ({ format }) => format },
    { header: 'Users', value: ({ users }) => String(users) },
    { header: 'File', value: ({ out }) => out },
  ],
  json: ({ format, users, out, losses }) => ({
    format,
    users,
    out,
    losses: losses.map(({ field, reason, count, firstUser }) => ({ field, reason, count, firstUser })),
  }),
};

/** The sentence about a value that the format cannot hold, with the number of users who have one. */
export function lossText({ field, reason, count, firstUser }: Loss): string {
  const who = count === 1 ? `user ${quote(firstUser)}` : `${count} users, the first ${quote(firstUser)}`;
  return `${field}: ${reason} (${who})`;
}

/** How many users were exported, in words. */
export const usersText = ({ users, format }: ExportReport): string =>
  `${users} ${users === 1 ? 'user' : 'users'} exported as ${format}`;
