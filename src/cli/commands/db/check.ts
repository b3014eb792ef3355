import { AuthctlError } from '../../../domain/errors.ts';
import type { Finding } from '../../../domain/finding.ts';
import { defineCommand } from '../../command.ts';
import { exit } from '../../exit-codes.ts';
import { flag } from '../../options.ts';
import { list, onePage } from '../../render/result.ts';
import { findingView } from '../../views/check.ts';

export const dbCheck = defineCommand({
  name: 'db check',
  description:
    'Looks at files, settings, schema and contents of the database, in whatever state it is, and says what to do.\n' +
    'Warnings exit 0. A failure exits 8; damage to the database or the audit log exits 9.',
  options: { quick: flag('--quick', 'without reading everything that is stored') },
  examples: ['authctl db check', 'authctl db check --quick --json'],
  async run({ services, options, note }) {
    const checks = await services.checks();
    const findings = await checks.run(options);
    return list(findingView, onePage(findings), {
      end: async () => {
        if (options.quick) await note('contents and audit log were not checked (--quick)');
        requireNoFailure(findings);
        return exit.done;
      },
    });
  },
});

function requireNoFailure(findings: readonly Finding[]): void {
  const failures = findings.filter(({ state }) => state === 'failure');
  if (failures.length === 0) return;
  const names = [...new Set(failures.map(({ check }) => check))].join(', ');
  const isDamaged = failures.some(({ isDamage }) => isDamage);
  throw new AuthctlError(
    isDamaged ? 'database-damaged' : 'check-failed',
    `${failures.length} of ${findings.length} checks failed: ${names}`,
    { hint: 'each line of a failed check says what to do' },
  );
}
