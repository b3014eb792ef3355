// Import of rows that come with bcrypt hashes into PostgreSQL and MariaDB, against the server's own bulk loader, COPY and
// LOAD DATA LOCAL, writing the resulting rows of users and audit events into the same schema.
import { spawnSync } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { writeDump } from './import-hashed.mjs';
import { authctl, median, program, report, scratch, wallMs } from './measure.mjs';

const rows = Number(process.env.BENCH_ROWS ?? 100_000);
const rounds = Number(process.env.BENCH_ROUNDS ?? 3);
const tables = ['users', 'audit_events'];

const servers = [
  {
    name: 'PostgreSQL',
    url: process.env.AUTHCTL_TEST_POSTGRES || 'postgres://postgres@127.0.0.1:5432/postgres',
    loader: 'COPY',
    async query(url, text) {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      try {
        return (await client.query(text)).rows;
      } finally {
        await client.end();
      }
    },
    async unload(url, table, file) {
      psql(url, [`\\copy ${table} to '${file}'`]);
    },
    load: (url, files) =>
      psql(
        url,
        files.map(([table, file]) => `\\copy ${table} from '${file}'`),
      ),
  },
  {
    name: 'MariaDB',
    url: process.env.AUTHCTL_TEST_MYSQL || 'mysql://root@127.0.0.1:3306/mysql',
    loader: 'LOAD DATA LOCAL',
    async query(url, text) {
      const connection = await mysql.createConnection(url);
      try {
        return (await connection.query(text))[0];
      } finally {
        await connection.end();
      }
    },
    async unload(url, table, file) {
      const connection = await mysql.createConnection(url);
      const found = connection.connection
        .query({ sql: `select * from ${table}`, rowsAsArray: true })
        .stream();
      await pipeline(found, tabSeparated, createWriteStream(file));
      await connection.end();
    },
    load(url, files) {
      const { hostname, port, username, password, pathname } = new URL(url);
      const statements = files.map(
        ([table, file]) => `load data local infile '${file}' into table ${table} character set utf8mb4`,
      );
      run(
        'mariadb',
        [
          ...[
            '--no-defaults',
            '--local-infile=1',
            '--protocol=tcp',
            `--host=${hostname}`,
            `--port=${port || 3306}`,
          ],
          ...[`--user=${username}`, `--database=${pathname.slice(1)}`, `--execute=${statements.join('; ')}`],
        ],
        { MYSQL_PWD: decodeURIComponent(password) },
      );
    },
  },
];

export async function benchImportServers() {
  const folder = scratch();
  const dump = await writeDump(folder, rows);
  for (const server of servers) await benchServer(server, folder, dump);
}

async function benchServer(server, folder, dump) {
  const what = `import of ${rows} bcrypt hashes into ${server.name} against ${server.loader}`;
  try {
    await server.query(server.url, 'select 1');
  } catch (error) {
    console.log(`${what}: skipped, no server answers at ${new URL(server.url).host}: ${error.message}`);
    return;
  }
  const results = [];
  for (let round = 0; round < rounds; round += 1) results.push(await measured(server, folder, dump));
  report(what, {
    subject: rows / median(results.map(({ subject }) => subject)),
    floor: rows / median(results.map(({ floor }) => floor)),
    ratio: median(results.map(({ subject, floor }) => floor / subject)),
    unit: 'rows/s',
    target: 'at least 0.3',
  });
}

/** Seconds of an import, and of the loader with the rows that it has made. */
async function measured(server, folder, dump) {
  const names = ['subject', 'floor'].map((part) => `authctl_bench_${process.pid}_${part}`);
  const [subject, floor] = names.map(
    (name) => Object.assign(new URL(server.url), { pathname: `/${name}` }).href,
  );
  try {
    for (const url of [subject, floor]) authctl(url, ['migrate', 'up']);
    const env = { ...process.env, AUTHCTL_DATABASE: subject };
    const imported = wallMs(process.execPath, [program, 'user', 'import', dump], env);
    const files = tables.map((table) => [table, join(folder, table)]);
    for (const [table, file] of files) await server.unload(subject, table, file);
    const begin = process.hrtime.bigint();
    server.load(floor, files);
    const loaded = Number(process.hrtime.bigint() - begin) / 1e9;
    const [{ count }] = await server.query(floor, 'select count(*) as count from users');
    if (Number(count) !== rows) throw new Error(`${server.loader} loaded ${count} users of ${rows}`);
    return { subject: imported / 1000, floor: loaded };
  } finally {
    for (const name of names) await server.query(server.url, `drop database if exists ${name}`);
  }
}

/** Rows as LOAD DATA reads them when it is not told otherwise. */
async function* tabSeparated(found) {
  const text = (value) =>
    value === null
      ? '\\N'
      : String(value).replace(/[\\\t\n]/g, (one) => `\\${one === '\t' ? 't' : one === '\n' ? 'n' : one}`);
  for await (const row of found) yield `${row.map(text).join('\t')}\n`;
}

function psql(url, commands) {
  run('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', url, ...commands.flatMap((command) => ['-c', command])]);
}

function run(command, args, env = {}) {
  const { status, stderr } = spawnSync(command, args, { env: { ...process.env, ...env }, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command}: exit ${status}\n${stderr}`);
}
