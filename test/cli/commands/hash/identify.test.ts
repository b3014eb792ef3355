import { describe, expect, test } from 'vitest';
import { scene } from '../../scene.ts';

interface Possible {
  scheme: string;
  parameters: Record<string, string | number>;
  strength: string;
  hashFormat: string | null;
  needsSalt: boolean;
  problem: string | null;
}

const sha256 = '2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b';
const md5 = '5f4dcc3b5aa765d61d8327deb882cf99';

describe('hash identify', () => {
  test.each([
    ['$2y$12$eImiTXuWVxfM37uY4JANjOL.oTxqp7WylW7FCzx2Lc7VLmdJIddZq', 'bcrypt', { cost: 12 }, 'good'],
    ['$2a$04$eImiTXuWVxfM37uY4JANjOL.oTxqp7WylW7FCzx2Lc7VLmdJIddZq', 'bcrypt', { cost: 4 }, 'weak'],
    ['{SSHA}zrgnc1qyWREAuuZjL8KwMOg/X/+h1FrL', 'ldap-ssha', {}, 'fast'],
    ['{ssha}zrgnc1qyWREAuuZjL8KwMOg/X/+h1FrL', 'ldap-ssha', {}, 'fast'],
    ['{CRYPT}$1$vkz8WswG$1qP/YBUudpWXiL21gnY8y1', 'md5-crypt', {}, 'weak'],
    ['{noop}swordfish', 'spring-noop', {}, 'none'],
  ])('%s is told by itself', async (hash, scheme, parameters, strength) => {
    const { json, secret } = await scene({ migrated: false });
    const answer = await json<Possible[]>('hash identify --stdin', { stdin: `${secret(hash)}\n` });
    expect(answer).toEqual([
      expect.objectContaining({
        scheme,
        parameters: expect.objectContaining(parameters),
        strength,
        problem: null,
      }),
    ]);
    expect(answer[0]).toMatchObject({ hashFormat: null, needsSalt: false });
  });

  test('needs neither a database nor --stdin where there is no terminal, and shows people a table', async () => {
    const { run, secret } = await scene({ migrated: false });
    const seen = await run('hash identify', { stdin: secret('{SSHA}zrgnc1qyWREAuuZjL8KwMOg/X/+h1FrL') });
    expect(seen).toMatchObject({ exitCode: 0, stderr: '' });
    expect(seen.stdout).toMatch(/SCHEME +TITLE.*\n.*ldap-ssha +\{SSHA\} \(LDAP\) +fast/);
  });

  test.each([
    [md5, ['md5', 'nt', 'md5:password+salt', 'md5:salt+password', 'md5:md5(password)+salt', 'hmac-md5:salt']],
    [sha256, ['sha256', 'sha256:password+salt', 'sha256:salt+password', 'hmac-sha256:salt']],
    [`sha1$abc$${'0'.repeat(40)}`, ['django', 'werkzeug']],
    [`${sha256}:pepper`, ['sha256:password+salt', 'sha256:salt+password', 'hmac-sha256:salt']],
    ['5d2e19393cc5ef67', ['mysql323']],
  ])('%s is ambiguous, and every answer is a --hash-format that settles it', async (hash, formats) => {
    const { json, run, secret } = await scene({ migrated: false });
    const stdin = secret(hash);
    const possible = await json<Possible[]>('hash identify --stdin', { stdin });
    expect(possible.map(({ hashFormat }) => hashFormat)).toEqual(formats);
    for (const one of possible) {
      expect(one).toMatchObject({ strength: 'fast', problem: null });
      expect(one.needsSalt).toBe(/salt/.test(one.hashFormat ?? '') && !hash.includes(':'));
      const settled = ['hash', 'identify', '--stdin', '--json', '--hash-format', one.hashFormat ?? ''];
      expect(JSON.parse((await run(settled, { stdin })).stdout)).toEqual([one]);
    }
    const seen = await run('hash identify --stdin', { stdin });
    expect(seen.exitCode).toBe(0);
    expect(seen.stderr).toBe(possible.length > 1 ? 'the hash does not say which of these it is\n' : '');
  });

  test('a cost above the bound is reported with the scheme', async () => {
    const { json, secret } = await scene({ migrated: false });
    const stdin = secret('$2b$20$eImiTXuWVxfM37uY4JANjOL.oTxqp7WylW7FCzx2Lc7VLmdJIddZq');
    const [possible] = await json<Possible[]>('hash identify --stdin', { stdin });
    expect(possible).toMatchObject({ scheme: 'bcrypt', parameters: { cost: 20 } });
    expect(possible?.problem).toContain('above the bound of 15');
  });

  test.each(['!', '*', '!!', '*LK*', '!$6$saltsalt$locked'])('%s is nobody’s password', async (stdin) => {
    const { run, json } = await scene({ migrated: false });
    expect(await json('hash identify --stdin', { stdin })).toEqual([]);
    expect(await run('hash identify --stdin', { stdin })).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: 'no password matches it: it marks a user without one\n',
    });
  });

  test.each([
    ['correct horse', 4, 'unknown-hash'],
    ['$2x$12$eImiTXuWVxfM37uY4JANjOL.oTxqp7WylW7FCzx2Lc7VLmdJIddZq', 4, 'unsupported-hash'],
    ['', 2, 'usage'],
    ['\n', 2, 'usage'],
    [Buffer.from([0x24, 0xff]), 4, 'unknown-hash'],
    ['x'.repeat(70_000), 4, 'unknown-hash'],
  ])('what is no hash: %.20s', async (stdin, exitCode, code) => {
    const { fails, secret } = await scene({ migrated: false });
    if (typeof stdin === 'string' && stdin.length > 1) secret(stdin);
    expect(await fails('hash identify --stdin', { stdin })).toMatchObject({ exitCode, code });
  });

  test('a hash on the command line is refused, with the way that is safe', async () => {
    const { fails } = await scene({ migrated: false });
    const error = await fails('hash identify {SSHA}zrgnc1qyWREAuuZjL8KwMOg/X/+h1FrL');
    expect(error).toMatchObject({
      exitCode: 2,
      code: 'usage',
      hint: expect.stringContaining('standard input'),
    });
    expect(JSON.stringify(error)).not.toContain('zrgnc1');
  });

  test.each([
    ['--hash-format sha3', 2, 'usage'],
    ['--hash-format nt', 4, 'unknown-hash'],
  ])('%s does not go with every hash', async (option, exitCode, code) => {
    const { fails } = await scene({ migrated: false });
    expect(await fails(`hash identify --stdin ${option}`, { stdin: 'no-hash' })).toMatchObject({
      exitCode,
      code,
    });
  });
});

describe('hash schemes', () => {
  test('lists the registry, without a database', async () => {
    const { json, run } = await scene({ migrated: false });
    const schemes = await json<{ scheme: string; title: string; newPasswords: boolean }[]>('hash schemes');
    expect(schemes.length).toBeGreaterThan(70);
    expect(new Set(schemes.map(({ scheme }) => scheme)).size).toBe(schemes.length);
    expect(schemes.filter(({ newPasswords }) => newPasswords).map(({ scheme }) => scheme)).toEqual([
      'bcrypt',
      'bcrypt-sha256',
      'argon2id',
    ]);
    expect(schemes.map(({ scheme }) => scheme)).toEqual(
      expect.arrayContaining(['yescrypt', 'wrapped', 'plaintext']),
    );
    expect((await run('hash schemes -o ids')).stdout.split('\n').slice(0, -1)).toEqual(
      schemes.map(({ scheme }) => scheme),
    );
    expect((await run('hash schemes')).stdout).toMatch(/^SCHEME +TITLE +NEW PASSWORDS\nbcrypt +.* yes\n/);
  });
});
