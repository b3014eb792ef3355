import { type Kysely, sql } from 'kysely';
import { type Finding, failure, passed } from '../../../domain/finding.ts';
import type { Schema } from '../../schema/types.ts';
import type { Inspector } from '../inspector.ts';
import { encryption, type ServerSettings, supported } from '../server/checks.ts';
import type { ServerLocation } from '../server/location.ts';
import { shapeFaults, shapeOf, tablesOf } from '../server/schema-shape.ts';
import { verificationOf } from './options.ts';

/** The oldest version that is maintained (https://www.postgresql.org/support/versioning/). */
const oldestMajor = 14;

/** What is to be known of a PostgreSQL database that is open. */
export function postgresInspector(db: Kysely<Schema>, targets: readonly ServerLocation[]): Inspector {
  const hosts = targets.map(({ host }) => host);
  // All hosts of a URL have the same options.
  const verification = verificationOf(targets[0]?.options ?? new Map());
  const rows = async (text: string) => (await sql.raw<Record<string, unknown>>(text).execute(db)).rows;
  const value = async (text: string) => Object.values((await rows(text))[0] ?? {})[0];
  return {
    engine: async () => `PostgreSQL ${await value(`select current_setting('server_version')`)}`,
    settings: async () => {
      const [row] = await rows(settingsText);
      const settings = new Map(Object.entries(row ?? {}).map(([name, text]) => [name, String(text)]));
      return [
        ...postgresFindings(settings),
        encryption(hosts, settings.get('ssl') === 'true' ? verification : 'none', 'sslmode=verify-full'),
      ];
    },
    integrity: async () => [],
    schemaFaults: async (statements) => {
      if (statements.length === 0) return [];
      const among = tablesOf(statements)
        .map((table) => `'${table}'`)
        .join(', ');
      const ours = `c.relnamespace = current_schema()::regnamespace and c.relname in (${among})`;
      const columns = await rows(`select c.relname || '.' || a.attname as name from pg_attribute as a
        join pg_class as c on c.oid = a.attrelid where a.attnum > 0 and not a.attisdropped and ${ours}`);
      const indexes = await rows(`select i.relname as name, x.indisunique as is_unique from pg_index as x
        join pg_class as i on i.oid = x.indexrelid join pg_class as c on c.oid = x.indrelid
        where not x.indisprimary and ${ours}`);
      const triggers = await rows(`select t.tgname as name, p.prosrc as body from pg_trigger as t
        join pg_class as c on c.oid = t.tgrelid join pg_proc as p on p.oid = t.tgfoid
        where not t.tgisinternal and ${ours}`);
      return shapeFaults(shapeOf(statements, functionBody), {
        columns: new Set(columns.map(({ name }) => String(name))),
        indexes: new Map(indexes.map((row) => [String(row.name), row.is_unique === true])),
        triggers: new Map(triggers.map(({ name, body }) => [String(name), String(body)])),
      });
    },
    triggers: async () =>
      new Set(
        (
          await rows(`select t.tgname as name from pg_trigger as t join pg_class as c on c.oid = t.tgrelid
            where not t.tgisinternal and t.tgenabled in ('O', 'A')
              and c.relnamespace = current_schema()::regnamespace`)
        ).map((row) => String(row.name)),
      ),
    clock: async () => Number(await value('select extract(epoch from clock_timestamp()) * 1000')),
    sizes: async () => {
      const tables = await rows(`select relname as name, pg_total_relation_size(oid) as bytes from pg_class
        where relkind = 'r' and relnamespace = current_schema()::regnamespace`);
      return {
        database: Number(await value('select pg_database_size(current_database())')),
        log: null,
        tables: new Map(tables.map((row) => [String(row.name), Number(row.bytes)])),
      };
    },
  };
}

/** The text of the function that a trigger executes. */
function functionBody(trigger: string, statements: readonly string[]): string {
  const name = /execute function (\w+)\(\)/.exec(trigger)?.[1] ?? '';
  const made = statements.find((text) => text.startsWith(`create function ${name}()`));
  return /\$\$(.*)\$\$/s.exec(made ?? '')?.[1] ?? '';
}

const settingsText = `select
  current_setting('server_version') as version,
  current_setting('server_version_num') as version_num,
  current_setting('fsync') as fsync,
  current_setting('full_page_writes') as full_page_writes,
  current_setting('synchronous_commit') as synchronous_commit,
  current_setting('server_encoding') as encoding,
  pg_is_in_recovery() as standby,
  current_setting('default_transaction_read_only') as read_only,
  exists (select 1 from pg_collation where collname = 'und-x-icu') as icu,
  coalesce((select ssl from pg_stat_ssl where pid = pg_backend_pid()), false) as ssl`;

/** What the settings of a PostgreSQL server mean. */
export function postgresFindings(settings: ServerSettings): Finding[] {
  const is = (name: string, text: string) => settings.get(name) === text;
  const { version, number } = versionOf(settings);
  return [
    supported('PostgreSQL', version, number >= oldestMajor * 10_000, String(oldestMajor)),
    is('fsync', 'on')
      ? passed('fsync', 'on')
      : failure(
          'fsync',
          'off: a power failure can destroy the database',
          'set fsync = on in postgresql.conf',
        ),
    is('full_page_writes', 'on')
      ? passed('full-page-writes', 'on')
      : failure(
          'full-page-writes',
          'off: a power failure can leave pages written by half',
          'set full_page_writes = on in postgresql.conf',
        ),
    is('synchronous_commit', 'off')
      ? failure(
          'synchronous-commit',
          'off: what was acknowledged can be lost',
          'set synchronous_commit = on for the database and its user',
        )
      : passed('synchronous-commit', settings.get('synchronous_commit') ?? ''),
    is('encoding', 'UTF8')
      ? passed('encoding', 'UTF8')
      : failure(
          'encoding',
          `${settings.get('encoding')} cannot hold every name`,
          `make a database with encoding 'UTF8' and move everything there (authctl db copy)`,
        ),
    is('standby', 'true') || is('read_only', 'on')
      ? failure(
          'writable',
          is('standby', 'true')
            ? 'this server is a standby and takes no writes'
            : 'transactions are read-only',
          'name the primary server in the URL',
        )
      : passed('writable', 'this server takes writes'),
    is('icu', 'true')
      ? passed('collation', 'und-x-icu is there')
      : failure(
          'collation',
          'there is no collation und-x-icu, by which names are found whatever their case',
          'use a build of PostgreSQL with ICU, as those of the distributions are',
        ),
  ];
}

const versionOf = (settings: ServerSettings) => ({
  version: settings.get('version') ?? 'unknown',
  number: Number(settings.get('version_num') ?? 0),
});
