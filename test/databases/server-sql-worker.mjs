import { workerData } from 'node:worker_threads';
import mysql from 'mysql2/promise';
import pg from 'pg';

const { port, answered } = workerData;
const int8 = 20;
// A connection that is cut while nobody waits: the next statement tells.
const ignore = () => {};

/** A connection: what runs a statement, and what ends it. */
async function connect(url) {
  if (url.startsWith('mysql:')) {
    const { hostname: host, port: number, username: user, password, pathname } = new URL(url);
    const connection = await mysql.createConnection({
      host,
      port: Number(number || 3306),
      user: decodeURIComponent(user),
      password: decodeURIComponent(password),
      database: pathname.slice(1),
      multipleStatements: true,
    });
    connection.on('error', ignore);
    return {
      run: async (text, values) => (await connection.query(text, values))[0],
      end: () => connection.end(),
    };
  }
  const types = {
    getTypeParser: (oid, format) => (oid === int8 ? Number : pg.types.getTypeParser(oid, format)),
  };
  const client = new pg.Client({ connectionString: url, types });
  client.on('error', ignore);
  await client.connect();
  const run = async (text, values) => {
    let count = 0;
    const numbered = values.length === 0 ? text : text.replaceAll('?', () => `$${++count}`);
    const result = await client.query(numbered, values.length === 0 ? undefined : values);
    return Array.isArray(result) ? [] : result.rows;
  };
  return { run, end: () => client.end() };
}

const connections = new Map();

async function answerTo({ connection, url, text, values }) {
  const known = connections.get(connection);
  if (text === undefined) {
    connections.delete(connection);
    await known?.end();
    return [];
  }
  const open = known ?? (await connect(url));
  connections.set(connection, open);
  const rows = await open.run(text, values);
  return Array.isArray(rows) ? rows.map((row) => ({ ...row })) : [];
}

port.on('message', async (request) => {
  let answer;
  try {
    answer = { rows: await answerTo(request) };
  } catch (error) {
    answer = { error: error.message };
  }
  port.postMessage(answer);
  Atomics.store(answered, 0, 1);
  Atomics.notify(answered, 0);
});
