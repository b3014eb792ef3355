import type { LoginOutcome } from '../../services/logins.ts';
import type { View } from '../render/view.ts';
import { userView } from './user.ts';

/** A login that succeeded. */
export const loginView: View<Extract<LoginOutcome, { outcome: 'ok' }>> = {
  columns: [],
  id: ({ user }) => user.id,
  json: ({ outcome, mustChangePassword, user }) => ({
    outcome,
    mustChangePassword,
    user: userView.json(user),
  }),
};
