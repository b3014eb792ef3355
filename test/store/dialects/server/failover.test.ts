import { expect, test } from 'vitest';
import type { ServerPool } from '../../../../src/store/dialects/server/driver.ts';
import { failover } from '../../../../src/store/dialects/server/failover.ts';
import { describeDatabase, eachHost, readServerUrl } from '../../../../src/store/dialects/server/location.ts';

class Lost extends Error {}

const isLost = (error: unknown) => error instanceof Lost;

/** A host that answers with its name while it is `up`, and notes who asked. */
function host(name: string, asked: string[]) {
  const state = { up: true, ended: false };
  const pool: ServerPool = {
    connect: async () => {
      asked.push(name);
      if (!state.up) throw new Lost(name);
      return {
        query: async () => ({ rows: [name] }),
        queryValues: async () => [[name]],
        release: () => {},
      };
    },
    end: async () => {
      state.ended = true;
    },
  };
  return { state, pool };
}

function cluster() {
  const asked: string[] = [];
  const hosts = ['one', 'two', 'three'].map((name) => host(name, asked));
  const pool = failover(
    hosts.map((one) => one.pool),
    isLost,
  );
  const ask = async (broken = false) => {
    const client = await pool.connect();
    const { rows } = await client.query('select 1', []);
    client.release(broken);
    return rows[0];
  };
  return { asked, states: hosts.map((one) => one.state), pool, ask };
}

test('the first host is used as long as it answers', async () => {
  const { asked, ask } = cluster();
  expect([await ask(), await ask()]).toEqual(['one', 'one']);
  expect(asked).toEqual(['one', 'one']);
});

test('where a host cannot be reached the next one is used, and from then on', async () => {
  const { asked, states, ask } = cluster();
  for (const state of states.slice(0, 2)) state.up = false;
  expect([await ask(), await ask()]).toEqual(['three', 'three']);
  expect(asked).toEqual(['one', 'two', 'three', 'three']);
});

test('a connection that breaks sends the next one to the next host, and behind the last to the first', async () => {
  const { ask } = cluster();
  expect([await ask(true), await ask(true), await ask(true), await ask()]).toEqual([
    'one',
    'two',
    'three',
    'one',
  ]);
});

test('connections that break at once move on by one host', async () => {
  const { pool, ask } = cluster();
  const clients = await Promise.all([pool.connect(), pool.connect()]);
  for (const client of clients) client.release(true);
  expect(await ask()).toBe('two');
});

test('where no host answers the last one says why, each having been asked once', async () => {
  const { asked, states, ask } = cluster();
  for (const state of states) state.up = false;
  await expect(ask()).rejects.toThrow('three');
  expect(asked).toEqual(['one', 'two', 'three']);
});

test('what is wrong with the question is not asked of other hosts', async () => {
  const { asked, pool } = cluster();
  const refusing: ServerPool = { ...pool, connect: () => Promise.reject(new Error('access denied')) };
  await expect(failover([refusing, pool], isLost).connect()).rejects.toThrow('access denied');
  expect(asked).toEqual([]);
});

test('all pools end', async () => {
  const { states, pool } = cluster();
  await pool.end();
  expect(states.every((state) => state.ended)).toBe(true);
});

test.each([
  ['mysql://root@a:1/db', ['mysql://root@a:1/db']],
  [
    'mysql://a,b:2,c/db?ssl=true',
    ['mysql://a/db?ssl=true', 'mysql://b:2/db?ssl=true', 'mysql://c/db?ssl=true'],
  ],
  ['postgres://u:p,w@[::1]:1,b/db', ['postgres://u:p,w@[::1]:1/db', 'postgres://u:p,w@b/db']],
  ['postgres:///db?host=/run/a,b', ['postgres:///db?host=/run/a,b']],
])('%s has its hosts', (url, urls) => {
  expect(eachHost(url)).toEqual(urls);
});

test('messages name all hosts, and no password', () => {
  const targets = eachHost('postgres://u:secret@a,b:2/db').map(readServerUrl);
  expect(describeDatabase('PostgreSQL', targets, 5432)).toBe('PostgreSQL database "db" at a:5432,b:2');
});
