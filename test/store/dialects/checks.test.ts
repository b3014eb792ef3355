import { expect, test } from 'vitest';
import type { Finding } from '../../../src/domain/finding.ts';
import { clockFinding } from '../../../src/services/database/checks.ts';
import {
  clusterFindings,
  mysqlFindings,
  mysqlVersion,
  productOf,
} from '../../../src/store/dialects/mysql/checks.ts';
import { postgresFindings } from '../../../src/store/dialects/postgres/checks.ts';
import { encryption } from '../../../src/store/dialects/server/checks.ts';
import { integrity, journal } from '../../../src/store/dialects/sqlite/checks.ts';
import {
  fileModes,
  fileSystem,
  folderMode,
  logSize,
  room,
} from '../../../src/store/dialects/sqlite/files.ts';

/** Findings that are not `ok`, as `check: state`. */
const bad = (findings: readonly Finding[]) =>
  findings.filter(({ state }) => state !== 'ok').map(({ check, state }) => `${check}: ${state}`);

const megabyte = 1024 * 1024;

test.each([
  [0x6969, 'warning'],
  [0xff534d42, 'warning'],
  [0x65735546, 'warning'],
  [0x01021994, 'warning'],
  [0xef53, 'ok'],
  [0x58465342, 'ok'],
])('a file system of type %d: %s', (type, state) => {
  expect(fileSystem(type)).toMatchObject({ check: 'file-system', state });
});

test.each([
  [1000, 10, 'ok'],
  [99, 1, 'warning'],
  [101, 1, 'ok'],
  [500, 600, 'warning'],
])('%d MB free beside %d MB: %s', (free, used, state) => {
  expect(room(free * megabyte, used * megabyte).state).toBe(state);
});

test.each([
  [40, 'ok'],
  [200, 'ok'],
  [201, 'warning'],
])('a log of %d MB: %s', (size, state) => {
  expect(logSize(size * megabyte).state).toBe(state);
});

test.each([
  [0o100600, 'ok'],
  [0o100640, 'warning'],
  [0o100602, 'warning'],
])('a file of mode %d: %s', (mode, state) => {
  expect(fileModes([{ path: '/srv/a b.db', mode }])).toMatchObject({
    state,
    mend: state === 'ok' ? null : `chmod 600 '/srv/a b.db'`,
  });
});

test.each([
  [0o40755, 'ok'],
  [0o40775, 'warning'],
  [0o41777, 'warning'],
])('a folder of mode %d: %s', (mode, state) => {
  expect(folderMode('/srv', mode).state).toBe(state);
});

test('what SQLite says of its pages', () => {
  expect(integrity(['ok']).state).toBe('ok');
  expect(integrity(['row 3 missing from index users_email\nx'])).toMatchObject({
    state: 'failure',
    isDamage: true,
    detail: 'row 3 missing from index users_email x',
  });
  expect(integrity([]).state).toBe('failure');
  expect(journal('wal', 'x.db').state).toBe('ok');
  expect(journal('delete', 'x.db').state).toBe('warning');
  expect(journal('memory', ':memory:').state).toBe('ok');
});

const goodPostgres = {
  version: '16.4',
  version_num: '160004',
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  encoding: 'UTF8',
  standby: 'false',
  read_only: 'off',
  icu: 'true',
};

test.each<[Partial<typeof goodPostgres>, string[]]>([
  [{}, []],
  [{ version_num: '130012' }, ['version: warning']],
  [{ fsync: 'off' }, ['fsync: failure']],
  [{ full_page_writes: 'off' }, ['full-page-writes: failure']],
  [{ synchronous_commit: 'off' }, ['synchronous-commit: failure']],
  [{ synchronous_commit: 'remote_apply' }, []],
  [{ encoding: 'LATIN1' }, ['encoding: failure']],
  [{ standby: 'true' }, ['writable: failure']],
  [{ read_only: 'on' }, ['writable: failure']],
  [{ icu: 'false' }, ['collation: failure']],
])('PostgreSQL with %j: %j', (changed, expected) => {
  expect(bad(postgresFindings(new Map(Object.entries({ ...goodPostgres, ...changed }))))).toEqual(expected);
});

