import { parseDuration } from './duration.ts';
import { defaultPolicy, type Policy } from './policy.ts';

const noComposition = {
  passwordRequireUpper: false,
  passwordRequireLower: false,
  passwordRequireDigit: false,
  passwordRequireSymbol: false,
} as const;

/** NIST SP 800-63B-4: 3.1.1 for a password that is the only factor, 3.2.2 for the limit of failed logins. */
const nist = {
  ...noComposition,
  passwordMinLength: 15,
  passwordMaxLength: 128,
  passwordForbidCommon: true,
  passwordForbidUsername: true,
  passwordHistory: 0,
  passwordMaxAge: 0,
  lockoutLimit: 100,
} as const;

/** Published sets of rules, and authctl's own defaults. A preset leaves rules that it does not name as they are. */
export const policyPresets = {
  default: defaultPolicy,
  nist,
  // The Authentication Cheat Sheet has NIST's rules for passwords; Argon2id is from the Password Storage Cheat Sheet.
  owasp: { ...nist, scheme: 'argon2id', argon2Memory: 19_456, argon2Passes: 2, argon2Lanes: 1 },
  // PCI DSS 4.0.1: 8.3.4 attempts and lock, 8.3.6 length and kinds, 8.3.7 former passwords, 8.3.9 age.
  pci: {
    ...noComposition,
    passwordMinLength: 12,
    passwordRequireLower: true,
    passwordRequireDigit: true,
    passwordHistory: 4,
    passwordMaxAge: parseDuration('90d'),
    lockoutThreshold: 10,
    lockoutDuration: parseDuration('30m'),
  },
} as const satisfies Readonly<Record<string, Partial<Policy>>>;

export const presetNames = Object.keys(policyPresets) as (keyof typeof policyPresets)[];
