import { AuthctlError } from '../../../domain/errors.ts';
import { userStatuses } from '../../../domain/user.ts';
import { type ExportReport, exportFormats, hashFormats } from '../../../services/exports/exports.ts';
import { defineCommand } from '../../command.ts';
import { exit } from '../../exit-codes.ts';
import { choice, flag, text } from '../../options.ts';
import { dump, record } from '../../render/result.ts';
import { exportView, lossText, usersText } from '../../views/export.ts';

export const userExport = defineCommand({
  name: 'user export',
  description:
    'CSV, JSON and NDJSON hold everything, deleted users too, and authctl user import reads them back. The other\n' +
    'formats are those of other systems: a warning says what such a format cannot hold. --output is the format of the\n' +
    'report, not of the dump.',
  options: {
    format: choice('--format <format>', 'format of the dump; csv if not given', exportFormats),
    withHashes: flag('--with-hashes', 'with password hashes; never to a terminal'),
    out: text('--out <file>', 'write a new file, for its owner alone to read'),
    force: flag('--force', 'with --out: replace the file that is there'),
    status: choice('--status <status>', 'only users in this status', userStatuses),
  },
  examples: [
    'authctl user export > users.csv',
    'authctl user export --format ndjson --with-hashes --out users.ndjson',
    'authctl user export --format htpasswd --with-hashes --status active --out htpasswd --force',
  ],
  interruptible: true,
  withoutIds: true,
  async run({ services, terminal, options, signal, note, warn }) {
    const { format = 'csv', withHashes, status, out } = options;
    checkCombinations({ ...options, format, toTerminal: out === undefined && terminal.stdoutIsTTY });
    const exports = await services.exports();
    const request = { format, withHashes, status, signal };
    const warnOf = async ({ losses }: ExportReport) => {
      for (const loss of losses) await warn(lossText(loss));
    };
    if (out !== undefined) {
      const report = await exports.toFile(request, out, { replace: options.force });
      await warnOf(report);
      return record(exportView, { ...report, out });
    }
    const { text, report } = exports.start(request);
    return dump(text, {
      end: async () => {
        await warnOf(report());
        await note(usersText(report()));
        return exit.done;
      },
    });
  },
});

function checkCombinations(options: {
  format: string;
  withHashes: boolean;
  out: string | undefined;
  force: boolean;
  toTerminal: boolean;
}): void {
  const { format, withHashes, out, force, toTerminal } = options;
  const refuse = (message: string, hint?: string) => {
    throw new AuthctlError('usage', message, { hint });
  };
  if (force && out === undefined) refuse('--force goes with --out');
  if (!withHashes && hashFormats.includes(format)) {
    refuse(`${format} is nothing without hashes`, 'add --with-hashes, or export another --format');
  }
  if (withHashes && toTerminal) {
    refuse('hashes are not written to a terminal', 'name a file with --out, or pipe them to a program');
  }
}
