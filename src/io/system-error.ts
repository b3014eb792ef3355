import { AuthctlError } from '../domain/errors.ts';
import { quote } from '../domain/text.ts';
import { errnoOf } from './errno.ts';

const limits: Readonly<Record<string, { what: string; hint: string }>> = {
  EMFILE: { what: 'too many open files', hint: 'let the program open more: ulimit -n' },
  ENFILE: { what: 'too many open files on this machine', hint: 'end other programs, or raise fs.file-max' },
  ...Object.fromEntries(
    ['ENOMEM', 'ERR_WORKER_OUT_OF_MEMORY', 'ERR_WORKER_INIT_FAILED', 'ERR_MEMORY_ALLOCATION_FAILED'].map(
      (code) => [
        code,
        {
          what: 'not enough memory',
          hint: 'let the program have more: ulimit -v, or the limit of its container',
        },
      ],
    ),
  ),
};

/**
 * What a refusal of the operating system (errno(3)) means to the caller, where nobody nearer to it has said; `undefined`
 * for any other error. A file that is not there is none: whoever needs it says so, or it is a bug.
 */
export function explainSystem(error: unknown): AuthctlError | undefined {
  const code = errnoOf(error);
  if (code === undefined || code === 'ENOENT') return undefined;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new AuthctlError('disk-full', 'no space left to write to', { cause: error });
  }
  const limit = Object.hasOwn(limits, code) ? limits[code] : undefined;
  if (limit) return new AuthctlError('system-limit', limit.what, { hint: limit.hint, cause: error });
  const path = error instanceof Error && 'path' in error ? error.path : undefined;
  if (typeof path !== 'string') return undefined;
  return new AuthctlError('file-unusable', `the system refuses ${quote(path)} (${code})`, {
    hint: 'check the path and the permissions of its folders',
    cause: error,
  });
}
