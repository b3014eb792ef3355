import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { interrupted, isInterruption, requireGoingOn, unlessInterrupted } from '../../src/io/interruption.ts';

const aborted = () => AbortSignal.abort();
const never = () => new Promise<string>(() => {});

test('a run goes on until its signal is aborted', () => {
  expect(() => requireGoingOn(new AbortController().signal)).not.toThrow();
  expect(() => requireGoingOn(aborted())).toThrow(interrupted());
});

test('what does not come is waited for until the signal is aborted', async () => {
  const run = new AbortController();
  const waiting = unlessInterrupted(never(), run.signal);
  run.abort();
  await expect(waiting).rejects.toThrow('interrupted');
  await expect(unlessInterrupted(never(), aborted())).rejects.toThrow('interrupted');
});

test('what comes, or fails, comes through, and nothing listens to the signal any more', async () => {
  const { signal } = new AbortController();
  expect(await unlessInterrupted(Promise.resolve('done'), signal)).toBe('done');
  await expect(unlessInterrupted(Promise.reject(new Error('broken')), signal)).rejects.toThrow('broken');
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test('an interruption is told from other errors', () => {
  expect(isInterruption(interrupted('interrupted after 5 rows'))).toBe(true);
  expect(isInterruption(new Error('interrupted'))).toBe(false);
});
