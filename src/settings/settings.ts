import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { requireActor } from '../domain/caller.ts';
import { parseDuration } from '../domain/duration.ts';
import { AuthctlError } from '../domain/errors.ts';
import { quote } from '../domain/text.ts';
import { readSmallFileNow, whyUnreadable } from '../io/small-file.ts';

export const outputFormats = ['table', 'json', 'ndjson', 'csv', 'ids'] as const;
export type OutputFormat = (typeof outputFormats)[number];

export type SettingSource = 'flag' | 'environment' | 'file' | 'default';

/** A setting and where it came from. */
export interface Setting<T> {
  value: T;
  source: SettingSource;
}

/** Everything that flags, environment and configuration file decide, parsed once. */
export interface Settings {
  database: Setting<string>;
  /** Path of the file with the password of a server's user. */
  databasePasswordFile: Setting<string | undefined>;
  /** How many milliseconds to wait for a busy or unreachable database; `undefined` for the default of its kind. */
  timeoutMs: Setting<number | undefined>;
  /** The actor that audit events name. */
  actor: Setting<string>;
  output: Setting<OutputFormat>;
  color: Setting<boolean>;
  debug: Setting<boolean>;
  /** Path of the configuration file, which need not exist. */
  configFile: string | undefined;
  /** The home folder that the default paths are in; it is never made. */
  home: string | undefined;
}

/** Of the settings, what the services need. A library has no configuration file. */
export interface ServiceSettings
  extends Pick<Settings, 'database' | 'databasePasswordFile' | 'timeoutMs' | 'actor'> {
  configFile?: string | undefined;
  home?: string | undefined;
}

