import { statSync } from 'node:fs';
import { type Finding, passed, warning } from '../../domain/finding.ts';
import { shellWord } from '../../domain/shell-word.ts';
import { quote } from '../../domain/text.ts';

/** The files beside a database that decide over it. */
export interface SettingsFiles {
  configFile: string | undefined;
  /** Whether the location of the database, with a password in it, comes from that file. */
  configHoldsPassword: boolean;
  /** The file with the password of the database's user. */
  passwordFile: string | undefined;
}

/** Whether others can read a password there, or have the program use another database. */
export function settingsFileFindings({
  configFile,
  configHoldsPassword,
  passwordFile,
}: SettingsFiles): Finding[] {
  return [
    ...(configFile === undefined ? [] : fileMode('config-file', configFile, configHoldsPassword)),
    ...(passwordFile === undefined ? [] : fileMode('password-file', passwordFile, true)),
  ];
}

function fileMode(check: string, path: string, isSecret: boolean): Finding[] {
  const mode = modeOf(path);
  // A missing file is reported by the reader, if the file is needed at all.
  if (mode === undefined) return [];
  const what = `${quote(path)} (${(mode & 0o7777).toString(8).padStart(4, '0')})`;
  if ((mode & 0o022) !== 0) {
    return [warning(check, `others can write ${what}`, `chmod go-w ${shellWord(path)}`)];
  }
  if (isSecret && (mode & 0o077) !== 0) {
    return [
      warning(
        check,
        `others can read the password in ${what}`,
        `chmod 600 ${shellWord(path)}, and change the password`,
      ),
    ];
  }
  return [passed(check, isSecret ? `${what} is for its owner alone` : `nobody else can write ${what}`)];
}

function modeOf(path: string): number | undefined {
  try {
    return statSync(path).mode;
  } catch {
    return undefined;
  }
}
