import type { MigrationState } from '../../services/database/database.ts';
import type { View } from '../render/view.ts';

/** A migration, and whether it is applied. */
export const migrationView: View<MigrationState> = {
  columns: [
    { header: 'MIGRATION', value: (state) => state.name },
    {
      header: 'APPLIED',
      value: (state) => state.appliedAt ?? 'pending',
      tone: (state) => (state.appliedAt ? 'good' : 'warn'),
    },
  ],
  id: (state) => state.name,
  json: ({ name, appliedAt }) => ({ name, appliedAt }),
};

/** The migrations that `migrate up` or `migrate down` has applied or taken back. */
export const migratedView: View<{ changed: string[]; migrations: MigrationState[] }> = {
  columns: [],
  json: ({ changed, migrations }) => ({ changed, migrations: migrations.map(migrationView.json) }),
};
