import { identify, type Strength } from '../../hashing/index.ts';
import type { UserHash } from '../../store/index.ts';

/** All users whose hashes have the same scheme and cost. */
export interface HashGroup {
  /** `unknown` for hashes that no scheme recognises, `null` for users without a password. */
  scheme: string | null;
  strength: Strength | null;
  parameters: Readonly<Record<string, string | number>>;
  users: number;
  /** How many users have set their password how long ago; a year is 365 days. */
  ages: { underOneYear: number; oneToThreeYears: number; overThreeYears: number; unknown: number };
  /** When the oldest and the newest of the passwords were set. */
  oldest: Date | null;
  newest: Date | null;
}

const yearMs = 365 * 24 * 60 * 60 * 1000;
/** Limits the memory: hashes may have any number of different costs. Beyond it, a scheme is counted as a whole. */
const maxGroups = 1000;
const ranks: readonly (Strength | null)[] = ['none', 'fast', 'weak', 'good', null];

/** Counts hashes by scheme, cost and age, in memory that does not grow with the users. */
export class HashTally {
  readonly #now: Date;
  readonly #groups = new Map<string, HashGroup>();

  constructor(now: Date) {
    this.#now = now;
  }

  async add({ passwordHash, passwordChangedAt }: UserHash): Promise<void> {
    const group = this.#group(await kindOf(passwordHash));
    group.users += 1;
    group.ages[ageOf(passwordChangedAt, this.#now)] += 1;
    if (!passwordChangedAt) return;
    if (!group.oldest || passwordChangedAt < group.oldest) group.oldest = passwordChangedAt;
    if (!group.newest || passwordChangedAt > group.newest) group.newest = passwordChangedAt;
  }

  /** The groups, the weakest first; unknown hashes and then users without a password come last. */
  groups(): HashGroup[] {
    const last = (group: HashGroup) => (group.scheme === null ? 1 : 0);
    return [...this.#groups.values()].sort(
      (one, other) =>
        ranks.indexOf(one.strength) - ranks.indexOf(other.strength) ||
        last(one) - last(other) ||
        other.users - one.users,
    );
  }

  #group(kind: HashKind): HashGroup {
    const key = JSON.stringify(kind);
    const known = this.#groups.get(key);
    if (known) return known;
    if (this.#groups.size >= maxGroups && Object.keys(kind.parameters).length > 0) {
      return this.#group({ ...kind, parameters: {} });
    }
    const ages = { underOneYear: 0, oneToThreeYears: 0, overThreeYears: 0, unknown: 0 };
    const group = { ...kind, users: 0, ages, oldest: null, newest: null };
    this.#groups.set(key, group);
    return group;
  }
}

type HashKind = Pick<HashGroup, 'scheme' | 'strength' | 'parameters'>;

async function kindOf(hash: string | null): Promise<HashKind> {
  if (hash === null) return { scheme: null, strength: null, parameters: {} };
  const known = await identify(hash);
  if (!known) return { scheme: 'unknown', strength: null, parameters: {} };
  return { scheme: known.scheme.id, strength: known.hash.strength, parameters: known.hash.parameters };
}

function ageOf(changedAt: Date | null, now: Date): keyof HashGroup['ages'] {
  if (!changedAt) return 'unknown';
  const years = (now.getTime() - changedAt.getTime()) / yearMs;
  if (years < 1) return 'underOneYear';
  return years <= 3 ? 'oneToThreeYears' : 'overThreeYears';
}
