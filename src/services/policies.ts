import {
  defaultPolicy,
  isStoredPolicy,
  type Policy,
  type PolicyKey,
  policyKeys,
  policyRules,
  writePolicyValue,
} from '../domain/policy.ts';
import { readPolicyChanges } from '../domain/policy-changes.ts';
import { damagedValue, type Repositories } from '../store/index.ts';
import type { ServiceContext } from './context.ts';

/** The name of the policy among the settings. */
export const settingName = 'policy';

/** A rule with its current value. */
export interface PolicyEntry {
  key: PolicyKey;
  value: Policy[PolicyKey];
  /** The value as a person writes it in `policy set`. */
  text: string;
  default: Policy[PolicyKey];
  meaning: string;
}

/** The policy that all users of the database share. */
export class PolicyService {
  readonly #context: ServiceContext;

  constructor(context: ServiceContext) {
    this.#context = context;
  }

  get(): Promise<Policy> {
    return readPolicy(this.#context.store);
  }

  async show(): Promise<PolicyEntry[]> {
    return entries(await this.get());
  }

  /** Changes rules by `KEY=VALUE` and `preset=NAME`; all or none. Throws `invalid-policy`. */
  async set(pairs: readonly string[]): Promise<PolicyEntry[]> {
    return this.#context.store.transaction(this.#context.caller, async (tx) => {
      const before = await readPolicy(tx);
      const changes = readPolicyChanges(pairs, before);
      const after = { ...before, ...changes };
      const changed = policyKeys.filter((key) => before[key] !== after[key]);
      if (changed.length > 0) {
        const overrides = policyKeys.filter((key) => after[key] !== defaultPolicy[key]);
        await tx.settings.set(settingName, Object.fromEntries(overrides.map((key) => [key, after[key]])));
        tx.audit({
          action: 'policy.set',
          detail: Object.fromEntries(changed.map((key) => [key, after[key]])),
        });
      }
      return entries(after);
    });
  }
}

async function readPolicy({ settings }: Pick<Repositories, 'settings'>): Promise<Policy> {
  const stored = await settings.get(settingName);
  if (stored === undefined) return defaultPolicy;
  // A rule that holds nonsense could let anybody in, or lock everybody out.
  if (!isStoredPolicy(stored)) throw damagedValue('settings', 'value', settingName);
  return { ...defaultPolicy, ...stored };
}

function entries(policy: Policy): PolicyEntry[] {
  return policyKeys.map((key) => ({
    key,
    value: policy[key],
    text: writePolicyValue(key, policy[key]),
    default: defaultPolicy[key],
    meaning: policyRules[key].meaning,
  }));
}
