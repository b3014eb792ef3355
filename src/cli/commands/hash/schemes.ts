import { defineCommand } from '../../command.ts';
import { list, onePage } from '../../render/result.ts';
import { schemeView } from '../../views/hash.ts';

export const hashSchemes = defineCommand({
  name: 'hash schemes',
  description:
    'Lists the schemes by which users can log in; policy set scheme=… chooses the one of new passwords. No database\n' +
    'is needed.',
  options: {},
  examples: ['authctl hash schemes', 'authctl hash schemes --output ids'],
  async run({ services }) {
    const formats = await services.hashFormats();
    return list(schemeView, onePage(await formats.schemes()));
  },
});
