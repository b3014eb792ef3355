import { formatTime } from '../../domain/duration.ts';

/** A time for people: UTC to the second; empty when it never happened. */
export const shownTime = (time: Date | null): string => (time === null ? '' : formatTime(time));
