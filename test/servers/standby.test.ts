import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as passing } from 'node:timers/promises';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { goodPassword, scene } from '../cli/scene.ts';
import { databaseKind } from '../databases/database.ts';
import { privateFolder, serverUrls } from '../databases/kinds.ts';

const script = join(import.meta.dirname, 'standby.sh');
const standby = (...words: string[]) =>
  execFileSync(script, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();

/** A database of the primary, and the hosts of the primary and of a standby that follows it. */
async function primaryAndStandby() {
  const on = await scene();
  const server = new URL(standby('start', on.folder, serverUrls.postgres));
  onTestFinished(() => {
    standby('stop', on.folder);
  });
  const { host, pathname } = new URL(on.database);
  const over = (...hosts: string[]) => ({
    env: { AUTHCTL_DATABASE: `postgres://postgres@${hosts.join(',')}${pathname}`, AUTHCTL_TIMEOUT: '10s' },
  });
  return { on, primary: host, second: server.host, over };
}

describe.runIf(databaseKind === 'postgres')('a standby', () => {
  beforeEach(({ skip }) => {
    if (privateFolder(databaseKind) === undefined) skip('the server is not one that start.sh has started');
  });

  test('is passed over for the primary, reads alone, and is used once it is promoted', async () => {
    const { on, primary, second, over } = await primaryAndStandby();
    const add = { ...over(second, primary), stdin: on.secret(goodPassword) };
    expect((await on.run('user add alice --password-stdin', add)).exitCode).toBe(0);

    const follows = over(second);
    for (let tries = 0; (await on.run('user show alice', follows)).exitCode !== 0; tries += 1) {
      expect(tries).toBeLessThan(50);
      await passing(100);
    }
    expect(await on.json('audit verify', follows)).toEqual(await on.json('audit verify'));
    const refused = await on.fails('user lock alice', follows);
    expect(refused).toMatchObject({ exitCode: 8, hint: 'name the primary server in the URL, not a replica' });

    standby('promote', on.folder);
    // The old primary answers nobody any more.
    const after = over('127.0.0.1:1', second);
    expect((await on.run('user lock alice', after)).exitCode).toBe(0);
    expect(await on.json('user show alice', after)).toMatchObject({ status: 'locked' });
    expect(await on.json('audit verify', after)).toMatchObject({ ok: true, events: 3 });
  });
});
