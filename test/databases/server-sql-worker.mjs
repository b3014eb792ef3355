import { workerData } from 'node:worker_threads';
import mysql from 'mysql2/promise';
import pg from 'pg';

const { url, port, answered } = workerData;
const int8 = 20;

async function connect() {
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
    return async (text, values) => (await connection.query(text, values))[0];
  }
  const types = {
    getTypeParser: (oid, format) => (oid === int8 ? Number : pg.types.getTypeParser(oid, format)),
  };
  const client = new pg.Client({ connectionString: url, types });
  await client.connect();
  return async (text, values) => {
    let count = 0;
    const numbered = values.length === 0 ? text : text.replaceAll('?', () => `$${++count}`);
    const result = await client.query(numbered, values.length === 0 ? undefined : values);
    return Array.isArray(result) ? [] : result.rows;
  };
}

const connected = connect();

port.on('message', async ({ text, values }) => {
  let answer;
  try {
    const rows = await (await connected)(text, values);
    answer = { rows: Array.isArray(rows) ? rows.map((row) => ({ ...row })) : [] };
  } catch (error) {
    answer = { error: error.message };
  }
  port.postMessage(answer);
  Atomics.store(answered, 0, 1);
  Atomics.notify(answered, 0);
});
