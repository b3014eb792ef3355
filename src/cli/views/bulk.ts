import type { BulkReport } from '../../services/users/users.ts';
import type { View } from '../render/view.ts';

/** The result of changing many users. */
export const bulkView: View<BulkReport> = {
  columns: [],
  json: ({ matched, changed }) => ({ matched, changed }),
};
