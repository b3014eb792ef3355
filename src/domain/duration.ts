import { AuthctlError } from './errors.ts';
import { quote } from './text.ts';

const unitMs = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
// 100 years. A much longer duration would lead to a year of more than four digits, which stored times cannot hold.
const longest = 36_500 * unitMs.d;

/** Milliseconds of a duration such as `30s`, `15m`, `2h`, `90d`, `1w`; the unit must be there. Throws `usage`. */
export function parseDuration(text: string): number {
  const match = /^(\d{1,12})([smhdw])$/.exec(text);
  const unit = (match?.[2] ?? 's') as keyof typeof unitMs;
  const ms = Number(match?.[1]) * unitMs[unit];
  if (!match || ms > longest || ms === 0) {
    throw new AuthctlError('usage', `${quote(text)} is not a duration`, {
      hint: 'write a whole number with a unit: 30s, 15m, 2h, 90d, 1w',
    });
  }
  return ms;
}

/** The shortest way to write a duration of `ms` milliseconds that `parseDuration` reads. */
export function formatDuration(ms: number): string {
  for (const unit of ['d', 'h', 'm'] as const) {
    if (ms >= unitMs[unit] && ms % unitMs[unit] === 0) return `${ms / unitMs[unit]}${unit}`;
  }
  return `${Math.round(ms / 1000)}s`;
}

/** A time for people: UTC to the second. */
export const formatTime = (time: Date): string =>
  time
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, 'Z');

const isoShape = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)?(?:Z|[+-]\d\d:?\d\d)?$/i;

/** A point in time: ISO 8601, a date alone being its midnight; without a zone it is UTC. Throws `usage`. */
export function parseTime(text: string): Date {
  const zoned = /(?:Z|[+-]\d\d:?\d\d)$/i.test(text.slice(10));
  const day = text.length === 10;
  const time = new Date(zoned || day ? text : `${text.replace(' ', 'T')}Z`);
  if (!isoShape.test(text) || Number.isNaN(time.getTime()) || !sameDay(text, time, zoned)) {
    throw new AuthctlError('usage', `${quote(text)} is not a time`, {
      hint: 'write it as 2027-01-31, 2027-01-31T18:00 (UTC) or 2027-01-31T18:00+02:00',
    });
  }
  return time;
}

// `new Date('2027-02-31')` is 3 March: such a text names no day and is refused.
function sameDay(text: string, time: Date, zoned: boolean): boolean {
  if (!zoned) return time.toISOString().startsWith(text.slice(0, 10));
  const [year, month, day] = text.slice(0, 10).split('-').map(Number);
  return Number(day) <= new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
}
