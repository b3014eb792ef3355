import { AuthctlError } from '../../../domain/errors.ts';
import { quote } from '../../../domain/text.ts';
import {
  conflictRules,
  type ImportRequest,
  type ImportService,
  importFormats,
  parseFieldMap,
  parseIgnoredColumns,
  weakPasswordRules,
} from '../../../services/imports/imports.ts';
import { defineCommand } from '../../command.ts';
import { exit } from '../../exit-codes.ts';
import { passwordOptions, readPassword } from '../../input/passwords.ts';
import { ImportProgressBar } from '../../input/progress.ts';
import { choice, count, flag, type OptionSpec, parsed, text } from '../../options.ts';
import { list, type Result, record } from '../../render/result.ts';
import { importView, probeView, rowView } from '../../views/import.ts';

const map: OptionSpec<string[]> = {
  flags: '--map <pairs>',
  description: 'which column holds what: field=column,…; may be repeated',
  repeated: true,
  read: (raw) => (Array.isArray(raw) ? raw : []),
};

const ignore: OptionSpec<string[]> = {
  flags: '--ignore <columns>',
  description: 'columns to leave out: column,…; may be repeated',
  repeated: true,
  read: (raw) => (Array.isArray(raw) ? raw : []),
};

export const userImport = defineCommand({
  name: 'user import <file>',
  description:
    'Reads CSV with a header, JSON, NDJSON, {"alice": "secret", …} and the files of other systems (see --format);\n' +
    '"-" is standard input, "sqlite:path#table" a table of an SQLite file. Passwords may be plain or hashed: what a\n' +
    'hash is, it says itself, or --hash-format says it (authctl hash schemes lists what is understood).\n\n' +
    'Rows that cannot come in never stop the import: each is counted by its reason and named in the --rejects file,\n' +
    'and the exit code is 10. Passwords that the policy refuses must be changed at the next login.',
  options: {
    format: choice('--format <format>', 'what the dump is, if not to be found out', importFormats),
    map,
    ignore,
    noHeader: flag('--no-header', 'the first line of CSV is a user; --columns says what the columns are'),
    columns: parsed(
      '--columns <names>',
      'with --no-header: username,password,…; none for a column to leave out',
      (value) => value.split(','),
    ),
    hashFormat: text(
      '--hash-format <format>',
      'what hashes are that do not say it: django, werkzeug, better-auth, md5, sha1, sha256, nt, plaintext, sha256:password+salt, …',
    ),
    firebaseParams: text('--firebase-params <file>', "a Firebase project's password hash parameters"),
    wrapWeak: flag('--wrap-weak', 'put the current scheme around fast hashes at once'),
    onConflict: choice('--on-conflict <rule>', 'when the user exists already', conflictRules),
    updatePasswords: flag('--update-passwords', 'with --on-conflict update: replace passwords too'),
    weakPasswords: choice('--weak-passwords <rule>', 'when the policy refuses a password', weakPasswordRules),
    allowNoPassword: flag('--allow-no-password', 'take records without a password'),
    plaintext: flag('--plaintext', 'take passwords that look like hashes for what they are: passwords'),
    rejects: text('--rejects <file>', 'where to write the rejected rows, without passwords'),
    dryRun: flag('--dry-run', 'say what would happen; write nothing'),
    rows: flag('--rows', 'with --dry-run: say it for each row'),
    resume: flag('--resume', 'go on where an interrupted import stopped'),
    batch: count('--batch <n>', 'at most so many rows in one transaction, 100000 if not given', 1),
    probe: text(
      '--probe <user>',
      "does this user's credential in the dump accept a password? writes nothing",
    ),
    ...passwordOptions,
  },
  examples: [
    'authctl user import users.csv --dry-run',
    'authctl user import users.csv --rejects rejected.csv',
    'authctl user import dump.json --map username=nick,passwordHash=password --on-conflict skip',
    'authctl user import old.csv --hash-format sha256:password+salt --wrap-weak',
    'authctl user import old.csv --hash-format sha256:password+salt --probe alice --password-stdin < password.txt',
    'authctl user import users.csv --rejects rejected.csv --resume',
  ],
  interruptible: true,
  withoutIds: true,
  async run(context) {
    const { services, settings, terminal, args, options, signal, note, warn } = context;
    checkCombinations(options);
    const map = parseFieldMap(options.map);
    const request = {
      source: args.file,
      stdin: () => terminal.stdin,
      format: options.format,
      map,
      ignore: parseIgnoredColumns(options.ignore, map),
      header: options.columns,
      hashFormat: options.hashFormat,
      firebaseParams: options.firebaseParams,
      wrapWeak: options.wrapWeak,
      onConflict: options.onConflict ?? 'reject',
      updatePasswords: options.updatePasswords,
      weakPasswords: options.weakPasswords ?? 'flag',
      allowNoPassword: options.allowNoPassword,
      plaintext: options.plaintext,
      rejects: options.rejects,
      dryRun: options.dryRun,
      resume: options.resume,
      batch: options.batch ?? 100_000,
      signal,
      onWait: terminal.stderrIsTTY
        ? () => void note(`waiting for the dump from ${quote(args.file)}`)
        : undefined,
      note,
      warn,
    };
    const imports = await services.imports();
    if (options.probe !== undefined) {
      const password = await readPassword(context, options);
      const answer = await imports.probe({ ...request, user: options.probe, password });
      return record(probeView, answer, { exitCode: answer.accepted ? exit.done : exit.refusedLogin });
    }
    if (options.rows) return rowList(imports, request);
    const bar = new ImportProgressBar(terminal, settings.output.value === 'table');
    try {
      const report = await imports.run({ ...request, onProgress: (progress) => bar.show(progress) });
      const exitCode = report.rejected > 0 ? exit.partlyDone : exit.done;
      return record(importView, { ...report, dryRun: options.dryRun }, { exitCode });
    } finally {
      bar.stop();
    }
  },
});

function rowList(imports: ImportService, request: ImportRequest): Result {
  let rejected = false;
  const counted = async function* () {
    for await (const page of imports.rows(request)) {
      rejected ||= page.some((row) => row.outcome === 'rejected');
      yield page;
    }
  };
  return list(rowView, counted(), {
    end: async () => (rejected ? exit.partlyDone : exit.done),
    whole: true,
  });
}

function checkCombinations(options: {
  rows: boolean;
  dryRun: boolean;
  resume: boolean;
  noHeader: boolean;
  columns: readonly string[] | undefined;
  updatePasswords: boolean;
  onConflict: string | undefined;
  probe: string | undefined;
  passwordStdin: boolean;
  passwordFile: string | undefined;
}): void {
  const refuse = (message: string) => {
    throw new AuthctlError('usage', message);
  };
  if (options.noHeader !== (options.columns !== undefined)) refuse('--no-header and --columns go together');
  if (options.rows && !options.dryRun) refuse('--rows goes with --dry-run');
  if (options.resume && options.dryRun) refuse('--resume does not go with --dry-run');
  if (options.updatePasswords && options.onConflict !== 'update') {
    refuse('--update-passwords goes with --on-conflict update');
  }
  if (options.probe === undefined && (options.passwordStdin || options.passwordFile !== undefined)) {
    refuse('--password-stdin and --password-file go with --probe');
  }
}
