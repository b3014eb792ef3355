/** A signal that calls `look` with a count whenever somebody looks whether it is aborted, which is between two batches. */
export function watched(look: (count: number) => void, { signal } = new AbortController()): AbortSignal {
  let count = 0;
  return new Proxy(signal, {
    get: (target, name) => {
      if (name === 'aborted') look(++count);
      const value = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** A signal that is aborted when it is looked at for the `count`-th time. */
export function interruptedAt(count: number): AbortSignal {
  const controller = new AbortController();
  return watched((looks) => {
    if (looks === count) controller.abort();
  }, controller);
}
