/** A time for people: UTC to the second; empty when it never happened. */
export const shownTime = (time: Date | null): string =>
  time === null
    ? ''
    : time
        .toISOString()
        .replace('T', ' ')
        .replace(/\.\d+Z$/, 'Z');
