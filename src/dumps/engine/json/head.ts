import { BomFilter } from '../encodings/strict-text.ts';
import { JsonScanner } from './scanner.ts';
import type { ValueKind } from './value-end.ts';
import type { JsonPath, JsonVisitor } from './visitor.ts';

/** Keys of an object, as far as it was seen, and the kinds of their values. */
export type Members = ReadonlyMap<string, ValueKind>;

/** What the first bytes of a JSON document tell of its shape. */
export interface JsonSketch {
  readonly root: 'array' | 'object' | 'none';
  /** Members of the root object, or of the first element of the root array. */
  readonly members: Members;
  /** Members of the first element of the root object's `users` array, or of the object in its first member. */
  readonly inner: Members;
  /** Whether it is a series of objects, one a line. */
  readonly isLines: boolean;
  /** Whether it is one object from user names to passwords or to users. */
  readonly isDict: boolean;
}

/** Names, in lower case and without `_` and `-`, by which a field of a user is known. */
const nameFields = new Set(['username', 'user', 'login', 'email', 'mail', 'userid', 'uid', 'name', 'id']);
const otherFields = new Set(
  'password passwd pass passwordhash hash salt firstname lastname fullname displayname givenname familyname active enabled disabled locked verified emailverified isactive createdat updatedat lastlogin lastloginat role roles'.split(
    ' ',
  ),
);

/**
 * Looks at the first bytes of an input that may be JSON.
 * @param whole whether `head` is all of the input
 */
export function sketchJson(head: Uint8Array, whole: boolean): JsonSketch {
  const bytes = new BomFilter().push(Buffer.from(head.buffer, head.byteOffset, head.byteLength));
  const text = trimStart(bytes);
  const lineEnd = text.indexOf(10);
  const line = sketch(lineEnd === -1 ? text : text.subarray(0, lineEnd));
  const rest = lineEnd === -1 ? Buffer.alloc(0) : trimStart(text.subarray(lineEnd));
  const seen = line.isComplete ? line : sketch(text);
  const { root, members, inner } = seen;
  const isObject = root === 'object';
  const onlyOne = line.isComplete && rest.length === 0 && (whole || lineEnd !== -1);
  const maybeOne = onlyOne || (lineEnd === -1 && !whole);
  const isLines = isObject && (maybeOne ? isUser(members) : line.isComplete && rest.length > 0);
  const isDict = isObject && !isLines && isDictionary(members, inner) && (whole || members.size > 0);
  return { root, members, inner, isLines, isDict };
}

interface Seen {
  root: 'array' | 'object' | 'none';
  readonly members: Map<string, ValueKind>;
  readonly inner: Map<string, ValueKind>;
  isComplete: boolean;
}

function sketch(text: Buffer): Seen {
  const seen: Seen = { root: 'none', members: new Map(), inner: new Map(), isComplete: false };
  const scanner = new JsonScanner(sketcher(seen));
  try {
    scanner.push(text);
    scanner.finish();
    seen.isComplete = true;
  } catch {
    // Cut off, or not JSON: what was seen until there is what there is to tell.
  }
  return seen;
}

function sketcher(seen: Seen): JsonVisitor {
  let hasEntered = false;
  return {
    choose(path, kind) {
      if (path.length === 0) {
        if (kind !== 'array' && kind !== 'object') return { expected: 'an array or an object' };
        seen.root = kind;
        return 'enter';
      }
      note(seen, path, kind);
      if (path.length === 1 && path[0] === 'users' && kind === 'array') return 'enter';
      if (hasEntered || !mayEnter(seen, path, kind)) return 'skip';
      hasEntered = true;
      return 'enter';
    },
    take() {},
  };
}

/** Keeps the key and the kind of a value: a member of the root or its first element, or of what is inside that. */
function note(seen: Seen, path: JsonPath, kind: ValueKind): void {
  const key = path.at(-1);
  if (key === undefined) return;
  const isMember = path.length === (seen.root === 'object' ? 1 : 2);
  (isMember ? seen.members : seen.inner).set(key, kind);
}

/** Whether a value is the object to look into: the first element, the first member, or the first of `users`. */
function mayEnter(seen: Seen, path: JsonPath, kind: ValueKind): boolean {
  if (kind !== 'object' || (path.length !== 1 && path[0] !== 'users')) return false;
  return seen.root !== 'object' || path.length !== 1 || seen.members.size <= 1;
}

/** Whether an object is one user rather than a dictionary of users with odd names. */
function isUser(members: Members): boolean {
  const keys = [...members.keys()].map((key) => key.toLowerCase().replaceAll('_', '').replaceAll('-', ''));
  const named = keys.filter((key) => nameFields.has(key)).length;
  const known = named + keys.filter((key) => otherFields.has(key)).length;
  return named > 0 && known * 3 >= keys.length;
}

function isDictionary(members: Members, inner: Members): boolean {
  const [first] = members.values();
  if (first === undefined) return true;
  if (isUser(members) || first === 'array' || first === 'literal') return false;
  if (first === 'object' && !hasUserField(inner)) return false;
  const odd = [...members.values()].filter((kind) => kind === 'array' || kind === 'literal').length;
  return odd * 4 < members.size;
}

function hasUserField(members: Members): boolean {
  const keys = [...members.keys()].map((key) => key.toLowerCase().replaceAll('_', ''));
  return keys.some((key) => nameFields.has(key) || otherFields.has(key));
}

function trimStart(bytes: Buffer): Buffer {
  let at = 0;
  while (bytes[at] === 32 || bytes[at] === 9 || bytes[at] === 10 || bytes[at] === 13) at++;
  return bytes.subarray(at);
}
