import { decodeBase64Url, encodeBase64 } from '../primitives/encoding.ts';

/** The "password hash parameters" of a Firebase project: no hash of its export can be verified without them. */
export interface FirebaseParameters {
  /** `base64_signer_key`. */
  signerKey: string;
  /** `base64_salt_separator`; may be empty. */
  saltSeparator: string;
  /** `rounds`: scrypt's r. */
  rounds: number;
  /** `mem_cost`: the logarithm of scrypt's N. */
  memCost: number;
}

/** The parameters, or why there are none; a problem never holds the signer key. */
export type FirebaseParametersResult = { parameters: FirebaseParameters } | { problem: string };

/**
 * Reads a project's parameter file: the console's text (`hash_config { algorithm: SCRYPT, … }`), or JSON with
 * the same keys, in `hash_config` or not, or with the keys of Google's REST API.
 */
export function parseFirebaseParameters(text: string): FirebaseParametersResult {
  const fields = jsonFields(text) ?? consoleFields(text);
  const algorithm = field(fields, 'algorithm');
  if (algorithm !== undefined && algorithm !== 'SCRYPT') {
    return { problem: 'the Firebase parameters name another algorithm than SCRYPT' };
  }
  const signerKey = standardBase64(field(fields, 'base64_signer_key', 'signerKey'));
  const saltSeparator = standardBase64(field(fields, 'base64_salt_separator', 'saltSeparator') ?? '');
  const rounds = count(field(fields, 'rounds'));
  const memCost = count(field(fields, 'mem_cost', 'memoryCost'));
  if (!signerKey) return missing('base64_signer_key');
  if (saltSeparator === undefined) return missing('base64_salt_separator');
  if (rounds === undefined) return missing('rounds');
  if (memCost === undefined) return missing('mem_cost');
  return { parameters: { signerKey, saltSeparator, rounds, memCost } };
}

const missing = (name: string) => ({ problem: `the Firebase parameters have no valid ${name}` });

type Fields = ReadonlyMap<string, unknown>;

function jsonFields(text: string): Fields | undefined {
  try {
    const whole: unknown = JSON.parse(text);
    const outer = new Map<string, unknown>(Object.entries(whole ?? {}));
    const inner = outer.get('hash_config') ?? outer.get('hashConfig');
    return inner === undefined ? outer : new Map<string, unknown>(Object.entries(inner ?? {}));
  } catch {
    return undefined;
  }
}

/** `name: value` pairs, each on a line or between commas. */
function consoleFields(text: string): Fields {
  const fields = new Map<string, unknown>();
  for (const part of text.split(/[\r\n,;{}]/)) {
    const colon = part.indexOf(':');
    if (colon > 0) fields.set(bare(part.slice(0, colon)), bare(part.slice(colon + 1)));
  }
  return fields;
}

const bare = (text: string) => text.replaceAll('"', '').trim();

function field(fields: Fields, ...names: string[]): string | undefined {
  const value = names.map((name) => fields.get(name)).find((found) => found !== undefined && found !== null);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

function standardBase64(text: string | undefined): string | undefined {
  const bytes = text === undefined ? undefined : decodeBase64Url(text);
  return bytes && encodeBase64(bytes);
}

function count(text: string | undefined): number | undefined {
  return text !== undefined && /^[1-9]\d{0,3}$/.test(text) ? Number(text) : undefined;
}
