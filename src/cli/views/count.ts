import type { View } from '../render/view.ts';

/** How many there are. */
export const countView: View<{ count: number }> = {
  columns: [{ header: 'Count', value: ({ count }) => String(count) }],
  json: ({ count }) => ({ count }),
};
