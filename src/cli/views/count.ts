import type { View } from '../render/view.ts';

/** A number of users. */
export const countView: View<{ count: number }> = {
  columns: [{ header: 'Count', value: ({ count }) => String(count) }],
  json: ({ count }) => ({ count }),
};
