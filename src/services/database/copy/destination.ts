import { AuthctlError } from '../../../domain/errors.ts';
import { type Connection, databaseNames } from '../../../store/dialects/index.ts';
import { openConnection } from '../../../store/index.ts';

/** The database that a copy goes to. */
export interface CopyDestination {
  /** What it is called, without user and password. */
  readonly name: string;
  open(options: { create: boolean }): Promise<Connection>;
}

interface DestinationOptions {
  /** Location of the database that is copied. */
  from: string;
  timeoutMs: number | undefined;
  password: string | undefined;
}

/** The destination at a path or URL. Throws `usage` when that is the database that is copied. */
export function copyDestination(
  to: string,
  { from, timeoutMs, password }: DestinationOptions,
): CopyDestination {
  const names = databaseNames(to);
  const name = names.join(', ');
  if (databaseNames(from).some((one) => names.includes(one))) {
    throw new AuthctlError('usage', `${name} is the database that is to be copied`, {
      hint: 'name another one as the target',
    });
  }
  return { name, open: ({ create }) => openConnection(to, { create, timeoutMs, password }) };
}
