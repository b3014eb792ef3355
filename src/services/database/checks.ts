import type { Call } from '../../domain/call.ts';
import { AuthctlError } from '../../domain/errors.ts';
import { damage, type Finding, failure, passed, warning } from '../../domain/finding.ts';
import {
  type Connection,
  type Inspector,
  schemeOf,
  sqliteFile,
  sqliteFileFindings,
} from '../../store/dialects/index.ts';
import {
  type AuditHead,
  guardStatements,
  readLedger,
  requireCurrentSchema,
  Store,
  schemaFaults,
} from '../../store/index.ts';
import { AuditService } from '../audit/audit.ts';
import { type SettingsFiles, settingsFileFindings } from './settings-files.ts';
import { storedValueFindings } from './stored-values.ts';

/** What is checked, and what the checks work with. */
export interface CheckTarget {
  location: string;
  /** Opens the database whatever its schema. */
  open(): Promise<Connection>;
  settings: SettingsFiles;
  caller: Call;
  now(): Date;
}

/** How a database is checked. */
export interface CheckOptions {
  quick: boolean;
  checkpoint?: AuditHead | undefined;
}

/** More than this between the clocks is told, in milliseconds. */
const clockTolerance = 2000;
/** The migration that makes the log. */
const auditMigration = '0002-audit';
/** The migration that makes the place of the policy, behind that of the users. */
const policyMigration = '0003-settings';

/** Looks for what endangers a database, in whatever state that is. */
export class CheckService {
  readonly #target: CheckTarget;

  constructor(target: CheckTarget) {
    this.#target = target;
  }

