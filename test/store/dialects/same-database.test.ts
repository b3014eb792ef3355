import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { databaseNames } from '../../../src/store/dialects/same-database.ts';
import { testFolder } from '../../cli.ts';

test.each([
  ['postgres://me:secret@db.example.org/app', 'postgres://db.example.org:5432/app'],
  ['postgresql://db.example.org:5432/app?sslmode=require', 'postgres://db.example.org:5432/app'],
  ['postgres://127.0.0.1:5433/app', 'postgres://localhost:5433/app'],
  ['postgres:///app?host=/run/postgresql', 'postgres:///run/postgresql/app'],
  ['mysql://me@[::1]/app', 'mysql://localhost:3306/app'],
  ['mariadb://localhost/app?ssl=true', 'mysql://localhost:3306/app'],
  ['mysql://me@db1/app', 'mysql://db1:3306/app'],
  ['mysql:///app?socketPath=/run/mysqld.sock', 'mysql:///run/mysqld.sock/app'],
])('%s leads to %s', (location, name) => {
  expect(databaseNames(location)).toEqual([name]);
});

test('a URL with several hosts has a name for each', () => {
  expect(databaseNames('mysql://me:secret@db1,db2:3307/app')).toEqual([
    'mysql://db1:3306/app',
    'mysql://db2:3307/app',
  ]);
});

test('a file has one name, there or not, by whatever links and spellings', () => {
  const folder = testFolder();
  mkdirSync(join(folder, 'real'));
  symlinkSync(join(folder, 'real'), join(folder, 'link'));
  const file = join(folder, 'real', 'a.db');
  for (const there of [false, true]) {
    if (there) writeFileSync(file, '');
    for (const location of [
      file,
      `sqlite:${file}`,
      `sqlite://${folder}/link/a.db`,
      `${folder}/link/../real/a.db`,
    ])
      expect(databaseNames(location)).toEqual([file]);
  }
  expect(databaseNames(join(folder, 'no', 'such', 'a.db'))).toEqual([join(folder, 'no', 'such', 'a.db')]);
});

test('what is in memory alone is nowhere else', () => {
  expect(databaseNames('memory:')).toEqual([':memory:']);
});
