import { timingSafeEqual } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { kdfSchemes } from '../../../src/hashing/kdf/schemes.ts';
import type { ParsedHash } from '../../../src/hashing/scheme.ts';
import vectors from '../../fixtures/hashes-kdf.json' with { type: 'json' };

function identify(text: string): { id: string; hash: ParsedHash } | undefined {
  for (const { id, parse } of kdfSchemes) {
    const hash = parse(text);
    if (hash) return { id, hash };
  }
  return undefined;
}

function parsed(text: string): ParsedHash {
  const found = identify(text);
  if (!found) throw new Error('no scheme takes the text');
  return found.hash;
}

async function verifies(hash: ParsedHash, password: string): Promise<boolean> {
  const digest = await hash.compute(password);
  return digest.length === hash.digest.length && timingSafeEqual(digest, hash.digest);
}

describe.each(vectors)('$format', ({ scheme, password, hash: text }) => {
  test('is taken by its scheme and by no other', () => {
    const owners = kdfSchemes.filter(({ parse }) => parse(text) !== undefined).map(({ id }) => id);

    expect(owners).toEqual([scheme]);
    expect(parsed(text).problem).toBeUndefined();
  });

  test('verifies its password and refuses another', async () => {
    const hash = parsed(text);

    expect(await verifies(hash, password)).toBe(true);
    expect(await verifies(hash, `${password}x`)).toBe(false);
  });

  test('keeps everything in its canonical text', () => {
    const hash = parsed(text);
    const again = identify(hash.text());

    expect(again?.id).toBe(scheme);
    expect(again?.hash.digest).toEqual(hash.digest);
    expect(again?.hash.parameters).toEqual(hash.parameters);
    expect(again?.hash.text()).toBe(hash.text());
  });

  test('can be kept with another digest, under which the password still computes the same', async () => {
    const hash = parsed(text);
    const other = new Uint8Array(hash.digest.length).fill(0x41);
    const again = identify(hash.text(other));

    expect(again?.id).toBe(scheme);
    expect(again?.hash.digest).toEqual(other);
    expect(again && Buffer.from(await again.hash.compute(password))).toEqual(Buffer.from(hash.digest));
  });

  test('shows no byte of salt or digest among its parameters', () => {
    for (const parameter of Object.values(parsed(text).parameters)) {
      expect(String(parameter)).toMatch(/^[a-z0-9.-]{1,14}$/);
    }
  });
});

test('no two schemes share an identifier', () => {
  const ids = kdfSchemes.map(({ id }) => id);

  expect(new Set(ids).size).toBe(ids.length);
});

test('every scheme has a vector', () => {
  const covered = new Set(vectors.map(({ scheme }) => scheme));

  expect(kdfSchemes.map(({ id }) => id).filter((id) => !covered.has(id))).toEqual([]);
});

test.each([
  'password',
  '5f4dcc3b5aa765d61d8327deb882cf99',
  'WdS5AWsAqoL/E',
  '_7C/.Pgnju1UeUUlpsCU',
  '$1$vkz8WswG$1qP/YBUudpWXiL21gnY8y1',
  '$apr1$0ORE7vSH$/yfRZlLigruXrRzImhyLZ1',
  '$5$saltsalt$gOjOtoMpVhru2uyjeJSEc/JaLQWOXMNmlOnj6T4AtC.',
  '$6$saltsalt$qFmFH.bQmmtXzyBY0s9v7Oicd2z4XSIecDzlB5KiA2/jctKu9YterLp8wwnSq.qc.eoxqOmSuNp2xS0ktL3nh/',
  '$7$CU..../....abcdefgh0123456789$9poPp09K5rFcqK9hD4R4OoCw8CEi1IWhwmV/EykustA',
  '$sha1$480000$8SeZzeL.$5FMekgvqfyzoV.QXcNjCH4JRdKG0',
  '$2b$10$UTEqfMONq1X/pVgV9Dvrp.W1rxBCBcwWgFWWGNgKv8ywFpi/p1vXm',
  '$argon2id$v=19$m=65536,t=3,p=4$IGQMofR+z9nbm5Pyfq81xg$Kewl0g/VGNOi3vBMALKKad39wxM1TvTmqefdfm1m2Ys',
  '{MD5}X03MO1qnZdYdgyfeuILPmQ==',
  '{SSHA}zrgnc1qyWREAuuZjL8KwMOg/X/+h1FrL',
  'sha1$3IX605kynNNz$ccdb77a39829cd742c209b2a1e6db6c561e4aa13',
  'md5$BoLvDxw56i9x$5ebf3592e0cedf8c264d6237ec19a1fd',
  'crypt$3V$3VE/9m1v35rTE',
  '!SFNVfICoLCuCazGAexSJihg1K2Vx6jxSW3l8LETW',
])('%s belongs to another family', (text) => {
  expect(identify(text)).toBeUndefined();
});

describe('hostile texts', () => {
  const parseAll = (text: string) => {
    for (const { parse } of kdfSchemes) {
      const hash = parse(text);
      if (hash) expect(typeof hash.text()).toBe('string');
    }
  };

  test('never make a parser throw', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), parseAll), { numRuns: 2000 });
  });

  test('damaged hashes never make a parser throw, and an accepted one keeps its text', () => {
    const texts = vectors.map(({ hash }) => hash);
    const damaged = fc
      .tuple(
        fc.constantFrom(...texts),
        fc.nat(),
        fc.nat({ max: 40 }),
        fc.string({ unit: 'binary', maxLength: 6 }),
      )
      .map(([text, at, length, insert]) => {
        const start = at % (text.length + 1);
        return text.slice(0, start) + insert + text.slice(start + length);
      });
    fc.assert(
      fc.property(damaged, (text) => {
        const found = identify(text);
        if (!found) return;
        const again = identify(found.hash.text());
        expect(again?.id).toBe(found.id);
        expect(again?.hash.digest).toEqual(found.hash.digest);
        expect(again?.hash.problem).toEqual(found.hash.problem);
      }),
      { numRuns: 5000 },
    );
  });

  test.each([
    ...new Set(vectors.map(({ hash }) => /^[^A-Za-z0-9]*[A-Za-z0-9-]+[^A-Za-z0-9]?/.exec(hash)?.[0] ?? '')),
  ])('after %j are read in linear time', (prefix) => {
    const started = performance.now();
    for (const filler of ['a', '0', '$', '=', '{', '{"a":', ',', ' ', 'a$', 'ä']) {
      parseAll(prefix + filler.repeat(200_000 / filler.length));
    }

    expect(performance.now() - started).toBeLessThan(3000);
  });
});
