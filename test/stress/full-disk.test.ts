import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { testFolder } from '../cli.ts';
import { dumpRecords, toCsv, Witness } from './dump.ts';
import { type Ended, migratedProgram, type Program, programIn } from './program.ts';
import { canMount, smallDisk } from './small-disk.ts';

const password = 'Correct-horse-1';
const minutes = 60_000;

const add = (program: Program, name: string, ...more: string[]) =>
  program.run(['user', 'add', name, '--password-stdin', ...more], { stdin: password });

/** Exit 8 and the error with its hint, a line each. */
function expectDiskFull({ exitCode, stdout, stderr }: Ended): void {
  expect({ exitCode, stdout }).toEqual({ exitCode: 8, stdout: '' });
  expect(stderr).toMatch(/^error: no space left [^\n]+\n(hint: [^\n]+\n)?$/);
}

function witnessOf(program: Program): Witness {
  const witness = new Witness(program);
  onTestFinished(() => witness.close());
  return witness;
}

// From no room for the smallest file up to room for one more user.
const rooms = [0, 4, 8, 24, 32, 36, 40, 48, 64, 80, 120];

describe.skipIf(!canMount)('a database on a disk that is full (needs the right to mount)', () => {
  test(
    'refuses changes with one line, and loses nothing that it acknowledged',
    async () => {
      const disk = smallDisk(2048);
      const program = await migratedProgram(disk.folder);
      await add(program, 'alice');

      const added = ['alice'];
      let refused = 0;
      for (const room of rooms) {
        disk.leave(room);
        const ended = await add(program, `room_${room}`);
        if (ended.exitCode === 0) added.push(`room_${room}`);
        else {
          refused += 1;
          expectDiskFull(ended);
        }
      }
      disk.leave(0);
      expectDiskFull(await program.run(['user', 'login', 'alice', '--password-stdin'], { stdin: password }));
      expectDiskFull(await program.run(['user', 'lock', 'alice']));
      const json = await add(program, 'bob', '--json');
      expect(JSON.parse(json.stderr).error.code).toBe('disk-full');

      disk.empty();
      expect(refused).toBeGreaterThan(3);
      expect(await program.usernames()).toEqual(added.sort());
      expect(await program.run(['audit', 'verify'])).toMatchObject({ exitCode: 0 });
      expect(witnessOf(program).committed()).toMatchObject({ integrity: 'ok', userEvents: added.length });
      expect(await add(program, 'bob')).toMatchObject({ exitCode: 0 });
    },
    minutes,
  );

  test(
    'is migrated as far as there was room, and the rest later',
    async () => {
      const disk = smallDisk(4096);
      for (const room of rooms) {
        const program = programIn(disk.folder, `room_${room}.db`);
        disk.leave(room);
        const ended = await program.run(['migrate', 'up']);
        if (ended.exitCode !== 0) expectDiskFull(ended);
        disk.empty();
        expect(await program.run(['migrate', 'up'])).toMatchObject({ exitCode: 0 });
        expect(await program.run(['migrate', 'down', '--to', '0', '--yes'])).toMatchObject({ exitCode: 0 });
      }
    },
    minutes,
  );

  test(
    'stops an import, which goes on with --resume when there is room',
    async () => {
      const disk = smallDisk(16_384);
      const folder = testFolder();
      const dump = join(folder, 'dump.csv');
      writeFileSync(dump, toCsv(dumpRecords(1500)), { mode: 0o600 });
      const [whole, program] = [await migratedProgram(), await migratedProgram(disk.folder)];
      const args = (name: string) => [
        'user',
        'import',
        dump,
        '--rejects',
        join(folder, name),
        '--batch',
        '50',
      ];
      const report = await whole.run(args('whole.csv'));
      expect(report.exitCode).toBe(10);

      disk.leave(400);
      const stopped = await program.run(args('rejects.csv'));
      expectDiskFull(stopped);
      const witness = witnessOf(program);
      const committed = witness.committed();
      disk.empty();
      const resumed = await program.run([...args('rejects.csv'), '--resume']);

      expect(committed).toMatchObject({ finished: false, users: committed.created });
      expect(committed.rows).toBeGreaterThan(0);
      expect(stopped.stderr).toContain(
        `the first ${committed.rows} records of the dump are done\nhint: when that`,
      );
      expect(resumed).toEqual(report);
      expect(readFileSync(join(folder, 'rejects.csv'))).toEqual(readFileSync(join(folder, 'whole.csv')));
      expect(witness.people()).toEqual(witnessOf(whole).people());
      expect(await program.run(['audit', 'verify'])).toMatchObject({ exitCode: 0 });
    },
    minutes,
  );

  test(
    'stops an import whose rejects file has no room left',
    async () => {
      const disk = smallDisk(64);
      const program = await migratedProgram();
      const dump = join(program.folder, 'dump.csv');
      writeFileSync(dump, toCsv(dumpRecords(1500)), { mode: 0o600 });
      const whole = await migratedProgram();
      const args = (rejects: string) => ['user', 'import', dump, '--rejects', rejects, '--batch', '50'];
      const [rejects, expected] = [join(disk.folder, 'rejects.csv'), join(whole.folder, 'rejects.csv')];
      await whole.run(args(expected));

      disk.leave(4);
      expectDiskFull(await program.run(args(rejects)));
      const committed = witnessOf(program).committed();
      disk.empty();
      const resumed = await program.run([...args(rejects), '--resume']);

      expect(committed).toMatchObject({ finished: false, users: committed.created });
      expect(resumed).toMatchObject({ exitCode: 10, stderr: '' });
      expect(readFileSync(rejects)).toEqual(readFileSync(expected));
    },
    minutes,
  );
});

