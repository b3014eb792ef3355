import { hash } from 'node:crypto';

/** Stands for the previous hash of the first event. */
export const chainStart = '0'.repeat(64);

const label = Buffer.from('authctl-audit-v1\0', 'latin1');
const headBytes = label.length + 8 + 32;

/**
 * The hash of an event, in lower-case hex:
 * SHA-256("authctl-audit-v1" ‖ 0 ‖ seq as 8 bytes, big-endian ‖ 32 bytes of the previous hash ‖ payload in UTF-8).
 */
export function auditHash(seq: number, previousHash: string, payload: string): string {
  const input = Buffer.allocUnsafe(headBytes + Buffer.byteLength(payload, 'utf8'));
  label.copy(input);
  input.writeBigUInt64BE(BigInt(seq), label.length);
  input.write(previousHash, label.length + 8, 'hex');
  input.write(payload, headBytes, 'utf8');
  return hash('sha256', input, 'hex');
}
