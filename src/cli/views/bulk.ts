import type { BulkReport } from '../../services/users/bulk-changes.ts';
import type { View } from '../render/view.ts';

/** The result of changing many users. */
export const bulkView: View<BulkReport> = {
  columns: [],
  json: ({ matched, changed }) => ({ matched, changed }),
};