describe.skipIf(!existsSync('/dev/full'))('output that cannot be written (needs /dev/full)', () => {
  const full = () => {
    const descriptor = openSync('/dev/full', 'w');
    onTestFinished(() => closeSync(descriptor));
    return descriptor;
  };

  test(
    'to standard output ends every command with exit 8 and one line',
    async () => {
      const program = await migratedProgram();
      await add(program, 'alice');
      const stdout = full();

      for (const line of [
        '--help',
        '--version',
        'user list',
        'user list --output csv',
        'user show alice',
        'config show',
      ]) {
        const ended = await program.run(line.split(' '), { stdout });
        expect(ended, line).toEqual({
          exitCode: 8,
          signal: null,
          stdout: '',
          stderr: 'error: no space left to write to\n',
        });
      }
      const { stderr } = await program.run(['audit', 'show', '--json'], { stdout });
      expect(JSON.parse(stderr).error.code).toBe('disk-full');
    },
    minutes,
  );

  test(
    'is told before anything is done or audited',
    async () => {
      const program = await migratedProgram();
      await add(program, 'alice');
      const before = await program.json('audit', 'show');
      const stdout = full();
      for (const line of ['user lock alice', 'user add bob --generate', 'user export', 'session prune']) {
        expect(await program.run(line.split(' '), { stdout }), line).toMatchObject({
          exitCode: 8,
          stderr: 'error: no space left to write to\n',
        });
      }
      expect(await program.json('audit', 'show')).toEqual(before);
    },
    minutes,
  );

  test(
    'to standard error changes neither result nor exit code',
    async () => {
      const program = await migratedProgram();
      const stderr = full();

      expect(await program.run(['user', 'show', 'nobody'], { stderr })).toMatchObject({ exitCode: 5 });
      expect(await program.run(['--nonsense'], { stderr })).toMatchObject({ exitCode: 2 });
      // It has a note to tell beside its result.
      const verified = await program.run(['audit', 'verify'], { stderr });
      expect(verified).toMatchObject({
        exitCode: 0,
        stdout: expect.stringContaining('each as it was written'),
      });
    },
    minutes,
  );
});
