import { expect, test } from 'vitest';
import { hmacStreebog256, streebog256, streebog512 } from '../../../src/hashing/primitives/streebog.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
/** RFC 6986 prints numbers, so messages and digests stand there backwards. */
const backwards = (text: string) => Buffer.from(text.replaceAll(/\s/g, ''), 'hex').reverse();

// RFC 6986, sections 10.1 and 10.2.
const m1 = backwards(`323130393837363534333231303938373635343332313039383736353433323130
  393837363534333231303938373635343332313039383736353433323130`);
const m2 = backwards(`fbe2e5f0eee3c820fbeafaebef20fffbf0e1e0f0f520e0ed20e8ece0ebe5f0f2f120
  fff0eeec20f120faf2fee5e2202ce8f6f3ede220e8e6eee1e8f0f2d1202ce8f0f2e5e220e5d1`);

test.each([
  [
    m1,
    `486f64c1917879417fef082b3381a4e211c324f074654c38823a7b76f830ad00
     fa1fbae42b1285c0352f227524bc9ab16254288dd6863dccd5b9f54a1ad0541b`,
    '00557be5e584fd52a449b16b0251d05d27f94ab76cbaa6da890b59d8ef1e159d',
  ],
  [
    m2,
    `28fbc9bada033b1460642bdcddb90c3fb3e56c497ccd0f62b8a2ad4935e85f03
     7613966de4ee00531ae60f3b5a47f8dae06915d5f2f194996fcabf2622e6881e`,
    '508f7e553c06501d749a66fc28c6cac0b005746d97537fa85d9e40904efed29d',
  ],
])('Streebog gives the digests of RFC 6986', (message, long, short) => {
  expect(hex(streebog512(message))).toBe(hex(backwards(long)));
  expect(hex(streebog256(message))).toBe(hex(backwards(short)));
});

test('HMAC with Streebog gives the value of RFC 7836', () => {
  const key = Uint8Array.from({ length: 32 }, (_, i) => i);
  const message = Buffer.from('0126bdb87800af214341456563780100', 'hex');

  expect(hex(hmacStreebog256(key, message))).toBe(
    'a1aa5f7de402d7b3d323f2991c8d4534013137010a83754fd0af6d7cd4922ed9',
  );
});
