import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { smix, type YescryptCost } from './yescrypt-smix.ts';

/**
 * yescrypt's 32 bytes for a password, as libxcrypt computes them
 * (https://github.com/openwall/yescrypt, yescrypt-ref.c). Runs on the calling thread.
 *
 * @param cost already bounded: the memory is 128 `n` `r` bytes
 */
export function yescryptKdf(password: Uint8Array, salt: Uint8Array, cost: YescryptCost): Uint8Array {
  const { mode, n, r, p } = cost;
  const share = Math.floor(n / p);
  if (mode !== 'rw' || share < 0x100 || share * r < 0x20000) return run(password, salt, cost, false);
  // Large costs are preceded by a run with a 64th of the memory, so that a wrong allocation fails early.
  const prehashed = run(password, salt, { ...cost, n: n / 64, t: 0 }, true);
  return run(prehashed, salt, cost, false);
}

function run(password: Uint8Array, salt: Uint8Array, cost: YescryptCost, prehash: boolean): Uint8Array {
  const { mode, r, p } = cost;
  const label = prehash ? 'yescrypt-prehash' : 'yescrypt';
  let key = mode === 'classic' ? password : hmac(label, password);
  const bytes = pbkdf2Sync(key, salt, 1, 128 * r * p, 'sha256');
  if (mode !== 'classic') key = Uint8Array.from(bytes.subarray(0, 32));

  const blocks = wordsOf(bytes);
  smix(blocks, cost, () => {
    key = hmac(bytesOf(blocks.subarray(32 * r - 16, 32 * r)), key);
  });
  const derived = pbkdf2Sync(key, bytesOf(blocks), 1, 32, 'sha256');
  if (mode === 'classic' || prehash) return Uint8Array.from(derived);
  // As in SCRAM (RFC 5802): what is stored is the digest of a client key.
  return Uint8Array.from(createHash('sha256').update(hmac(derived, 'Client Key')).digest());
}

function hmac(key: string | Uint8Array, message: string | Uint8Array): Uint8Array {
  return createHmac('sha256', key).update(message).digest();
}

// yescrypt's words are little-endian whatever the machine's are.
function wordsOf(bytes: Uint8Array): Int32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Int32Array.from({ length: bytes.length / 4 }, (_, i) => view.getInt32(i * 4, true));
}

function bytesOf(words: Int32Array): Uint8Array {
  const bytes = new Uint8Array(words.length * 4);
  const view = new DataView(bytes.buffer);
  for (const [i, word] of words.entries()) view.setInt32(i * 4, word, true);
  return bytes;
}
