import type { LoginOutcome } from '../../services/logins/logins.ts';
import type { NewSession } from '../../services/sessions/sessions.ts';
import type { View } from '../render/view.ts';
import { newSessionJson } from './session.ts';
import { userView } from './user.ts';

type Success<T> = Extract<LoginOutcome<T>, { outcome: 'ok' }>;

/** A login that succeeded. */
export const loginView: View<Success<unknown>> = {
  columns: [],
  id: ({ user }) => user.id,
  json: ({ outcome, mustChangePassword, user }) => ({
    outcome,
    mustChangePassword,
    user: userView.json(user),
  }),
};

/** A login that succeeded, with its new session; `null` if none was opened since the password must be changed. */
export const loginWithSessionView: View<Success<NewSession | undefined>> = {
  ...loginView,
  json: (login) => ({
    ...loginView.json(login),
    session: login.followed ? newSessionJson(login.followed) : null,
  }),
};
