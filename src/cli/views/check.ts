import type { Finding } from '../../domain/finding.ts';
import type { Tone, View } from '../render/view.ts';

const tones: Readonly<Record<Finding['state'], Tone>> = { ok: 'good', warning: 'warn', failure: 'bad' };

/** The result of one check; what to do stands in the same line. */
export const findingView: View<Finding> = {
  columns: [
    { header: 'STATE', value: ({ state }) => state, tone: ({ state }) => tones[state] },
    { header: 'CHECK', value: ({ check }) => check },
    { header: 'FOUND', value: ({ detail, mend }) => (mend === null ? detail : `${detail} → ${mend}`) },
  ],
  id: ({ check }) => check,
  json: ({ check, state, detail, mend }) => ({ check, state, detail, mend }),
};