/** Global options as they were given. */
export interface GlobalFlags {
  database?: string | undefined;
  databasePasswordFile?: string | undefined;
  timeout?: string | undefined;
  actor?: string | undefined;
  output?: string | undefined;
  json?: boolean | undefined;
  color?: boolean | undefined;
  debug?: boolean | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

interface ConfigFile {
  database?: string | undefined;
  databasePasswordFile?: string | undefined;
  timeout?: string | undefined;
  actor?: string | undefined;
  output?: OutputFormat | undefined;
  color?: boolean | undefined;
}

/**
 * The settings of a run. Each comes from its flag, or else the environment, or else `config.json`, or else its default.
 *
 * @param defaultActor the actor unless a setting names another
 */
export async function readSettings(
  flags: GlobalFlags,
  env: Environment,
  defaultActor: string,
): Promise<Settings> {
  const home = homeFolder(env);
  const configFolder = baseFolder(env.XDG_CONFIG_HOME, home, '.config');
  const configFile = configFolder && join(configFolder, 'authctl', 'config.json');
  const file = configFile !== undefined && existsSync(configFile) ? await readConfigFile(configFile) : {};
  if (flags.database !== undefined) {
    refusePassword(
      flags.database,
      'give it by --database-password-file, or put the URL into AUTHCTL_DATABASE or the configuration file',
    );
  }
  const settings: Settings = {
    database: databaseSetting(flags, env, file, home),
    databasePasswordFile: first<string | undefined>(
      flags.databasePasswordFile,
      env.AUTHCTL_DATABASE_PASSWORD_FILE,
      file.databasePasswordFile,
      undefined,
    ),
    timeoutMs: duration(
      first<string | undefined>(flags.timeout, env.AUTHCTL_TIMEOUT, file.timeout, undefined),
    ),
    actor: first<string>(flags.actor, env.AUTHCTL_ACTOR, file.actor, defaultActor),
    output: first<OutputFormat>(outputFlag(flags), undefined, file.output, 'table'),
    color: first<boolean>(
      flags.color === false ? false : undefined,
      env.NO_COLOR ? false : undefined,
      file.color,
      true,
    ),
    debug: first<boolean>(flags.debug || undefined, undefined, undefined, false),
    configFile,
    home,
  };
  requireActor(settings.actor.value);
  return settings;
}

function first<T>(
  flag: T | undefined,
  environment: T | undefined,
  file: T | undefined,
  fallback: T,
): Setting<T> {
  if (flag !== undefined) return { value: flag, source: 'flag' };
  if (environment !== undefined && environment !== '') return { value: environment, source: 'environment' };
  if (file !== undefined) return { value: file, source: 'file' };
  return { value: fallback, source: 'default' };
}

function duration({ value, source }: Setting<string | undefined>): Setting<number | undefined> {
  return { value: value === undefined ? undefined : parseDuration(value), source };
}

// A container may run as a user whom the system does not know: without HOME there is no home folder then.
function homeFolder(env: Environment): string | undefined {
  if (env.HOME) return env.HOME;
  try {
    return homedir();
  } catch {
    return undefined;
  }
}

// The XDG Base Directory specification: relative paths are ignored.
function baseFolder(
  folder: string | undefined,
  home: string | undefined,
  fallback: string,
): string | undefined {
  if (folder?.startsWith('/')) return folder;
  return home && join(home, fallback);
}

function databaseSetting(
  flags: GlobalFlags,
  env: Environment,
  file: ConfigFile,
  home: string | undefined,
): Setting<string> {
  const folder = baseFolder(env.XDG_DATA_HOME, home, join('.local', 'share'));
  const { value, source } = first<string | undefined>(
    flags.database,
    env.AUTHCTL_DATABASE,
    file.database,
    folder && join(folder, 'authctl', 'authctl.db'),
  );
  if (value === '') {
    throw new AuthctlError('settings-invalid', 'the name of the database is empty', {
      hint: 'give a path or a URL',
    });
  }
  if (value !== undefined) return { value, source };
  throw new AuthctlError('settings-invalid', 'there is no home folder to look for a database in', {
    hint: 'name a database with --database or AUTHCTL_DATABASE, or set HOME',
  });
}

/** The output format that `-o` or `--json` names; `undefined` if neither is given. Throws `usage`. */
export function outputFlag({ output, json }: GlobalFlags): OutputFormat | undefined {
  if (output === undefined) return json ? 'json' : undefined;
  const format = outputFormats.find((one) => one === output);
  if (!format || (json && format !== 'json')) {
    throw new AuthctlError(
      'usage',
      format ? '--json and --output contradict each other' : `there is no output ${quote(output)}`,
      {
        hint: `use one of ${outputFormats.join(', ')}`,
      },
    );
  }
  return format;
}

/**
 * Refuses a database URL on the command line that has a password, since everybody on the machine can read arguments.
 * Throws `usage`.
 *
 * @param hint how to give the password instead
 */
export function refusePassword(database: string, hint: string): void {
  if (withoutPassword(database) === database) return;
  throw new AuthctlError('usage', 'the database URL holds a password, and arguments can be read by others', {
    hint,
  });
}

async function readConfigFile(path: string): Promise<ConfigFile> {
  const z = await import('zod');
  const shape = z.strictObject({
    database: z.string().min(1).optional(),
    databasePasswordFile: z.string().min(1).optional(),
    timeout: z.string().min(1).optional(),
    actor: z.string().min(1).optional(),
    output: z.enum(outputFormats).optional(),
    color: z.boolean().optional(),
  });
  let content: unknown;
  try {
    content = JSON.parse(readSmallFileNow(path).toString('utf8'));
  } catch (error) {
    const why = error instanceof SyntaxError ? 'is not JSON' : `cannot be read (${whyUnreadable(error)})`;
    throw new AuthctlError('settings-invalid', `the configuration file ${quote(path)} ${why}`, {
      cause: error,
    });
  }
  const parsed = shape.safeParse(content);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.length ? ` at ${issue.path.join('.')}` : '';
  throw new AuthctlError(
    'settings-invalid',
    `the configuration file ${quote(path)} is wrong${where}: ${issue?.message ?? 'unknown'}`,
    { hint: 'it holds an object with database, databasePasswordFile, timeout, actor, output, color' },
  );
}

/**
 * A database URL without its password, for people. A password that was not percent-encoded may have a `/` or `@` in it,
 * so everything up to the last `@` is taken for the password.
 */
export function withoutPassword(database: string): string {
  if (!/^(?!sqlite:|memory:)[a-z][a-z0-9+.-]+:\/\//i.test(database)) return database;
  return database
    .replace(/^([^:]+:\/\/[^:@/?#]*):.+@/s, '$1:***@')
    .replace(/([?&](?:password|passwd|pwd)=)[^&#]+/gi, '$1***');
}
