import { defineCommand } from '../../command.ts';
import { confirmationOption, requireConfirmation } from '../../input/confirmation.ts';
import { BackupProgressBar } from '../../input/progress.ts';
import { record } from '../../render/result.ts';
import { planText, restoreView } from '../../views/restore.ts';

export const dbRestore = defineCommand({
  name: 'db restore <file>',
  description:
    'Replaces the whole SQLite database by a backup, which is verified first. What is replaced is kept beside it, and\n' +
    'programs that have it open go on with what was restored. Its sessions and tokens end: some of them may have been\n' +
    'revoked or used since the backup. Of a server, it says which of its own tools to use.',
  options: confirmationOption,
  examples: [
    'authctl db restore /backup/authctl-2030-01-31.db',
    'authctl db restore /backup/authctl.db --yes',
  ],
  interruptible: true,
  withoutIds: true,
  async run(context) {
    const { services, settings, terminal, args, options, signal, note } = context;
    const restores = await services.restores(args.file);
    const bar = new BackupProgressBar(terminal, settings.output.value === 'table');
    try {
      const report = await restores.restore(args.file, {
        signal,
        ...(bar.isShown && { onProgress: (done, total) => bar.show('restored', done, total) }),
        ...(!options.yes && { agree: (plan) => requireConfirmation(context, planText(plan)) }),
      });
      if (!report.contents.isCurrent) await note('the backup is of an older authctl: run authctl migrate up');
      return record(restoreView, report);
    } finally {
      bar.stop();
    }
  },
});
