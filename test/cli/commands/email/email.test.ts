import { expect, test } from 'vitest';
import { minute, type Scene, scene } from '../../scene.ts';

const hour = 60 * minute;

interface Shown {
  username: string;
  email: string | null;
  emailVerifiedAt: string | null;
  version: number;
}

async function sceneWithAlice(): Promise<Scene> {
  const cli = await scene();
  await cli.json('user add alice --no-password --email alice@example.org');
  return cli;
}

const issue = async (cli: Scene) => (await cli.json<{ token: string }>('email issue alice')).token;
const verify = (cli: Scene, stdin: string) => cli.run('email verify --token-stdin', { stdin });
const shown = (cli: Scene) => cli.json<Shown>('user show alice');

const refused = {
  exitCode: 3,
  stdout: '',
  stderr:
    'error: token refused\nhint: it is unknown, has expired or was used; authctl email issue makes another\n',
};

test('a token verifies the address that it was issued for, once', async () => {
  const cli = await sceneWithAlice();
  expect((await shown(cli)).emailVerifiedAt).toBeNull();
  expect((await cli.run('user show alice')).stdout).toMatch(/^E-mail +alice@example\.org \(not verified\)$/m);
  const issued = await cli.json<{ token: string; email: string }>('email issue alice');
  expect(issued).toMatchObject({
    token: expect.stringMatching(/^authctl_email_[A-Za-z0-9_-]{43}$/),
    email: 'alice@example.org',
  });
  expect(cli.contents()).not.toContain(issued.token);
  expect(await verify(cli, issued.token)).toEqual({
    exitCode: 0,
    stdout: 'address "alice@example.org" of user "alice" verified\n',
    stderr: '',
  });
  expect(await shown(cli)).toMatchObject({ emailVerifiedAt: expect.stringMatching(/Z$/), version: 2 });
  expect((await cli.run('user show alice')).stdout).toMatch(
    /^E-mail +alice@example\.org \(verified \S+ \S+Z\)$/m,
  );
  expect(await verify(cli, issued.token)).toEqual(refused);
  expect((await cli.events('--user alice')).slice(1)).toMatchObject([
    { action: 'email.issue' },
    { action: 'email.verify', detail: { fields: ['emailVerifiedAt'] } },
  ]);
  // The token is gone with its use, so that nobody knows any more whose it was.
  expect((await cli.events('--action email.verify')).at(-1)).toMatchObject({
    ...{ outcome: 'refused', target: null, detail: { reason: 'unknown-token' } },
  });
});

test('in a table the token stands alone on standard output', async () => {
  const cli = await sceneWithAlice();
  const { stdout, stderr } = await cli.run('email issue alice --for 2h');
  expect(stdout).toMatch(/^authctl_email_[\w-]{43}\n$/);
  expect(stderr).toMatch(/^token for the address "alice@example\.org", good until \S+ \S+Z\n$/);
  cli.pass(2 * hour);
  expect(await verify(cli, stdout)).toEqual(refused);
});

test('a changed address is unverified, and no token of the old one verifies it', async () => {
  const cli = await sceneWithAlice();
  await verify(cli, await issue(cli));
  const { emailVerifiedAt } = await shown(cli);
  await cli.json('user set alice --first-name Alice --email Alice@Example.org');
  expect(await shown(cli)).toMatchObject({ email: 'Alice@Example.org', emailVerifiedAt });

  const token = await issue(cli);
  await cli.json('user set alice --email other@example.org');
  expect(await shown(cli)).toMatchObject({ email: 'other@example.org', emailVerifiedAt: null });
  expect((await cli.events('--limit 1'))[0]?.detail).toEqual({ fields: ['email', 'emailVerifiedAt'] });
  await cli.json('user set alice --email alice@example.org');
  expect(await verify(cli, token)).toEqual(refused);
  expect((await shown(cli)).emailVerifiedAt).toBeNull();
});

test('an import that changes the address makes it unverified', async () => {
  const cli = await sceneWithAlice();
  await verify(cli, await issue(cli));
  const line = 'user import - --on-conflict update --allow-no-password';
  const dump = (email: string, firstName: string) =>
    JSON.stringify([{ username: 'alice', email, firstName }]);
  await cli.json(line, { stdin: dump('alice@example.org', 'A') });
  expect((await shown(cli)).emailVerifiedAt).not.toBeNull();
  await cli.json(line, { stdin: dump('new@example.org', 'A') });
  expect(await shown(cli)).toMatchObject({ email: 'new@example.org', emailVerifiedAt: null });
});

test('a newer token, a deletion and time end a token; a lock does not', async () => {
  const cli = await sceneWithAlice();
  const old = await issue(cli);
  const token = await issue(cli);
  expect(await verify(cli, old)).toEqual(refused);
  await cli.json('user lock alice');
  expect((await verify(cli, token)).exitCode).toBe(0);

  const late = await issue(cli);
  cli.pass(24 * hour);
  expect(await verify(cli, late)).toEqual(refused);
  expect((await cli.events('--limit 1'))[0]).toMatchObject({
    ...{ action: 'email.verify', outcome: 'refused', targetName: 'alice' },
    detail: { reason: 'token-expired' },
  });
  const last = await issue(cli);
  await cli.json('user delete alice');
  expect(await verify(cli, last)).toEqual(refused);
  await cli.json('user restore alice');
  expect(await verify(cli, last)).toEqual(refused);
});

test('a token of another kind verifies nothing', async () => {
  const cli = await sceneWithAlice();
  const { token } = await cli.json<{ token: string }>('reset issue alice');
  for (const text of [token, token.replace('reset', 'email'), '']) {
    expect(await verify(cli, text)).toEqual(refused);
  }
});

test('a user without an address, or who is deleted, gets no token', async () => {
  const cli = await sceneWithAlice();
  await cli.json('user add bob --no-password');
  expect(await cli.fails('email issue bob')).toMatchObject({ exitCode: 4, code: 'no-email' });
  expect(await cli.fails('email issue nobody')).toMatchObject({ exitCode: 5 });
  await cli.json('user delete alice');
  expect(await cli.fails('email issue alice')).toMatchObject({ exitCode: 4, code: 'user-deleted' });
});
