import { AuthctlError } from '../../../domain/errors.ts';
import type { Finding } from '../../../domain/finding.ts';
import { defineCommand } from '../../command.ts';
import { exit } from '../../exit-codes.ts';
import { checkpointOption, readCheckpoint } from '../../input/checkpoint.ts';
import { flag } from '../../options.ts';
import { list, onePage } from '../../render/result.ts';
import { findingView } from '../../views/check.ts';

export const dbCheck = defineCommand({
  name: 'db check',
  description:
    'Looks at files, settings, schema and contents of the database, in whatever state it is, and says what to do.\n' +
    'The newest changes can be lost without a trace when a file is damaged from outside: --checkpoint finds that.\n' +
    'Warnings exit 0. A failure exits 8; damage to the database or the audit log exits 9.',
  options: {
    quick: flag('--quick', 'without reading everything that is stored'),
    checkpoint: checkpointOption,
  },
  examples: [
    'authctl db check',
    'authctl db check --quick --json',
    'authctl db check --checkpoint checkpoint.json',
  ],
  async run({ services, terminal, options, signal, note }) {
    if (options.quick && options.checkpoint !== undefined) {
      throw new AuthctlError(
        'usage',
        '--quick does not read the audit log, so --checkpoint has no meaning with it',
      );
    }
    const checkpoint = await readCheckpoint({ options, terminal, signal, note });
    const checks = await services.checks();
    const findings = await checks.run({ quick: options.quick, checkpoint });
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
