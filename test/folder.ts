import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

// A folder of a test's own: `const folder = testFolder()`; it is removed after the test.

/** A folder for the files of one test. */
export function testFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'authctl-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
