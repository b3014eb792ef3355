import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmdirSync, rmSync, truncateSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

// A disk of few kilobytes: `const disk = smallDisk(2048)`, then `disk.leave(4)` fills it up to 4 KiB. It takes the right to
// mount (`canMount`).

/** Whether this machine lets the tests mount a file system in memory: as root on Linux, outside most containers. */
export const canMount = tryToMount();

function tryToMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'authctl-mount-'));
  try {
    mount(folder, 'size=64k');
    execFileSync('umount', [folder]);
    return true;
  } catch {
    return false;
  } finally {
    rmdirSync(folder);
  }
}

function mount(folder: string, options: string): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'authctl-test', folder], { stdio: 'ignore' });
}

/** A disk of few bytes, mounted for one test. */
export interface SmallDisk {
  folder: string;
  /** Fills it up to so many KiB. */
  leave(free: number): void;
  /** Frees what `leave` has taken. */
  empty(): void;
  /** Mounts it anew, to be read only. */
  makeReadOnly(): void;
}

/** @param size KiB */
export function smallDisk(size: number): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), 'authctl-disk-'));
  mount(folder, `size=${size}k`);
  onTestFinished(() => {
    execFileSync('umount', [folder]);
    rmdirSync(folder);
  });
  const filler = join(folder, 'filler');
  return {
    folder,
    leave: (free) => {
      const bytes = fill(filler);
      truncateSync(filler, Math.max(0, bytes - free * 1024));
    },
    empty: () => rmSync(filler, { force: true }),
    makeReadOnly: () => mountAgain(folder),
  };
}

function mountAgain(folder: string): void {
  execFileSync('mount', ['-o', 'remount,ro', folder], { stdio: 'ignore' });
}

function fill(file: string): number {
  const descriptor = openSync(file, 'w');
  const block = Buffer.alloc(4096);
  let bytes = 0;
  try {
    for (;;) bytes += writeSync(descriptor, block);
  } catch {
    return bytes;
  } finally {
    closeSync(descriptor);
  }
}
