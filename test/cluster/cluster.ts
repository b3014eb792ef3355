import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServerSql } from '../databases/server-sql.ts';
import { type Ended, programFile, type Running, startProcess } from '../stress/program.ts';

export type NodeNumber = 1 | 2 | 3;
export const nodes: readonly NodeNumber[] = [1, 2, 3];

const script = join(import.meta.dirname, 'galera.sh');
const host = (node: NodeNumber) => `127.0.0.1:331${node}`;

/** Three nodes in a folder of their own, and the program to use each of them with. */
export class Cluster {
  readonly folder = mkdtempSync(join(tmpdir(), 'authctl-cluster-'));

  start(): void {
    this.#galera('start', this.folder);
  }

  /** Kills a node as a loss of power would. */
  kill(node: NodeNumber): void {
    this.#galera('kill', String(node), this.folder);
  }

  /** Starts a killed node again; returns when it is in step with the others. */
  rejoin(node: NodeNumber): void {
    this.#galera('node', String(node), this.folder);
  }

  /** Runs a statement on a node, behind the program's back. */
  sql(node: NodeNumber, statement: string): void {
    const server = new ServerSql(`mysql://root@${host(node)}/mysql`);
    server.query(statement);
    server.close();
  }

  stop(): void {
    this.#galera('stop', this.folder);
    rmSync(this.folder, { recursive: true, force: true });
  }

  #galera(...args: string[]): void {
    // Not through a pipe: the nodes would keep it open.
    const { status } = spawnSync(script, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    if (status !== 0) throw new Error(`galera.sh ${args[0]}: exit ${status}`);
  }

  /** The database of one test, on all nodes. */
  database(name: string): ClusterDatabase {
    return new ClusterDatabase(this.folder, name);
  }
}

/** One database of the cluster. */
export class ClusterDatabase {
  readonly #folder: string;
  readonly #name: string;

  constructor(folder: string, name: string) {
    this.#folder = folder;
    this.#name = name;
  }

  /** Starts the program on the first of the nodes that answers. */
  begin(on: readonly NodeNumber[], args: readonly string[], stdin = ''): Running {
    const url = `mysql://root@${on.map(host).join(',')}/${this.#name}`;
    const env = { HOME: this.#folder, AUTHCTL_DATABASE: url };
    return startProcess(process.execPath, [programFile, ...args], { stdin, env });
  }

  run(on: NodeNumber, args: readonly string[], stdin = ''): Promise<Ended> {
    return this.begin([on], args, stdin).ended;
  }

  /** Runs a command with `--json`; fails unless it exits 0. */
  async json<T>(on: NodeNumber, ...args: string[]): Promise<T> {
    const { exitCode, stdout, stderr } = await this.run(on, [...args, '--json']);
    if (exitCode !== 0) throw new Error(`${args.join(' ')}: exit ${exitCode}\n${stderr}`);
    return JSON.parse(stdout);
  }

  async usernames(on: NodeNumber): Promise<string[]> {
    const users = await this.json<{ username: string }[]>(on, 'user', 'list');
    return users.map((user) => user.username);
  }

  /** Makes the tables; bcrypt runs at cost 4. */
  async migrate(): Promise<void> {
    await this.json(1, 'migrate', 'up');
    await this.json(1, 'policy', 'set', 'bcryptCost=4');
  }
}
