import type { BulkReport } from '../../services/users/bulk-changes.ts';
import type { View } from '../render/view.ts';

/** What a change of many users has done. */
export const bulkView: View<BulkReport> = {
  columns: [],
  json: ({ matched, changed }) => ({ matched, changed }),
};
