import { isObject } from '../../dumps/engine/fields.ts';

/** What a value of a dump says of a time. */
export type ForeignTime = { kind: 'at'; time: Date } | { kind: 'never' } | { kind: 'unreadable' };

const never: ForeignTime = { kind: 'never' };
const unreadable: ForeignTime = { kind: 'unreadable' };

/** ISO 8601 or SQL, with the zone as PostgreSQL (`+00`), Ruby (`UTC`), Go (`+0000 UTC`) or Java (`Z[UTC]`) write it. */
const extended =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?(?: ?(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)(?:(?<=\d) [A-Z]{3,5})?(?:\[[\w/+-]{1,50}\])?)?$/i;

/** ISO 8601 without separators, which is also MySQL's form of times as numbers and LDAP's GeneralizedTime. */
const basic = /^(\d{4})(\d\d)(\d\d)(?:T?(\d\d)(\d\d)(\d\d)(?:[.,](\d{1,9}))?)?(Z|[+-]\d\d(?::?\d\d)?)?$/i;

/** Times that were never set: MySQL's zero date, and the year 1 of .NET and Go. */
const zeroDate = /^(?:0000-00-00|0001-01-01)(?:[T ]00:00(?::00(?:\.0+)?)?)?(?: ?(?:Z|UTC|\+00(?::?00)?))?$/i;
/** The year 1 in seconds and in milliseconds since 1970. */
const zeroEpochs = ['-62135596800', '-62135596800000'];

const longest = 80;
const [earliestMs, latestMs] = [Date.UTC(1000, 0), Date.parse('9999-12-31T23:59:59.999Z')];

/**
 * Reads a time as other systems write it. One without a zone is in UTC; numbers are seconds, milliseconds or
 * microseconds since 1970, whichever their size makes a time after 1973 and before 5138, or Active Directory's intervals
 * of 100 nanoseconds since 1601; `{"$date": …}` is MongoDB's
 * Extended JSON (https://www.mongodb.com/docs/manual/reference/mongodb-extended-json/).
 */
export function readTime(value: unknown): ForeignTime {
  if (typeof value === 'number') return readText(String(value));
  if (typeof value === 'string') return readText(value);
  return isObject(value) ? readExtendedJson(value) : unreadable;
}

function readText(text: string): ForeignTime {
  if (text.length > longest) return unreadable;
  if (text === 'infinity' || zeroDate.test(text) || zeroEpochs.includes(text)) return never;
  const parts = extended.exec(text) ?? basic.exec(text);
  const calendar = parts ? readCalendar(parts) : unreadable;
  return calendar.kind === 'unreadable' && /^\d{1,19}(?:\.\d{1,9})?$/.test(text)
    ? readEpoch(Number(text))
    : calendar;
}

function readCalendar([, year, month, day, hour = '00', minute = '00', second = '00', ...rest]: string[]) {
  const [fraction = '', zone = 'Z'] = rest;
  const local = `${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction.padEnd(3, '0').slice(0, 3)}Z`;
  const ms = Date.parse(local);
  const offset = offsetMs(zone);
  // JavaScript takes 2027-02-31 for 3 March, and 24:00 for the next day.
  const isTime = !Number.isNaN(ms) && offset !== undefined && new Date(ms).toISOString() === local;
  return isTime ? at(ms - offset) : unreadable;
}

function offsetMs(zone: string): number | undefined {
  const match = /^([+-])(\d\d):?(\d\d)?$/.exec(zone);
  if (!match) return 0;
  const [hours, minutes] = [Number(match[2]), Number(match[3] ?? 0)];
  // UTC+14 is the furthest (Line Islands).
  if (hours > 14 || minutes > 59) return undefined;
  return (match[1] === '-' ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

function readEpoch(value: number): ForeignTime {
  if (value === 0) return never;
  if (value < 1e8) return unreadable;
  if (value < 1e11) return at(Math.round(value * 1000));
  if (value < 1e14) return at(Math.round(value));
  return value < 1e17 ? at(Math.round(value / 1000)) : readFileTime(value);
}

/** 1970 and the latest time, in intervals of 100 nanoseconds since 1601. */
const [fileTime1970, latestFileTime] = [116_444_736e9, 2.6505e18];
/** What Active Directory writes for never: the largest number of 64 bits, with the precision that JSON leaves. */
const leastNever = 9.223372e18;

/**
 * A time of Windows, as in `accountExpires`
 * (https://learn.microsoft.com/en-us/windows/win32/adschema/a-accountexpires).
 */
function readFileTime(value: number): ForeignTime {
  if (value >= leastNever) return value < 1e19 ? never : unreadable;
  if (value < fileTime1970 || value > latestFileTime) return unreadable;
  return at(Math.round((value - fileTime1970) / 1e4));
}

function readExtendedJson({ $date, $numberLong, ...others }: Readonly<Record<string, unknown>>): ForeignTime {
  if (Object.keys(others).length > 0) return unreadable;
  if (typeof $numberLong === 'string' && $date === undefined) return readText($numberLong);
  if (typeof $date === 'string') return readText($date);
  const ms = isObject($date) ? Number($date.$numberLong) : $date;
  return typeof ms === 'number' && Number.isInteger(ms) ? at(ms) : unreadable;
}

/** An instant, no later than a time that is written with four digits of a year can be. */
const at = (ms: number): ForeignTime =>
  ms < earliestMs ? unreadable : { kind: 'at', time: new Date(Math.min(ms, latestMs)) };
