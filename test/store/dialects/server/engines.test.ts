import { expect, test } from 'vitest';
import { refuseUnsupported } from '../../../../src/store/dialects/server/engines.ts';

const refused = [
  ['CockroachDB CCL v24.1.0 (x86_64-pc-linux-gnu, built 2024/05/15 21:25:02, go1.22.2)', 'CockroachDB'],
  ['CockroachDB OSS v22.2.19 (x86_64-pc-linux-gnu)', 'CockroachDB'],
  [
    'PostgreSQL 11.2-YB-2.20.1.3-b0 on x86_64-pc-linux-gnu, compiled by clang version 16.0.6, 64-bit',
    'YugabyteDB',
  ],
  ['PostgreSQL 15.2-YB-2.25.0.0-b0 on x86_64-pc-linux-gnu', 'YugabyteDB'],
  ['8.0.11-TiDB-v7.5.1', 'TiDB'],
  ['5.7.25-TiDB-v6.1.0', 'TiDB'],
] as const;

test.each(refused)('%s is refused, by its name and with the reason', (version, product) => {
  expect(() => refuseUnsupported(version, 'the database')).toThrow(
    expect.objectContaining({
      code: 'database-unusable',
      message: expect.stringMatching(`^the database is ${product}: it`),
    }),
  );
});

test.each([
  'PostgreSQL 15.8 (Debian 15.8-0+deb12u1) on x86_64-pc-linux-gnu, compiled by gcc (Debian 12.2.0-14) 12.2.0, 64-bit',
  'PostgreSQL 16.4',
  '10.11.6-MariaDB-0+deb12u1',
  '8.0.39',
  '8.0.36-28.1',
])('%s is not refused', (version) => {
  expect(() => refuseUnsupported(version, 'the database')).not.toThrow();
});
