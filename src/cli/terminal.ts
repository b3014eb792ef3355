import type { Readable, Writable } from 'node:stream';
import type { Output } from '../io/output.ts';

/** The streams of a run, and what is known of them. */
export interface Terminal {
  readonly stdin: Readable;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Where questions and progress are drawn: standard error as a stream. */
  readonly screen: Writable;
  readonly stdinIsTTY: boolean;
  readonly stdoutIsTTY: boolean;
  readonly stderrIsTTY: boolean;
  /** Width of standard output, where a terminal shows it. */
  readonly columns: number | undefined;
}
