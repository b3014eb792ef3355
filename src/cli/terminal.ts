import type { Readable, Writable } from 'node:stream';
import type { Output } from '../io/output.ts';

/** The streams of a run, and whether they are terminals. */
export interface Terminal {
  readonly stdin: Readable;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Where questions and progress are drawn: standard error as a stream. */
  readonly screen: Writable;
  readonly stdinIsTTY: boolean;
  readonly stdoutIsTTY: boolean;
  /** Whether standard output goes nowhere, because it is closed or `/dev/null`. */
  readonly stdoutIsDiscarded?: boolean;
  readonly stderrIsTTY: boolean;
  /** Width of the terminal that standard output is shown on; `undefined` where it is not. */
  readonly columns: number | undefined;
}
