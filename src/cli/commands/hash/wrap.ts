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
    'Puts a hash as the policy makes it around every hash that is fast to guess, without waiting for a login; the\n' +
    'next login replaces it by a plain one. Passwords stay what they are. A program of yours that reads the same\n' +
    'table must know the format: docs/wrapped-hashes.md. Interrupted, it goes on where it is run again.',
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
