import type { Explanation, FailedAttempt, LoginAspect } from '../../services/users/users.ts';
import type { Line, Tone, View } from '../render/view.ts';
import { userView } from './user.ts';

const labels: Record<LoginAspect['check'], string> = {
  deleted: 'Deleted',
  disabled: 'Disabled',
  expiry: 'Expiry',
  lock: 'Lock',
  failures: 'Failed logins',
  password: 'Password',
  change: 'Must change',
  sessions: 'Sessions',
  reset: 'Reset',
};

const tones: Record<LoginAspect['state'], Tone> = { ok: 'good', note: 'warn', problem: 'bad' };

/** Why a user can or cannot log in: a line for each check, and below each problem the command that repairs it. */
export const explanationView: View<Explanation> = {
  columns: [],
  lines: ({ user, canLogIn, findings, failedAttempts }) => [
    { label: 'User', text: `${user.username} (${user.id})` },
    {
      label: 'Login',
      text: canLogIn ? 'possible with the right password' : 'refused',
      tone: canLogIn ? 'good' : 'bad',
    },
    ...findings.flatMap(findingLines),
    ...failedAttempts.map((attempt, index) => ({
      label: index === 0 ? 'Refused' : '',
      text: attemptText(attempt),
    })),
  ],
  id: ({ user }) => user.id,
  json: ({ user, canLogIn, findings, failedAttempts }) => ({
    user: userView.json(user),
    canLogIn,
    findings: findings.map(({ check, state, detail, mend }) => ({ check, state, detail, mend })),
    failedAttempts: failedAttempts.map(({ seq, at, action, reason, actor, osUser, host }) => ({
      seq,
      at,
      action,
      reason,
      actor,
      osUser,
      host,
    })),
  }),
};

function findingLines({ check, state, detail, mend }: LoginAspect): Line[] {
  const text = state === 'ok' ? detail : `${state}: ${detail}`;
  const line = { label: labels[check], text, tone: tones[state] };
  if (mend === null) return [line];
  return [line, { label: '', text: `${endsOnly.has(check) ? 'end' : 'mend'}: ${mend}`, tone: 'dim' }];
}

// Checks of things that are no problem but that an administrator may want to end.
const endsOnly: ReadonlySet<LoginAspect['check']> = new Set(['sessions', 'reset']);

const attemptText = ({ at, action, reason, actor, osUser, host }: FailedAttempt): string =>
  `${at.replace('T', ' ')}  ${action} ${reason}, by ${actor} (${osUser} at ${host})`;
