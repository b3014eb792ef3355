import { execFileSync, spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cryptSchemes } from '../../../src/hashing/crypt/schemes.ts';
import type { ParsedHash } from '../../../src/hashing/scheme.ts';

const alphabet = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const has = (program: string) => !spawnSync(program, ['--version']).error;
/** perl's crypt is the C library's; musl's and macOS's know a few schemes only. */
const libxcrypt = has('perl') && crypt([['x', '$y$j75$']])[0]?.startsWith('$y$') === true;

/** crypt(3) of each password and setting; `*0` or nothing where it refuses. */
function crypt(cases: readonly (readonly [password: string, setting: string])[]): string[] {
  const script = `while (<STDIN>) { chomp; my ($p, $s) = map { pack('H*', $_) } split(/,/, $_, -1);
    my $h = crypt($p, $s); print defined($h) ? $h : '', "\\n"; }`;
  const hex = (text: string) => Buffer.from(text, 'utf8').toString('hex');
  const input = cases.map(([password, setting]) => `${hex(password)},${hex(setting)}\n`).join('');
  return execFileSync('perl', ['-e', script], { input, encoding: 'utf8' }).split('\n').slice(0, -1);
}

function parse(text: string): { id: string; hash: ParsedHash } | undefined {
  for (const { id, parse } of cryptSchemes) {
    const hash = parse(text);
    if (hash) return { id, hash };
  }
  return undefined;
}

const text64 = (min: number, max: number) =>
  fc
    .array(fc.constantFrom(...alphabet), { minLength: min, maxLength: max })
    .map((characters) => characters.join(''));
const password = fc.oneof(
  fc.constantFrom('', 'a', 'password', '12345678', '123456789', 'ä', '密码', '😀'.repeat(20)),
  fc.string({ unit: 'grapheme-ascii', maxLength: 24 }),
  fc.string({ unit: 'grapheme-ascii', minLength: 50, maxLength: 200 }),
  fc.string({ unit: 'binary', maxLength: 50 }).map((text) => text.replaceAll('\0', 'x')),
);
const digitsOf = (value: number, count: number) =>
  Array.from({ length: count }, (_, i) => alphabet[Math.floor(value / 64 ** i) % 64]).join('');

/** A number as yescrypt writes it, for the values of one and two characters. */
function yescryptNumber(value: number): string {
  if (value < 48) return alphabet[value] ?? '';
  return `${alphabet[48 + Math.floor((value - 48) / 64)]}${alphabet[(value - 48) % 64]}`;
}

const yescryptSetting = fc
  .record({
    flavour: fc.constantFrom('j', 'j', 'j', '.', '/'),
    logN: fc.integer({ min: 1, max: 9 }),
    r: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constantFrom(32, 49, 64, 70)),
    p: fc.constantFrom(1, 1, 1, 2, 3, 5),
    t: fc.constantFrom(0, 0, 1, 2, 3, 5),
    g: fc.constantFrom(0, 0, 0, 0, 0, 0, 1),
    salt: fc.oneof(
      text64(0, 86),
      text64(7, 7).map((salt) => `${salt}.`),
    ),
  })
  .map(({ flavour, logN, r, p, t, g, salt }) => {
    const have = (p > 1 ? 1 : 0) | (t > 0 ? 2 : 0) | (g > 0 ? 4 : 0);
    const more = [have - 1, ...(p > 1 ? [p - 2] : []), ...(t > 0 ? [t - 1] : []), ...(g > 0 ? [g - 1] : [])];
    const numbers = [logN - 1, r - 1, ...(have > 0 ? more : [])];
    return `${flavour}${numbers.map(yescryptNumber).join('')}$${salt}`;
  });

const shaSetting = (prefix: string) =>
  fc
    .tuple(
      fc.option(fc.integer({ min: 1000, max: 3000 })),
      fc.array(fc.constantFrom(...alphabet, ...'+=,_-@#%^&()~'), { maxLength: 20 }),
    )
    .map(([rounds, salt]) => `${prefix}${rounds === null ? '' : `rounds=${rounds}$`}${salt.join('')}`);

const settings: Record<string, fc.Arbitrary<string>> = {
  'md5-crypt': text64(0, 10).map((salt) => `$1$${salt}`),
  'sha256-crypt': shaSetting('$5$'),
  'sha512-crypt': shaSetting('$6$'),
  'sha1-crypt': fc.tuple(fc.nat(300), text64(1, 64)).map(([rounds, salt]) => `$sha1$${rounds}$${salt}`),
  'sun-md5-crypt': fc
    .tuple(
      fc.constantFrom('$', ','),
      fc.option(fc.integer({ min: 1, max: 500 })),
      text64(0, 20),
      fc.constantFrom('', '$', '$$'),
    )
    .map(
      ([mark, rounds, salt, end]) => `$md5${mark}${rounds === null ? '' : `rounds=${rounds}$`}${salt}${end}`,
    ),
  'des-crypt': text64(2, 2),
  'bsdi-crypt': fc.tuple(text64(1, 1), text64(4, 4)).map(([rounds, salt]) => `_${rounds}...${salt}`),
  'scrypt-crypt': fc
    .tuple(
      fc.integer({ min: 1, max: 10 }),
      fc.integer({ min: 0, max: 9 }),
      fc.integer({ min: 0, max: 4 }),
      text64(0, 40),
    )
    .map(([logN, r, p, salt]) => `$7$${alphabet[logN]}${digitsOf(r, 5)}${digitsOf(p, 5)}${salt}`),
  yescrypt: yescryptSetting.map((setting) => `$y$${setting}`),
  'gost-yescrypt': yescryptSetting.map((setting) => `$gy$${setting}`),
};

