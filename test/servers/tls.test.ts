import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { type Scene, scene } from '../cli/scene.ts';
import { databaseKind } from '../databases/database.ts';
import { privateFolder } from '../databases/kinds.ts';

// start.sh makes certificates for its private servers: one for `localhost`, and one for a client.
const folder = privateFolder(databaseKind);
beforeEach(({ skip }) => {
  if (folder === undefined) skip('the server is not one that start.sh has started');
});

const isPostgres = databaseKind === 'postgres';
const certified = 'authctl_tls_client';
const [ca, other, cert, key] = ['ca.pem', 'other.pem', 'client.pem', 'client.key'].map((name) =>
  join(folder ?? '', 'tls', name),
) as [string, string, string, string];

/** Options of a URL, as each of the two spells them. */
const spelt = {
  full: isPostgres ? 'sslmode=verify-full' : 'ssl=true',
  authority: isPostgres ? 'sslmode=verify-ca' : 'ssl=verify-ca',
  unchecked: isPostgres ? 'sslmode=require' : 'ssl=insecure',
  ca: (path: string) => `${isPostgres ? 'sslrootcert' : 'sslCa'}=${encodeURIComponent(path)}`,
  client: `${isPostgres ? 'sslcert' : 'sslCert'}=${encodeURIComponent(cert)}&${
    isPostgres ? 'sslkey' : 'sslKey'
  }=${encodeURIComponent(key)}`,
};

/** What the environment of a command says of the database: another host or user, and options. */
function over(on: Scene, options: string[], { host = 'localhost', user }: { host?: string; user?: string }) {
  const url = new URL(on.database);
  url.hostname = host;
  if (user !== undefined) [url.username, url.password] = [user, ''];
  url.search = options.join('&');
  return { env: { AUTHCTL_DATABASE: url.href, AUTHCTL_TIMEOUT: '5s' } };
}

/** What `db check` says of the encryption. */
async function encryption(on: Scene, options: string[], { host }: { host?: string } = {}): Promise<unknown> {
  const given = over(on, options, host === undefined ? {} : { host });
  const findings = await on.json<{ check: string; detail: string }[]>('db check', given);
  return findings.find(({ check }) => check === 'tls')?.detail;
}

test('a server that proves its name is talked to, in secret', async () => {
  const on = await scene();
  const proved = 'the connection is encrypted, to a server that has proved who it is';
  expect(await encryption(on, [spelt.full, spelt.ca(ca)])).toBe(proved);
  expect(await encryption(on, [spelt.ca(ca)])).toBe(proved);
});

test('a server whose certificate nobody known here has signed is not talked to', async () => {
  const on = await scene();
  for (const options of [[spelt.full], [spelt.full, spelt.ca(other)], [spelt.authority, spelt.ca(other)]]) {
    const { exitCode, code, message } = await on.fails('user list', over(on, options, {}));
    expect({ exitCode, code }).toEqual({ exitCode: 8, code: 'database-unusable' });
    expect(message).toMatch(/cannot be reached with TLS \([A-Z_]+\)$/);
  }
});

test('a server whose certificate has another name is talked to only where the URL says so', async () => {
  const on = await scene();
  // The address of localhost, and no name of the certificate.
  const host = '127.1';
  const { code, message } = await on.fails('user list', over(on, [spelt.full, spelt.ca(ca)], { host }));
  expect(code).toBe('database-unusable');
  expect(message).toContain('cannot be reached with TLS');
  expect(await encryption(on, [spelt.authority, spelt.ca(ca)], { host })).toContain('has proved who it is');
  const unchecked = await encryption(on, [spelt.unchecked], { host });
  expect(unchecked).toContain(
    `the connection to ${host} is encrypted, but whoever answers there is believed`,
  );
});

test('a server on another machine is talked to in secret, or not at all, unless the URL says otherwise', async () => {
  const on = await scene();
  // The address of localhost, spelt so that it is taken for another machine's.
  const host = '127.1';
  expect(await encryption(on, [], { host })).toContain('is encrypted, but whoever answers there is believed');
  const without = isPostgres ? 'sslmode=disable' : 'ssl=false';
  expect(await encryption(on, [without], { host })).toContain('is not encrypted');
  expect(await encryption(on, [])).toBe('the connection does not leave this machine');
});

test.runIf(isPostgres)('a server on another machine that has no TLS gets no password', async () => {
  const on = await scene({ migrated: false });
  const heard: Buffer[] = [];
  // What PostgreSQL answers to who asks for TLS where it has none (protocol, "SSL Session Encryption").
  const server = createServer((socket) =>
    socket
      .on('error', () => {})
      .on('data', (chunk) => {
        heard.push(chunk);
        socket.write('N');
      }),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;

  const refused = await on.fails('user list', {
    env: { AUTHCTL_DATABASE: `postgres://u:Secret-word-1@127.1:${port}/d`, AUTHCTL_TIMEOUT: '5s' },
  });

  expect(refused).toMatchObject({ exitCode: 8, code: 'database-unusable' });
  expect(refused.message).toContain('cannot be reached with TLS');
  expect(refused.hint).toContain('sslmode=disable');
  // The request for TLS: 8 bytes, and nothing behind it.
  expect(heard.every((chunk) => chunk.equals(Buffer.from([0, 0, 0, 8, 4, 0xd2, 0x16, 0x2f])))).toBe(true);
  expect(heard.length).toBeGreaterThan(0);
});

test('an address is no name', async () => {
  const on = await scene();
  const seen = await on.fails('user list', over(on, [spelt.full, spelt.ca(ca)], { host: '127.0.0.1' }));
  expect(seen.code).toBe(isPostgres ? 'database-unusable' : 'settings-invalid');
});

test('a user who must show a certificate is let in with it, and not without', async () => {
  const on = await scene({ migrated: false });
  const options = [spelt.full, spelt.ca(ca)];
  const user = certified;
  expect(await on.fails('migrate up', over(on, options, { user }))).toMatchObject({ exitCode: 8 });
  expect(await on.fails('migrate up', over(on, [], { user }))).toMatchObject({ exitCode: 8 });
  expect((await on.run('migrate up', over(on, [...options, spelt.client], { user }))).exitCode).toBe(0);
});

test('options that would leave the connection without what they ask for are refused', async () => {
  const on = await scene();
  const wrong = isPostgres
    ? ['sslMode=verify-full', 'sslmode=verfy-full', 'sslmode=verify-ca', `sslmode=disable&${spelt.ca(ca)}`]
    : ['sslmode=verify-full', 'ssl=verfy', 'ssl=verify-ca', `ssl=false&${spelt.ca(ca)}`];
  for (const option of wrong) {
    const { code, message, hint } = await on.fails('user list', over(on, [option], {}));
    expect(code, option).toBe('settings-invalid');
    expect(message, option).toContain('the database URL ');
    expect(hint, option).toBeTruthy();
  }
});

test('files that cannot be used are told by name', async () => {
  const on = await scene();
  const missing = await on.fails('user list', over(on, [spelt.full, spelt.ca('/nowhere/ca.pem')], {}));
  expect(missing.message).toBe('the file "/nowhere/ca.pem" of the database URL cannot be read (ENOENT)');
  const path = on.path('empty.pem');
  writeFileSync(path, 'no certificate\n');
  const { code } = await on.fails('user list', over(on, [spelt.full, spelt.ca(path)], {}));
  expect(code).toBe('database-unusable');
});
