import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testCli } from '../../../../cli.ts';

interface Vector {
  format: string;
  password: string;
  hash: string;
  note?: string;
}

const vectors: Vector[] = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../../fixtures', 'hash-vectors.json'), 'utf8'),
);

/** The `--hash-format` for hashes that do not describe themselves; the salt is in the vector's note or format. */
const formats: Record<string, string> = {
  'django md5': 'django',
  'passlib django_salted_sha1': 'django',
  'passlib django_salted_md5': 'django',
  'passlib nthash': 'nt',
  'passlib mysql323': 'mysql323',
  'passlib hex_md5': 'md5',
  'passlib hex_sha1': 'sha1',
  'passlib hex_sha256': 'sha256',
  'passlib hex_sha512': 'sha512',
  'passlib ldap_plaintext': 'plaintext',
  'passlib plaintext': 'plaintext',
  'Firebase scrypt': 'firebase-scrypt',
  'better-auth scrypt': 'better-auth',
};

/** Hashes that nobody can log in with, and why their row is rejected; `undefined` if the user comes in without one. */
const refused: Record<string, string | undefined> = {
  'django unusable': undefined,
  // 32 hexadecimal digits could be NT or MD5, too.
  'passlib lmhash': 'ambiguous-hash',
};

/** Formats whose scheme ignores a part of the password: what was typed need not be all of it. */
const ignoring = /des_crypt|bsdi_crypt|mysql323|crypt DES/;

const firebaseParams = {
  base64_signer_key:
    'jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==',
  base64_salt_separator: 'Bw==',
  rounds: 8,
  mem_cost: 14,
};

/** A row of a dump, and the `--hash-format` that it needs. */
function row({ format, hash }: Vector): { fields: Record<string, string>; hashFormat: string | undefined } {
  const keyed = /^hmac-(\w+)\(key=NaCl,pw\)/.exec(format);
  const salted = /^(\w+)\((salt\.pw|pw\.salt)\) hex/.exec(format);
  const fields = { username: 'someone', passwordHash: hash };
  if (keyed) return { fields: { ...fields, salt: 'NaCl' }, hashFormat: `hmac-${keyed[1]}:salt` };
  if (salted) {
    const order = salted[2] === 'salt.pw' ? 'salt+password' : 'password+salt';
    return { fields: { ...fields, salt: 'NaCl' }, hashFormat: `${salted[1]}:${order}` };
  }
  if (format === 'Firebase scrypt')
    return { fields: { ...fields, salt: '42xEC+ixf3L2lw==' }, hashFormat: formats[format] };
  return { fields, hashFormat: formats[format] };
}

test.each(vectors)('$format: comes in, logs in, and is current afterwards', async (vector) => {
  const cli = await testCli();
  const { fields, hashFormat } = row(vector);
  const dump = join(cli.folder, 'dump.json');
  const params = join(cli.folder, 'firebase.json');
  writeFileSync(dump, JSON.stringify([fields]), { mode: 0o600 });
  writeFileSync(params, JSON.stringify(firebaseParams));
  const importLine = ['user', 'import', dump, '--json', '--format', 'json', '--firebase-params', params];
  const imported = await cli.run(
    hashFormat === undefined ? importLine : [...importLine, '--hash-format', hashFormat],
  );
  const report = JSON.parse(imported.stdout);

  if (vector.format in refused) {
    expect(report.rejects.map((reject: { code: string }) => reject.code)).toEqual(
      [refused[vector.format]].filter((code) => code !== undefined),
    );
    expect((await cli.run('user login someone --password-stdin', { stdin: vector.password })).exitCode).toBe(
      3,
    );
    return;
  }
  expect(report).toMatchObject({ created: 1, rejected: 0 });
  // Something is put before the password, not after it: DES ignores everything after eight characters.
  const wrong = await cli.run('user login someone --password-stdin', { stdin: `x${vector.password}` });
  expect(wrong.exitCode).toBe(3);
  const right = await cli.run('user login someone --password-stdin --json', { stdin: vector.password });
  expect(right.stderr).toBe('');
  const scheme = ignoring.test(vector.format) ? 'wrapped' : 'bcrypt';
  expect(JSON.parse(right.stdout).user).toMatchObject({ passwordScheme: scheme, failedAttempts: 0 });
  expect((await cli.run('user login someone --password-stdin', { stdin: vector.password })).exitCode).toBe(0);
});

test('nothing is guessed: a hash that may be several things names the answers', async () => {
  const cli = await testCli();
  const dump = join(cli.folder, 'dump.csv');
  const rows = vectors.filter(({ format }) => formats[format] && !format.includes('plaintext'));
  writeFileSync(dump, `username,hash\n${rows.map(({ hash }, index) => `user${index},${hash}`).join('\n')}\n`);
  const rejects = join(cli.folder, 'rejects.csv');
  const seen = await cli.run(['user', 'import', dump, '--json', '--rejects', rejects]);
  expect(seen.exitCode).toBe(10);
  const lines = readFileSync(rejects, 'utf8').trim().split('\n').slice(1);
  expect(lines).toHaveLength(rows.length);
  for (const line of lines) expect(line).toMatch(/ambiguous-hash|unknown-hash/);
});