  /**
   * Findings in the order of the layers: files, server, schema, contents. What cannot be looked at because of an
   * earlier failure is left out.
   *
   * @param quick leaves out what goes through everything that is stored
   * @param checkpoint a head that was kept elsewhere: the audit log must hold it
   */
  async run({ quick, checkpoint }: CheckOptions): Promise<Finding[]> {
    const { location, settings } = this.#target;
    const found = settingsFileFindings(settings);
    if (schemeOf(location) === 'sqlite') found.push(...this.#files(location));
    try {
      const connection = await this.#target.open();
      const attempt = (check: string, work: () => Promise<Finding[]>) => attempted(check, connection, work);
      const inspector = await connection.inspector();
      const reached = await attempt('reachable', async () => [passed('reachable', await inspector.engine())]);
      found.push(...reached);
      if (reached.some(({ state }) => state === 'failure')) return found;
      found.push(...(await attempt('settings', () => inspector.settings())));
      found.push(...(await attempt('clock', () => this.#clock(inspector))));
      found.push(...(await attempt('schema', () => schemaFindings(connection))));
      found.push(...(await attempt('schema-text', () => schemaTextFindings(connection))));
      found.push(...(await attempt('guards', () => guardFindings(connection, inspector))));
      found.push(...(await attempt('users', () => this.#users(connection))));
      if (quick) return found;
      found.push(...(await attempt('integrity', () => inspector.integrity())));
      found.push(...(await attempt('values', () => storedValueFindings(connection))));
      found.push(...(await attempt('audit-log', () => this.#audit(connection, checkpoint))));
      found.push(...(await attempt('usernames', () => this.#usernames(connection))));
    } catch (error) {
      if (!(error instanceof AuthctlError)) throw error;
      found.push(told('reachable', error));
    }
    return found;
  }

  #files(location: string): Finding[] {
    try {
      return sqliteFileFindings(sqliteFile(location));
    } catch (error) {
      // A location that names no file is told by opening it.
      if (error instanceof AuthctlError) return [];
      throw error;
    }
  }

  async #clock(inspector: Inspector): Promise<Finding[]> {
    const before = this.#target.now().getTime();
    const server = await inspector.clock();
    const after = this.#target.now().getTime();
    return server === undefined ? [] : [clockFinding(server, before, after)];
  }

  async #audit(connection: Connection, checkpoint: AuditHead | undefined): Promise<Finding[]> {
    const { caller, now } = this.#target;
    const ledger = await readLedger(connection.db, connection.dialect);
    if (!ledger?.has(auditMigration)) return [];
    const store = new Store(connection, now);
    const { events, head } = await new AuditService({ store, caller, now }).verify(checkpoint);
    const proven = checkpoint ? `; event ${checkpoint.seq} is that of the checkpoint` : '';
    return [passed('audit-log', `${events} events, each as it was written${proven}; head ${head.hash}`)];
  }

  async #users(connection: Connection): Promise<Finding[]> {
    const ledger = await readLedger(connection.db, connection.dialect);
    if (!ledger?.has(auditMigration)) return [];
    const { unaccountedUserFindings } = await import('./unaccounted-users.ts');
    return unaccountedUserFindings(new Store(connection, this.#target.now));
  }

  async #usernames(connection: Connection): Promise<Finding[]> {
    const { caller, now } = this.#target;
    const ledger = await readLedger(connection.db, connection.dialect);
    if (!ledger?.has(policyMigration)) return [];
    const { confusableNameFindings } = await import('./confusable-names.ts');
    return confusableNameFindings({ store: new Store(connection, now), caller, now });
  }
}

async function attempted(
  check: string,
  { dialect }: Connection,
  work: () => Promise<Finding[]>,
): Promise<Finding[]> {
  try {
    return await work();
  } catch (error) {
    const known = error instanceof AuthctlError ? error : dialect.explain(error);
    if (!known) throw error;
    return [told(check, known)];
  }
}

const damages: readonly string[] = ['database-damaged', 'audit-damaged'];

const told = (check: string, { code, message, hint }: AuthctlError): Finding =>
  (damages.includes(code) ? damage : failure)(check, message, hint ?? 'look at authctl config show');

async function schemaFindings(connection: Connection): Promise<Finding[]> {
  await requireCurrentSchema(connection);
  const ledger = await readLedger(connection.db, connection.dialect);
  return [passed('schema', `${ledger?.size} migrations, none is missing`)];
}

async function schemaTextFindings(connection: Connection): Promise<Finding[]> {
  const faults = await schemaFaults(connection);
  if (faults.length === 0) return [passed('schema-text', 'as the migrations make it')];
  return [
    damage(
      'schema-text',
      `the schema is not as the migrations make it: ${faults.join('; ')}`,
      'find out who changed it, and change it back, or restore a backup (authctl db restore)',
    ),
  ];
}

async function guardFindings(connection: Connection, inspector: Inspector): Promise<Finding[]> {
  const { db, dialect } = connection;
  const ledger = await readLedger(db, dialect);
  const wanted = guardStatements(dialect, new Set(ledger?.keys()));
  if (wanted.size === 0) return [];
  const present = await inspector.triggers();
  const missing = [...wanted].filter(([name]) => !present.has(name));
  if (missing.length === 0) return [passed('guards', 'events of the audit log cannot be changed by mistake')];
  return [
    warning(
      'guards',
      `nothing keeps events from being changed or removed: ${missing.map(([name]) => name).join(', ')} is missing`,
      `authctl audit verify --checkpoint, then: ${missing.map(([, statement]) => statement).join('; ')}`,
    ),
  ];
}

/**
 * How far the clocks are apart, in milliseconds since 1970.
 *
 * @param before when the server was asked, by this machine's clock
 * @param after when it had answered
 */
export function clockFinding(server: number, before: number, after: number): Finding {
  const apart = server < before ? server - before : Math.max(0, server - after);
  const seconds = (Math.abs(apart) / 1000).toFixed(1);
  if (Math.abs(apart) <= clockTolerance) return passed('clock', 'as the one of this machine');
  return warning(
    'clock',
    `the server is ${seconds} s ${apart < 0 ? 'behind' : 'ahead of'} this machine: locks and expiries end by the clock of whoever asks, and events are dated by it`,
    'set both by NTP',
  );
}
