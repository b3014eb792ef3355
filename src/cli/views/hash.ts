import type { HashGroup, KnownScheme, PossibleHash, WrapReport } from '../../services/hashes/hashes.ts';
import type { Tone, View } from '../render/view.ts';
import { shownTime } from './times.ts';

const tones: Readonly<Record<NonNullable<HashGroup['strength']>, Tone>> = {
  none: 'bad',
  fast: 'bad',
  weak: 'warn',
  good: 'good',
};
const toneOf = ({ strength }: Pick<HashGroup, 'strength'>) =>
  strength === null ? undefined : tones[strength];
const parametersText = ({ parameters }: Pick<HashGroup, 'parameters'>) =>
  Object.entries(parameters)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');

/** One of the things that a hash may be. */
export const possibleHashView: View<PossibleHash> = {
  columns: [
    { header: 'SCHEME', value: (hash) => hash.scheme },
    { header: 'TITLE', value: (hash) => hash.title },
    { header: 'PARAMETERS', value: parametersText },
    { header: 'STRENGTH', value: (hash) => hash.strength, tone: toneOf },
    {
      header: 'HASH-FORMAT',
      value: (hash) => (hash.hashFormat ?? '') + (hash.needsSalt ? ' (with a salt column)' : ''),
    },
    { header: 'PROBLEM', value: (hash) => hash.problem ?? '', tone: () => 'bad' },
  ],
  json: ({ scheme, title, parameters, strength, hashFormat, needsSalt, problem }) => ({
    scheme,
    title,
    parameters,
    strength,
    hashFormat,
    needsSalt,
    problem,
  }),
};

/** A scheme of the registry. */
export const schemeView: View<KnownScheme> = {
  columns: [
    { header: 'SCHEME', value: (known) => known.scheme },
    { header: 'TITLE', value: (known) => known.title },
    {
      header: 'NEW PASSWORDS',
      value: (known) => (known.newPasswords ? 'yes' : ''),
      tone: () => 'good',
    },
  ],
  id: (known) => known.scheme,
  json: ({ scheme, title, newPasswords }) => ({ scheme, title, newPasswords }),
};

/** Users with hashes of one scheme and cost. */
export const hashGroupView: View<HashGroup> = {
  columns: [
    { header: 'STRENGTH', value: (group) => group.strength ?? '', tone: toneOf },
    { header: 'SCHEME', value: (group) => group.scheme ?? '(no password)' },
    { header: 'PARAMETERS', value: parametersText },
    { header: 'USERS', value: (group) => String(group.users) },
    { header: '<1Y', value: ({ ages }) => String(ages.underOneYear) },
    { header: '1-3Y', value: ({ ages }) => String(ages.oneToThreeYears) },
    { header: '>3Y', value: ({ ages }) => String(ages.overThreeYears) },
    { header: 'AGE UNKNOWN', value: ({ ages }) => String(ages.unknown) },
    { header: 'OLDEST', value: (group) => shownTime(group.oldest) },
    { header: 'NEWEST', value: (group) => shownTime(group.newest) },
  ],
  json: ({ scheme, strength, parameters, users, ages, oldest, newest }) => ({
    scheme,
    strength,
    parameters,
    users,
    ages: {
      underOneYear: ages.underOneYear,
      oneToThreeYears: ages.oneToThreeYears,
      overThreeYears: ages.overThreeYears,
      unknown: ages.unknown,
    },
    oldest,
    newest,
  }),
};

/** The result of wrapping hashes, or with `dryRun` what it would be. */
export const wrapView: View<WrapReport & { dryRun: boolean }> = {
  columns: [
    { header: 'Users with a password', value: (report) => String(report.users) },
    {
      header: 'Wrapped',
      value: (report) =>
        [
          `${report.wrapped}${report.dryRun ? ' (dry run: nothing was written)' : ''}`,
          ...report.schemes.map(({ scheme, users }) => `${users} ${scheme}`),
        ].join('; '),
      tone: () => 'good',
    },
    { header: 'Skipped', value: (report) => `${report.skipped} changed meanwhile` },
    {
      header: 'Unsupported',
      value: (report) => String(report.unsupported),
      tone: (report) => (report.unsupported > 0 ? 'bad' : undefined),
    },
  ],
  json: ({ users, wrapped, skipped, unsupported, schemes, dryRun }) => ({
    users,
    wrapped,
    skipped,
    unsupported,
    schemes: schemes.map(({ scheme, users: count }) => ({ scheme, users: count })),
    dryRun,
  }),
};
