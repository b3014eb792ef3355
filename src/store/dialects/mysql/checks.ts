import { type Kysely, sql } from 'kysely';
import { type Finding, failure, passed, warning } from '../../../domain/finding.ts';
import type { Schema } from '../../schema/types.ts';
import type { Inspector } from '../inspector.ts';
import { encryption, type ServerSettings, supported } from '../server/checks.ts';
import type { ServerLocation } from '../server/location.ts';
import { shapeFaults, shapeOf, tablesOf } from '../server/schema-shape.ts';
import { verificationOf } from './options.ts';

// The oldest versions that are maintained (https://mariadb.org/about/#maintenance-policy, endoflife.date/mysql).
const oldest = { MariaDB: [10, 6], MySQL: [8, 4] } as const;

/** What is to be known of a MySQL or MariaDB database that is open. */
export function mysqlInspector(db: Kysely<Schema>, targets: readonly ServerLocation[]): Inspector {
  const hosts = targets.map(({ host, options }) => (options.has('socketPath') ? undefined : host));
  // All hosts of a URL have the same options.
  const verification = verificationOf(targets[0]?.options ?? new Map());
  const rows = async (text: string) => (await sql.raw<Record<string, unknown>>(text).execute(db)).rows;
  const value = async (text: string) => Object.values((await rows(text))[0] ?? {})[0];
  /** Rows of two columns, a name and a value. */
  const pairs = async (text: string) =>
    new Map((await rows(text)).map((row) => Object.values(row)).map(([name, of]) => [`${name}`, `${of}`]));
  const engine = async () => productOf(String(await value('select version()')));
  return {
    engine: async () => {
      const { product, version } = await engine();
      return `${product} ${version}`;
    },
    settings: async () => {
      const variables = await pairs(`show global variables where variable_name in (${variableNames})`);
      const cluster = await pairs(`show global status like 'wsrep_%'`);
      const cipher = await pairs(`show session status like 'Ssl_cipher'`);
      const engines = await pairs(`select table_name, engine from information_schema.tables
        where table_schema = database() and table_type = 'BASE TABLE' and engine <> 'InnoDB'`);
      return [
        mysqlVersion(await engine()),
        ...mysqlFindings(variables),
        ...clusterFindings(variables, cluster),
        tableEngines(engines),
        encryption(hosts, (cipher.get('Ssl_cipher') ?? '') === '' ? 'none' : verification, 'ssl=true'),
      ];
    },
    integrity: async () => [],
    schemaFaults: async (statements) => {
      if (statements.length === 0) return [];
      const among = tablesOf(statements)
        .map((table) => `'${table}'`)
        .join(', ');
      const columns =
        await pairs(`select concat(table_name, '.', column_name) as name, data_type from information_schema.columns
        where table_schema = database() and table_name in (${among})`);
      const indexes =
        await pairs(`select index_name as name, max(non_unique) from information_schema.statistics
        where table_schema = database() and table_name in (${among}) and index_name <> 'PRIMARY' group by index_name`);
      const triggers =
        await pairs(`select trigger_name as name, action_statement from information_schema.triggers
        where trigger_schema = database() and event_object_table in (${among})`);
      const wanted = shapeOf(statements, rowAction);
      // A server may not have let the migrations make them: `db check` warns of that by itself.
      const allowed = new Map([...wanted.triggers].filter(([name]) => triggers.has(name)));
      return shapeFaults(
        { ...wanted, triggers: allowed },
        {
          columns: new Set(columns.keys()),
          indexes: new Map([...indexes].map(([name, others]) => [name, Number(others) === 0])),
          triggers,
        },
      );
    },
    triggers: async () =>
      new Set(
        (
          await rows(`select trigger_name as name from information_schema.triggers
            where trigger_schema = database()`)
        ).map((row) => String(row.name)),
      ),
    clock: async () => Number(await value('select unix_timestamp(sysdate(6)) * 1000')),
    sizes: async () => {
      const tables = await pairs(`select table_name, data_length + index_length from information_schema.tables
        where table_schema = database() and table_type = 'BASE TABLE'`);
      const sizes = new Map([...tables].map(([name, bytes]) => [name, Number(bytes)]));
      return {
        database: [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0),
        log: null,
        tables: sizes,
      };
    },
  };
}

/** What a trigger does for each row. */
const rowAction = (trigger: string): string => /for each row(.*)$/s.exec(trigger)?.[1] ?? '';

