const dayMs = 86_400_000;
const latest = Date.parse('9999-12-31T23:59:59.999Z');

/** ISO 8601 of milliseconds since 1970; `undefined` outside the years 1970 to 9999. */
export function isoOfMillis(millis: number): string | undefined {
  const isTime = Number.isFinite(millis) && millis >= 0 && millis <= latest;
  return isTime ? new Date(millis).toISOString() : undefined;
}

/** ISO 8601 of milliseconds since 1970 that a dump holds as a number or in digits. */
export function isoOfEpochMillis(value: unknown): string | undefined {
  if (typeof value === 'number') return isoOfMillis(value);
  return typeof value === 'string' && /^\d{1,16}$/.test(value) ? isoOfMillis(Number(value)) : undefined;
}

/** ISO 8601 of the beginning of a day, counted in days since 1970 as in shadow(5). */
export function isoOfDay(days: number): string | undefined {
  return isoOfMillis(days * dayMs);
}

/** ISO 8601 of a time that is written `2024-05-01 12:30:00`, in UTC. */
export function isoOfSqlTime(value: string): string | undefined {
  const match = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(\.\d{1,6})?$/.exec(value);
  return match ? isoOfMillis(Date.parse(`${match[1]}T${match[2]}${match[3] ?? ''}Z`)) : undefined;
}

/** ISO 8601 of LDAP's GeneralizedTime (RFC 4517 section 3.3.13), such as `20240501123000Z`. */
export function isoOfGeneralizedTime(value: string): string | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)?(\d\d)?(?:[.,]\d{1,9})?(Z|[+-]\d\d(?:\d\d)?)$/.exec(value);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute = '00', second = '00', zone = 'Z'] = match;
  const offset = zone === 'Z' ? zone : `${zone.slice(0, 3)}:${zone.slice(3) || '00'}`;
  return isoOfMillis(Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}${offset}`));
}