const goodMysql = {
  innodb_flush_log_at_trx_commit: '1',
  log_bin: 'ON',
  sync_binlog: '1',
  innodb_doublewrite: 'ON',
  read_only: 'OFF',
  super_read_only: 'OFF',
};

test.each<[Partial<typeof goodMysql>, string[]]>([
  [{}, []],
  [{ innodb_flush_log_at_trx_commit: '2' }, ['log-flush: warning']],
  [{ sync_binlog: '0' }, ['binlog-sync: warning']],
  [{ log_bin: 'OFF', sync_binlog: '0' }, []],
  [{ innodb_doublewrite: 'OFF' }, ['doublewrite: warning']],
  [{ innodb_doublewrite: 'DETECT_AND_RECOVER' }, []],
  [{ read_only: 'ON' }, ['writable: failure']],
  [{ super_read_only: 'ON' }, ['writable: failure']],
])('MySQL with %j: %j', (changed, expected) => {
  expect(bad(mysqlFindings(new Map(Object.entries({ ...goodMysql, ...changed }))))).toEqual(expected);
});

test.each([
  ['OFF', '0', 'Disconnected', 'OFF', []],
  ['ON', '3', 'Primary', 'ON', []],
  ['ON', '2', 'Primary', 'ON', ['cluster: warning']],
  ['ON', '1', 'non-Primary', 'OFF', ['cluster: failure']],
  ['ON', '3', 'Primary', 'OFF', ['cluster: failure']],
])('a node with wsrep_on=%s, %s nodes, %s, ready %s: %j', (on, size, status, ready, expected) => {
  const state = { wsrep_cluster_size: size, wsrep_cluster_status: status, wsrep_ready: ready };
  expect(bad(clusterFindings(new Map([['wsrep_on', on]]), new Map(Object.entries(state))))).toEqual(expected);
});

test.each([
  ['10.11.6-MariaDB-0+deb12u1', 'MariaDB', '10.11.6', 'ok'],
  ['10.5.29-MariaDB', 'MariaDB', '10.5.29', 'warning'],
  ['8.4.3', 'MySQL', '8.4.3', 'ok'],
  ['8.0.40', 'MySQL', '8.0.40', 'warning'],
  ['9.1.0', 'MySQL', '9.1.0', 'ok'],
])('%s is %s %s: %s', (text, product, version, state) => {
  expect(productOf(text)).toEqual({ product, version });
  expect(mysqlVersion(productOf(text)).state).toBe(state);
  const oldest = product === 'MySQL' ? 'MySQL 8.4' : 'MariaDB 10.6';
  if (state === 'warning') expect(mysqlVersion(productOf(text)).mend).toContain(`${oldest} or newer`);
});

test.each([
  ['db.example.org', 'none', 'warning'],
  ['db.example.org', 'unverified', 'warning'],
  ['db.example.org', 'verified', 'ok'],
  ['127.0.0.1', 'none', 'ok'],
  ['127.0.0.1', 'unverified', 'ok'],
  ['127.evil.example.org', 'none', 'warning'],
  ['::1', 'none', 'ok'],
  ['/run/postgresql', 'none', 'ok'],
  [undefined, 'none', 'ok'],
] as const)('a connection to %s, encryption %s: %s', (host, encrypted, state) => {
  expect(encryption(['localhost', host], encrypted, 'ssl=true')).toMatchObject({ check: 'tls', state });
});

test.each([
  [10_000, 10_000, 10_010, 'ok'],
  [12_009, 10_000, 10_010, 'ok'],
  [12_011, 10_000, 10_010, 'warning'],
  [8000, 10_000, 10_010, 'ok'],
  [7999, 10_000, 10_010, 'warning'],
  // The answer took long: the clocks need not be apart.
  [15_000, 10_000, 20_000, 'ok'],
])('a server at %d, asked at %d and heard at %d: %s', (server, before, after, state) => {
  expect(clockFinding(server, before, after).state).toBe(state);
});
