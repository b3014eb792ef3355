import { AuthctlError } from '../../../domain/errors.ts';
import { parseFieldMap } from '../../../services/import-fields.ts';
import { conflictRules, weakPasswordRules } from '../../../services/import-request.ts';
import { defineCommand } from '../../command.ts';
import { exit } from '../../exit-codes.ts';
import { choice, count, flag, type OptionSpec, text } from '../../options.ts';
import { ImportProgressBar } from '../../progress.ts';
import { list, record } from '../../render/result.ts';
import { importView, rowView } from '../../views/import.ts';

const map: OptionSpec<string[]> = {
  flags: '--map <pairs>',
  description: 'which column holds what: field=column,…; may be repeated',
  repeated: true,
  read: (raw) => (Array.isArray(raw) ? raw : []),
};

export const userImport = defineCommand({
  name: 'user import <file>',
  description:
    'Reads CSV with a header, a JSON array of objects, NDJSON, or one JSON object {"alice": "secret", …}; "-" is\n' +
    'standard input. Rows that cannot come in never stop the import: each is counted by its reason and named in\n' +
    'the --rejects file, and the exit code is 10. Passwords that the policy refuses must be changed at the next login.',
  options: {
    format: choice('--format <format>', 'what the dump is, if not to be found out', [
      'csv',
      'json',
      'ndjson',
      'dict',
    ]),
    map,
    onConflict: choice('--on-conflict <rule>', 'when the user exists already', conflictRules),
    updatePasswords: flag('--update-passwords', 'with --on-conflict update: replace passwords too'),
    weakPasswords: choice('--weak-passwords <rule>', 'when the policy refuses a password', weakPasswordRules),
    allowNoPassword: flag('--allow-no-password', 'take records without a password'),
    plaintext: flag('--plaintext', 'take passwords that look like hashes for what they are: passwords'),
    rejects: text('--rejects <file>', 'where to write the rejected rows, without passwords'),
    dryRun: flag('--dry-run', 'say what would happen; write nothing'),
    rows: flag('--rows', 'with --dry-run: say it for each row'),
    resume: flag('--resume', 'go on where an interrupted import stopped'),
    batch: count('--batch <n>', 'at most so many rows in one transaction, 1000 if not given', 1),
  },
  examples: [
    'authctl user import users.csv --dry-run',
    'authctl user import users.csv --rejects rejected.csv',
    'authctl user import dump.json --map username=nick,password=secret --on-conflict skip',
    'authctl user import users.csv --rejects rejected.csv --resume',
  ],
  interruptible: true,
  async run({ services, settings, terminal, args, options, signal, note, warn }) {
    checkCombinations(options);
    const imports = await services.imports();
    const bar = new ImportProgressBar(terminal, settings.output.value === 'table' && !options.rows);
    const request = {
      source: args.file,
      stdin: () => terminal.stdin,
      format: options.format,
      map: parseFieldMap(options.map),
      onConflict: options.onConflict ?? 'reject',
      updatePasswords: options.updatePasswords,
      weakPasswords: options.weakPasswords ?? 'flag',
      allowNoPassword: options.allowNoPassword,
      plaintext: options.plaintext,
      rejects: options.rejects,
      dryRun: options.dryRun,
      resume: options.resume,
      batch: options.batch ?? 1000,
      signal,
      note,
      warn,
    };
    if (options.rows) {
      let rejected = false;
      const counted = async function* () {
        for await (const page of imports.rows(request)) {
          rejected ||= page.some((row) => row.outcome === 'rejected');
          yield page;
        }
      };
      return list(rowView, counted(), { end: async () => (rejected ? exit.partlyDone : exit.done) });
    }
    try {
      const report = await imports.run({ ...request, onProgress: (progress) => bar.show(progress) });
      return record(
        importView,
        { ...report, dryRun: options.dryRun },
        {
          exitCode: report.rejected > 0 ? exit.partlyDone : exit.done,
        },
      );
    } finally {
      bar.stop();
    }
  },
});

function checkCombinations(options: {
  rows: boolean;
  dryRun: boolean;
  resume: boolean;
  updatePasswords: boolean;
  onConflict: string | undefined;
}): void {
  const refuse = (message: string) => {
    throw new AuthctlError('usage', message);
  };
  if (options.rows && !options.dryRun) refuse('--rows goes with --dry-run');
  if (options.resume && options.dryRun) refuse('--resume does not go with --dry-run');
  if (options.updatePasswords && options.onConflict !== 'update') {
    refuse('--update-passwords goes with --on-conflict update');
  }
}
