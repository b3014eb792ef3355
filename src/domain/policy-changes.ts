import { AuthctlError } from './errors.ts';
import { type Policy, policyKeys, policyRules } from './policy.ts';
import { policyPresets, presetNames } from './policy-presets.ts';
import { quote } from './text.ts';

/**
 * The rules that `KEY=VALUE` settings change, checked together with those of `current`. `preset=NAME` stands for all
 * rules of a preset; a rule that is also given by itself wins over the preset, in whatever order they stand. Throws
 * `usage` and `invalid-policy`.
 */
export function readPolicyChanges(pairs: readonly string[], current: Policy): Partial<Policy> {
  const settings = pairs.map(splitPair);
  const presets = settings.filter(([key]) => key === 'preset').map(([, name]) => readPreset(name));
  if (presets.length > 1) throw new AuthctlError('usage', 'give one preset, not several');
  const changes: Partial<Policy> = { ...presets[0] };
  for (const [key, text] of settings) {
    if (key !== 'preset') Object.assign(changes, readPolicyChange(key, text));
  }
  checkPolicy({ ...current, ...changes });
  return changes;
}

function splitPair(pair: string): [key: string, text: string] {
  const equals = pair.indexOf('=');
  if (equals >= 1) return [pair.slice(0, equals), pair.slice(equals + 1)];
  throw new AuthctlError('usage', `${quote(pair)} is not KEY=VALUE`, {
    hint: 'authctl policy show lists the keys',
  });
}

function readPreset(name: string): Partial<Policy> {
  const preset = presetNames.find((one) => one === name);
  if (preset !== undefined) return policyPresets[preset];
  throw new AuthctlError('invalid-policy', `preset takes ${presetNames.join(', ')}, not ${quote(name)}`);
}

function readPolicyChange(key: string, text: string): Partial<Policy> {
  const known = policyKeys.find((one) => one === key);
  if (known === undefined) {
    throw new AuthctlError('invalid-policy', `there is no policy ${quote(key)}`, {
      hint: 'authctl policy show lists the keys',
    });
  }
  const value = policyRules[known].read(text);
  if (value === undefined) {
    throw new AuthctlError(
      'invalid-policy',
      `${known} takes ${policyRules[known].expected}, not ${quote(text)}`,
    );
  }
  return { [known]: value };
}

function checkPolicy(policy: Policy): void {
  const refuse = (message: string) => {
    throw new AuthctlError('invalid-policy', message);
  };
  if (policy.passwordMinLength > policy.passwordMaxLength)
    refuse('passwordMinLength is above passwordMaxLength');
  if (policy.usernameMinLength > policy.usernameMaxLength)
    refuse('usernameMinLength is above usernameMaxLength');
  if (policy.argon2Memory < 8 * policy.argon2Lanes) refuse('argon2Memory must be at least 8 KiB a lane');
}