/** What libxcrypt refuses must not be computed here either; the digest is made up. */
function expectUnsupported(id: string, setting: string): void {
  if (!id.endsWith('yescrypt')) return;
  const made = parse(`${setting}${setting.endsWith('$') ? '' : '$'}${'.'.repeat(43)}`);
  if (made) expect(made.hash.problem?.code, setting).toBe('unsupported');
}

describe.skipIf(!libxcrypt)('against libxcrypt by perl', () => {
  test.each(Object.entries(settings))('%s', async (id, setting) => {
    const cases = fc.sample(fc.tuple(password, setting), {
      numRuns: 60,
      seed: Number(process.env.SEED ?? 1),
    });
    const outputs = crypt(cases);
    const wrong = cases.map(([right]) => `x${right}`);
    let verified = 0;
    for (const [i, output] of outputs.entries()) {
      const [right = '', setting = ''] = cases[i] ?? [];
      if (output === '' || output.startsWith('*')) {
        expectUnsupported(id, setting);
        continue;
      }
      const found = parse(output);
      if (!found) throw new Error(`${output} is not taken`);
      expect(found.id).toBe(id);
      expect(found.hash.problem, output).toBeUndefined();
      const computed = await found.hash.compute(right);
      expect(found.hash.text(computed), `${JSON.stringify(cases[i])}`).toBe(output);
      expect(await found.hash.compute(wrong[i] ?? ''), output).not.toEqual(found.hash.digest);
      verified += 1;
    }
    expect(verified).toBeGreaterThan(20);
  });

  test('nt, for ASCII', async () => {
    const ascii = fc.string({ unit: 'grapheme-ascii', maxLength: 100 });
    const cases = fc.sample(
      ascii.map((text) => [text, '$3$'] as const),
      { numRuns: 40, seed: 1 },
    );
    for (const [i, output] of crypt(cases).entries()) {
      const found = parse(output);
      expect(await found?.hash.compute(cases[i]?.[0] ?? ''), output).toEqual(found?.hash.digest);
    }
  });

  // Prehashing starts where N r / p is 2^17, as in every cost of libxcrypt's own from 5 on.
  test.each([
    ['$y$j75$abcdefgh', 1024, 8],
    ['$y$j85$abcdefgh', 2048, 8],
    ['$y$j7T$abcdefgh', 1024, 32],
    ['$y$j8T$abcdefgh', 2048, 32],
    ['$y$j9T$abcdefgh', 4096, 32],
    ['$y$jAT$abcdefgh', 8192, 32],
    ['$y$jAT..$abcdefgh', 8192, 32],
    ['$y$j9T//$abcdefgh', 4096, 32],
    ['$gy$jAT$abcdefgh', 8192, 32],
    ['$7$CU..../....abcdefgh', 16384, 32],
    ['$7$E/..../....abcdefgh', 65536, 1],
  ])('%s', async (setting, n, r) => {
    const [output = ''] = crypt([['pässword', setting]]);
    const found = parse(output);

    expect(found?.hash.parameters).toMatchObject({ N: n, r });
    expect(await found?.hash.compute('pässword')).toEqual(found?.hash.digest);
  });
});

describe.skipIf(!has('mkpasswd'))('against mkpasswd', () => {
  test.each([
    ['yescrypt', 'yescrypt'],
    ['gost-yescrypt', 'gost-yescrypt'],
    ['scrypt', 'scrypt-crypt'],
    ['sha512crypt', 'sha512-crypt'],
    ['sha256crypt', 'sha256-crypt'],
    ['sunmd5', 'sun-md5-crypt'],
    ['md5crypt', 'md5-crypt'],
    ['bsdicrypt', 'bsdi-crypt'],
    ['descrypt', 'des-crypt'],
    ['nt', 'nt'],
  ])('-m %s', async (method, id) => {
    const output = execFileSync('mkpasswd', ['--stdin', '-m', method], {
      input: 'Tr0ub4dor&3',
      encoding: 'utf8',
    });
    const found = parse(output.trim());

    expect(found?.id).toBe(id);
    expect(found?.hash.text()).toBe(output.trim());
    expect(await found?.hash.compute('Tr0ub4dor&3')).toEqual(found?.hash.digest);
    expect(await found?.hash.compute('Tr0ub4d0r&3')).not.toEqual(found?.hash.digest);
  });
});

describe.skipIf(!has('openssl'))('against openssl passwd', () => {
  test('-apr1', async () => {
    const cases = fc.sample(fc.tuple(fc.string({ minLength: 1, maxLength: 40 }), text64(1, 8)), {
      numRuns: 10,
      seed: 1,
    });
    for (const [secret, salt] of cases) {
      const output = execFileSync('openssl', ['passwd', '-apr1', '-salt', salt, '-stdin'], {
        input: `${secret}\n`,
        encoding: 'utf8',
      });
      const found = parse(output.trim());
      expect(found?.id).toBe('apr1');
      expect(await found?.hash.compute(secret), output).toEqual(found?.hash.digest);
    }
  });
});