const variableNames = [
  ...['innodb_flush_log_at_trx_commit', 'log_bin', 'sync_binlog', 'innodb_doublewrite'],
  ...['read_only', 'super_read_only', 'wsrep_on'],
]
  .map((name) => `'${name}'`)
  .join(', ');

/** The product and version in what `version()` gives: `10.11.6-MariaDB-0+deb12u1`. */
export function productOf(text: string): { product: 'MariaDB' | 'MySQL'; version: string } {
  const version = /^\d+(\.\d+)*/.exec(text)?.[0] ?? text;
  return { product: /mariadb/i.test(text) ? 'MariaDB' : 'MySQL', version };
}

export function mysqlVersion({ product, version }: ReturnType<typeof productOf>): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldMajor, oldMinor] = oldest[product];
  const isMaintained = major > oldMajor || (major === oldMajor && minor >= oldMinor);
  return supported(product, version, isMaintained, `${oldMajor}.${oldMinor}`);
}

/** What the variables of a server mean; one that it has not is not told. */
export function mysqlFindings(variables: ServerSettings): Finding[] {
  const found: Finding[] = [];
  const flush = variables.get('innodb_flush_log_at_trx_commit');
  if (flush !== undefined) {
    found.push(
      flush === '1'
        ? passed('log-flush', 'innodb_flush_log_at_trx_commit=1')
        : warning(
            'log-flush',
            `innodb_flush_log_at_trx_commit=${flush}: a power failure loses the last second of what was acknowledged`,
            'set innodb_flush_log_at_trx_commit = 1 in the configuration of the server',
          ),
    );
  }
  const sync = variables.get('sync_binlog');
  if (variables.get('log_bin') === 'ON' && sync !== undefined) {
    found.push(
      sync === '1'
        ? passed('binlog-sync', 'sync_binlog=1')
        : warning(
            'binlog-sync',
            `sync_binlog=${sync}: after a power failure replicas may lack what was acknowledged, or the server its log`,
            'set sync_binlog = 1 in the configuration of the server',
          ),
    );
  }
  const doublewrite = variables.get('innodb_doublewrite');
  if (doublewrite !== undefined) {
    found.push(
      /^(off|0)$/i.test(doublewrite)
        ? warning(
            'doublewrite',
            'off: a power failure can leave pages written by half',
            'set innodb_doublewrite = ON, unless the file system writes whole pages by itself',
          )
        : passed('doublewrite', 'on'),
    );
  }
  const locked = ['read_only', 'super_read_only'].filter((name) =>
    /^(on|1)$/i.test(variables.get(name) ?? ''),
  );
  found.push(
    locked.length === 0
      ? passed('writable', 'this server takes writes')
      : failure(
          'writable',
          `${locked.join(', ')} is on: this server takes no writes`,
          'name the primary server in the URL',
        ),
  );
  return found;
}

/** Whether the node of a Galera cluster works; nothing where there is no cluster. */
export function clusterFindings(variables: ServerSettings, status: ServerSettings): Finding[] {
  if (variables.get('wsrep_on') !== 'ON') return [];
  const size = Number(status.get('wsrep_cluster_size') ?? 0);
  const isPrimary = status.get('wsrep_cluster_status') === 'Primary';
  const isReady = status.get('wsrep_ready') === 'ON';
  const state = `${size} nodes, ${status.get('wsrep_cluster_status')}, ready ${status.get('wsrep_ready')}`;
  if (!isPrimary || !isReady) {
    return [
      failure(
        'cluster',
        `${state}: this node is cut off from the majority`,
        'name another node in the URL, and bring this one back',
      ),
    ];
  }
  // Two halves of an even number cannot tell which of them is to go on.
  return size >= 3
    ? [passed('cluster', state)]
    : [warning('cluster', `${state}: the loss of one node stops it`, 'run three nodes at least')];
}

/** @param others tables that are not InnoDB's, with their engines */
export function tableEngines(others: ReadonlyMap<string, string>): Finding {
  if (others.size === 0) return passed('engine', 'all tables are InnoDB');
  const tables = [...others].map(([name, engine]) => `${name} (${engine})`).join(', ');
  return failure(
    'engine',
    `tables that know no transactions: ${tables}`,
    [...others.keys()].map((name) => `alter table ${name} engine=InnoDB`).join('; '),
  );
}
