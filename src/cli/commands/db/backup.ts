import { defineCommand } from '../../command.ts';
import { BackupProgressBar } from '../../input/progress.ts';
import { flag } from '../../options.ts';
import { record } from '../../render/result.ts';
import { backupView } from '../../views/backup.ts';

export const dbBackup = defineCommand({
  name: 'db backup <file>',
  description:
    'Copies a SQLite database while it is in use into one file that you alone can read, and verifies the copy before\n' +
    'it gets its name. Of a server, it says which of its own tools to use.',
  options: { force: flag('--force', 'replace the backup that is there') },
  examples: [
    'authctl db backup /backup/authctl-2030-01-31.db',
    'authctl db backup /backup/authctl.db --force',
  ],
  interruptible: true,
  withoutIds: true,
  async run({ services, settings, terminal, args, options, signal }) {
    const backups = await services.backups(args.file);
    const bar = new BackupProgressBar(terminal, settings.output.value === 'table');
    try {
      const report = await backups.backup(args.file, {
        signal,
        replace: options.force,
        ...(bar.isShown && {
          onProgress: (done, total) => bar.show(done < total ? 'copied' : 'copied, verifying', done, total),
        }),
      });
      return record(backupView, report);
    } finally {
      bar.stop();
    }
  },
});
