import type { MigrationState } from '../../services/database/migrations.ts';
import type { View } from '../render/view.ts';

/** A step of the schema's history. */
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

/** What a move of the schema did. */
export const migratedView: View<{ changed: string[]; migrations: MigrationState[] }> = {
  columns: [],
  json: ({ changed, migrations }) => ({ changed, migrations: migrations.map(migrationView.json) }),
};
