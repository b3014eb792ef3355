import type { ServerClient, ServerPool } from './driver.ts';

/**
 * One pool over the hosts of a URL, in their order: the first is used until it cannot be reached or a connection to
 * it breaks, then the next one, and behind the last the first again. Throws what the last host said when all fail.
 */
export function failover(pools: readonly ServerPool[], isLost: (error: unknown) => boolean): ServerPool {
  let order = [...pools];
  // Several connections may break at once, and only one of them moves on.
  const leave = (pool: ServerPool) => {
    if (order[0] === pool) order = [...order.slice(1), pool];
  };
  const connect = async (): Promise<ServerClient> => {
    let last: unknown;
    for (const pool of order) {
      try {
        const client = await pool.connect();
        const release = (broken: boolean) => {
          if (broken) leave(pool);
          client.release(broken);
        };
        return { ...client, release };
      } catch (error) {
        if (!isLost(error)) throw error;
        leave(pool);
        last = error;
      }
    }
    throw last;
  };
  return {
    connect,
    end: async () => {
      await Promise.all(pools.map((pool) => pool.end()));
    },
  };
}
