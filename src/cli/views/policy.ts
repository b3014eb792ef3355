import { policyRules, writePolicyValue } from '../../domain/policy.ts';
import type { PolicyEntry } from '../../services/policies.ts';
import type { View } from '../render/view.ts';

/** A rule of the policy with its default. */
export const policyView: View<PolicyEntry> = {
  columns: [
    { header: 'KEY', value: (entry) => entry.key },
    {
      header: 'VALUE',
      value: (entry) => entry.text,
      tone: (entry) => (entry.value === entry.default ? undefined : 'warn'),
    },
    {
      header: 'DEFAULT',
      value: (entry) => writePolicyValue(entry.key, policyRules[entry.key].initial),
      tone: () => 'dim',
    },
    { header: 'MEANING', value: (entry) => entry.meaning },
  ],
  id: (entry) => entry.key,
  json: ({ key, value, text, default: initial, meaning }) => ({
    key,
    value,
    text,
    default: initial,
    meaning,
  }),
};
