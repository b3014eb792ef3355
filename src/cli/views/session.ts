import type {
  ListedSession,
  NewSession,
  Session,
  VerifiedSession,
} from '../../services/sessions/sessions.ts';
import type { View } from '../render/view.ts';
import { shownTime } from './times.ts';
import { userView } from './user.ts';

/** A session and its user; nothing of the token. */
export const sessionView: View<ListedSession> = {
  columns: [
    { header: 'ID', value: ({ session }) => session.id },
    { header: 'USER', value: ({ username }) => username },
    { header: 'LAST USED', value: ({ session }) => shownTime(session.lastUsedAt) },
    { header: 'ENDS UNUSED', value: ({ session }) => shownTime(session.idleExpiresAt) },
    { header: 'ENDS', value: ({ session }) => shownTime(session.expiresAt) },
  ],
  id: ({ session }) => session.id,
  json: ({ session, username }) => ({
    id: session.id,
    userId: session.userId,
    username,
    createdAt: session.createdAt,
    lastUsedAt: session.lastUsedAt,
    idleExpiresAt: session.idleExpiresAt,
    expiresAt: session.expiresAt,
  }),
};

/** A valid session and its user. */
export const verifiedSessionView: View<VerifiedSession> = {
  columns: [
    { header: 'User', value: ({ user }) => user.username },
    { header: 'User id', value: ({ user }) => user.id },
    { header: 'Session', value: ({ session }) => session.id },
    { header: 'Ends unused', value: ({ session }) => shownTime(session.idleExpiresAt) },
    { header: 'Ends', value: ({ session }) => shownTime(session.expiresAt) },
  ],
  id: ({ user }) => user.id,
  json: ({ session, user }) => ({ session: times(session), user: userView.json(user) }),
};

const times = ({ id, createdAt, lastUsedAt, idleExpiresAt, expiresAt }: Session) => ({
  id,
  createdAt,
  lastUsedAt,
  idleExpiresAt,
  expiresAt,
});

/** A session that has just begun, with its token. */
export const newSessionJson = ({ session, token }: NewSession) => ({
  id: session.id,
  token,
  idleExpiresAt: session.idleExpiresAt,
  expiresAt: session.expiresAt,
});

/** How many sessions were ended. */
export const endedSessionsView: View<{ ended: number }> = {
  columns: [],
  json: ({ ended }) => ({ ended }),
};

/** A number of sessions, in words. */
export const sessionsText = (count: number): string => (count === 1 ? '1 session' : `${count} sessions`);

/** How many expired sessions were removed. */
export const prunedSessionsView: View<{ pruned: number }> = {
  columns: [],
  json: ({ pruned }) => ({ pruned }),
};
