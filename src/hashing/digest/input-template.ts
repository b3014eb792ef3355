import { decodeBase64, encodeBase64, utf8 } from '../primitives/encoding.ts';
import { type DigestInput, type Part, passwordPart, saltPart, usesPassword } from './input.ts';
import { BadExpression, expressionText, parseExpression } from './input-expression.ts';

// Each placeholder of a template is replaced by the whole password: the bound keeps a hostile template cheap.
const maxBytes = 1024;
const placeholder = /(\{SALT\}|\{PASSWORD\})/;

/**
 * Reads the third field of Kratos's salted digests, `pf=` and the base64 of a text in which `{SALT}` and
 * `{PASSWORD}` are replaced, once and from left to right; or `ex=` and the base64 of an expression, authctl's
 * own spelling for what a Kratos template cannot say. `undefined` when it is neither.
 *
 * https://github.com/ory/kratos/blob/master/hash/hash_comparator.go
 */
export function parseTemplate(field: string): DigestInput | undefined {
  const bytes = decodeBase64(field.slice(3));
  if (!bytes || bytes.length > maxBytes) return undefined;
  if (field.startsWith('pf=')) return placeholders(bytes);
  if (field.startsWith('ex=')) return expression(bytes);
  return undefined;
}

function placeholders(bytes: Uint8Array): DigestInput | undefined {
  // Latin-1 keeps every byte of a template that need not be UTF-8.
  const pieces = Buffer.from(bytes).toString('latin1').split(placeholder);
  const input = pieces.filter((piece) => piece !== '').map(placeholderPart);
  return usesPassword(input) ? input : undefined;
}

function placeholderPart(piece: string): Part {
  if (piece === '{SALT}') return saltPart;
  if (piece === '{PASSWORD}') return passwordPart;
  return { kind: 'literal', bytes: new Uint8Array(Buffer.from(piece, 'latin1')) };
}

function expression(bytes: Uint8Array): DigestInput | undefined {
  try {
    const { input, saltEncoding } = parseExpression(new TextDecoder().decode(bytes));
    return saltEncoding === 'text' && usesPassword(input) ? input : undefined;
  } catch (error) {
    if (error instanceof BadExpression) return undefined;
    throw error;
  }
}

/**
 * The field for an input: Kratos's `pf=` wherever that can say it, else `ex=`, which only an input that came
 * from an expression needs.
 */
export function templateText(input: DigestInput): string {
  const pieces = input.map(placeholderText);
  const bytes = Buffer.from(pieces.join(''), 'latin1');
  // Quoted text of an expression may hold, or join into, what Kratos would take for a placeholder.
  const meant = input.filter((part) => part.kind !== 'literal').length;
  const read = placeholders(bytes)?.filter((part) => part.kind !== 'literal').length;
  if (pieces.includes(undefined) || read !== meant || bytes.length > maxBytes) {
    return `ex=${encodeBase64(utf8(expressionText(input)))}`;
  }
  return `pf=${encodeBase64(bytes)}`;
}

function placeholderText(part: Part): string | undefined {
  if (part.kind === 'salt') return '{SALT}';
  if (part.kind === 'password') return part.encoding === 'utf8' ? '{PASSWORD}' : undefined;
  if (part.kind === 'digest') return undefined;
  return Buffer.from(part.bytes).toString('latin1');
}
