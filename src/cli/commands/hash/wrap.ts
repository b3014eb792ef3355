import { defineCommand } from '../../command.ts';
import { exit } from '../../exit-codes.ts';
import { WrapProgressBar } from '../../input/progress.ts';
import { flag, type OptionSpec } from '../../options.ts';
import { record } from '../../render/result.ts';
import { wrapView } from '../../views/hash.ts';

const scheme: OptionSpec<string[]> = {
  flags: '--scheme <scheme>',
  description: 'only hashes of this scheme, weak ones too; may be repeated',
  repeated: true,
  read: (raw) => (Array.isArray(raw) ? raw : []),
};

export const hashWrap = defineCommand({
  name: 'hash wrap',
  description:
    'Hashes every hash that is fast to guess once more, with the scheme of the policy, without waiting for a login.\n' +
    'Users keep their passwords, and the next login makes a plain hash. Other programs that read the table must know\n' +
    'the format: docs/wrapped-hashes.md. After an interruption, run it again: it goes on with the hashes that are left.',
  options: { scheme, dryRun: flag('--dry-run', 'say what would be wrapped; write nothing') },
  examples: [
    'authctl hash wrap --dry-run',
    'authctl hash wrap',
    'authctl hash wrap --scheme phpass --scheme md5-crypt',
  ],
  interruptible: true,
  withoutIds: true,
  async run({ services, settings, terminal, options, signal, warn }) {
    const hashes = await services.hashes();
    const request = { schemes: options.scheme, signal };
    const bar = new WrapProgressBar(terminal, settings.output.value === 'table');
    try {
      const report = options.dryRun
        ? await hashes.rehearseWrap(request)
        : await hashes.wrap({
            ...request,
            ...(bar.isShown && { onProgress: (done, total) => bar.show(done, total) }),
          });
      bar.stop();
      if (report.unsupported > 0) {
        await warn(`${report.unsupported} weak hashes are of a kind that cannot be wrapped`);
      }
      return record(
        wrapView,
        { ...report, dryRun: options.dryRun },
        { exitCode: report.unsupported > 0 ? exit.partlyDone : exit.done },
      );
    } finally {
      bar.stop();
    }
  },
});
