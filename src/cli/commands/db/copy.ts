import type { CopyPlan } from '../../../services/database/database.ts';
import { refusePassword } from '../../../settings/settings.ts';
import { defineCommand } from '../../command.ts';
import { requireConfirmation } from '../../input/confirmation.ts';
import { CopyProgressBar } from '../../input/progress.ts';
import { flag, text } from '../../options.ts';
import { record } from '../../render/result.ts';
import { copyView } from '../../views/copy.ts';

export const dbCopy = defineCommand({
  name: 'db copy <to>',
  description:
    'Copies users with their hashes, the policy, the audit log and the progress of imports into another ' +
    'database, named by a path or URL as for --database. It is created if it does not exist, and must be ' +
    'empty. At the end each row is compared on both sides, and the audit log is verified in the copy; until ' +
    'then every other command refuses the target.\n\n' +
    'While it runs nobody can write to the source: logins and changes wait, and fail with exit code 7 after ' +
    '--timeout. Afterwards they are possible again, so first stop whatever uses the source. After an ' +
    'interruption the same command goes on where it was; if the source has changed since, it begins anew.',
  options: {
    toPasswordFile: text('--to-password-file <file>', "file with the password of the target's user"),
    yes: flag('--yes', 'do not ask'),
  },
  examples: [
    'authctl db copy postgres://authctl@db.example.org/authctl --to-password-file /run/secrets/db',
    'authctl db copy mysql://authctl@db.example.org/authctl --yes',
    'authctl --database postgres://authctl@db.example.org/authctl db copy back.db',
  ],
  interruptible: true,
  withoutIds: true,
  async run({ services, settings, terminal, args, options, signal, note }) {
    refusePassword(args.to, 'give it by --to-password-file');
    const copies = await services.copies({ to: args.to, passwordFile: options.toPasswordFile });
    const plan = await copies.plan();
    if (plan.target !== 'begun' && !options.yes) {
      await requireConfirmation({ terminal, note, signal }, planText(plan));
    }
    const bar = new CopyProgressBar(terminal, settings.output.value === 'table');
    try {
      const report = await copies.run({
        signal,
        ...(bar.isShown && { onProgress: (progress) => bar.show(progress) }),
        onAnew: () => note('the source has changed since the copy was interrupted: it begins anew'),
      });
      bar.stop();
      return record(copyView(report), report);
    } finally {
      bar.stop();
    }
  },
});

function planText({ target, name, users, events }: CopyPlan): string {
  const how = target === 'missing' ? 'which is not there yet and is made' : 'which holds nothing yet';
  return (
    `copies ${users} users and ${events} audit events to ${name}, ${how}; ` +
    'until it is done nobody can log in at this database, nor change anything in it'
  );
}
