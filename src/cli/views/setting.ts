import type { View } from '../render/view.ts';

/** A setting as the program sees it. */
export interface ShownSetting {
  name: string;
  value: string | boolean | null;
  source: string;
}

export const settingView: View<ShownSetting> = {
  columns: [
    { header: 'SETTING', value: (setting) => setting.name },
    { header: 'VALUE', value: (setting) => (setting.value === null ? '' : String(setting.value)) },
    { header: 'FROM', value: (setting) => setting.source, tone: () => 'dim' },
  ],
  id: (setting) => setting.name,
  json: ({ name, value, source }) => ({ name, value, source }),
};
