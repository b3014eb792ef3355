import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DigestInput, inputBytes, type Part } from '../../../src/hashing/digest/input.ts';
import { expressionText, parseExpression } from '../../../src/hashing/digest/input-expression.ts';
import { parseTemplate, templateText } from '../../../src/hashing/digest/input-template.ts';
import { encodeBase64, utf8 } from '../../../src/hashing/primitives/encoding.ts';

const pf = (text: string) => `pf=${encodeBase64(utf8(text))}`;
const salt = utf8('NaCl');

function bytesOf(input: DigestInput | undefined, password: string): string | undefined {
  return input && Buffer.from(inputBytes(input, password, salt)).toString('latin1');
}

describe('parseTemplate', () => {
  test.each([
    ['{SALT}{PASSWORD}', 'NaClpw'],
    ['{PASSWORD}{SALT}$?', 'pwNaCl$?'],
    ['{{SALT}}-{PASSWORD}-{PASSWORD}', '{NaCl}-pw-pw'],
    ['{salt}{PASSWORD}', '{salt}pw'],
  ])('%s', (template, expected) => {
    expect(bytesOf(parseTemplate(pf(template)), 'pw')).toBe(expected);
  });

  test('inserted text is not searched for placeholders again', () => {
    expect(bytesOf(parseTemplate(pf('{PASSWORD}{SALT}')), '{SALT}')).toBe('{SALT}NaCl');
  });

  test('keeps bytes that are not UTF-8', () => {
    const field = `pf=${encodeBase64(Buffer.from('\xff{PASSWORD}', 'latin1'))}`;
    const input = parseTemplate(field);

    expect(bytesOf(input, 'pw')).toBe('\xffpw');
    expect(input && templateText(input)).toBe(field);
  });

  test.each([
    ['no password', pf('{SALT}')],
    ['nothing', 'pf='],
    ['not base64', 'pf=e1NB*'],
    ['another name', `xx=${encodeBase64(utf8('{PASSWORD}'))}`],
    ['too long', pf(`{PASSWORD}${'x'.repeat(1100)}`)],
    ['a bad expression', `ex=${encodeBase64(utf8('password+'))}`],
    ['an expression that decodes its salt', `ex=${encodeBase64(utf8('password+unhex(salt)'))}`],
    ['an expression without password', `ex=${encodeBase64(utf8('salt'))}`],
  ])('%s is none', (_, field) => {
    expect(parseTemplate(field)).toBeUndefined();
  });
});

describe('templateText', () => {
  test.each([
    ['password+salt', pf('{PASSWORD}{SALT}')],
    ["password+'{'+salt+'}'", pf('{PASSWORD}{{SALT}}')],
    ["'{SALT}'+password", `ex=${encodeBase64(utf8("'{SALT}'+password"))}`],
    ["'{SA'+'LT}'+password", `ex=${encodeBase64(utf8("'{SA'+'LT}'+password"))}`],
    ['utf16le(password)', `ex=${encodeBase64(utf8('utf16le(password)'))}`],
    ['md5(password+md5(salt))', `ex=${encodeBase64(utf8('md5(password+md5(salt))'))}`],
  ])('%s', (expression, field) => {
    expect(templateText(parseExpression(expression).input)).toBe(field);
  });

  test('gives back an input that makes the same bytes', () => {
    const quoted = fc
      .oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('{SALT}', '{PASS', 'WORD}', '{'))
      .filter((text) => !text.includes("'") || !text.includes('"'));
    const { input } = fc.letrec<{ input: DigestInput; part: Part }>((tie) => ({
      input: fc.array(tie('part'), { minLength: 1, maxLength: 3 }),
      part: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom<Part>({ kind: 'salt' }, { kind: 'password', encoding: 'utf8' }),
        fc.constant<Part>({ kind: 'password', encoding: 'utf16le' }),
        quoted.map((text): Part => ({ kind: 'literal', bytes: utf8(text) })),
        tie('input').map((parts): Part => ({ kind: 'digest', digest: 'md5', parts })),
      ),
    }));

    fc.assert(
      fc.property(input, fc.string({ unit: 'grapheme' }), (parts, password) => {
        const whole: DigestInput = [{ kind: 'password', encoding: 'utf8' }, ...parts];
        fc.pre(expressionText(whole).length <= 256);

        expect(bytesOf(parseTemplate(templateText(whole)), password)).toBe(bytesOf(whole, password));
      }),
    );
  });
});
