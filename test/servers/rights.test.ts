import { randomBytes } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { databaseKind } from '../databases/database.ts';
import { atDatabase, serverUrls } from '../databases/kinds.ts';
import { ServerSql } from '../databases/server-sql.ts';
import { testFolder } from '../folder.ts';
import { programOver } from '../stress/program.ts';

const isPostgres = databaseKind === 'postgres';
const url = serverUrls[isPostgres ? 'postgres' : 'mysql'];

/** A user of the server with no rights but to log in, gone after the test. */
function weakUser(): string {
  const name = `authctl_test_${randomBytes(4).toString('hex')}`;
  const server = new ServerSql(url);
  server.query(isPostgres ? `create role ${name} login` : `create user ${name}`);
  onTestFinished(() => {
    server.query(`drop ${isPostgres ? 'role' : 'user'} ${name}`);
    server.close();
  });
  return name;
}

test('who may not create databases is told so, at once', async () => {
  const location = new URL(atDatabase(url, 'authctl_test_of_nobody'));
  [location.username, location.password] = [weakUser(), ''];

  const ended = await programOver(testFolder(), location.href).run(['migrate', 'up']);

  const what = isPostgres ? /lacks a right.*\(42501\)/ : /refuses the user.*\(ER_DBACCESS_DENIED_ERROR\)/;
  expect(ended).toMatchObject({ exitCode: 8, stdout: '', stderr: expect.stringMatching(what) });
});
