import { createHash } from 'node:crypto';

/** Hash before the first event. */
export const chainStart = '0'.repeat(64);

const label = Buffer.from('authctl-audit-v1\0', 'latin1');

/**
 * The hash of an event, in lower-case hex:
 * SHA-256("authctl-audit-v1" ‖ 0 ‖ seq as 8 bytes, big-endian ‖ 32 bytes of the previous hash ‖ payload in UTF-8).
 */
export function auditHash(seq: number, previousHash: string, payload: string): string {
  const head = Buffer.alloc(label.length + 8 + 32);
  label.copy(head);
  head.writeBigUInt64BE(BigInt(seq), label.length);
  head.write(previousHash, label.length + 8, 'hex');
  return createHash('sha256').update(head).update(payload, 'utf8').digest('hex');
}
