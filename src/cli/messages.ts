import type { AuthctlError } from '../domain/errors.ts';
import { escapeText } from '../domain/text.ts';
import { tell } from '../io/output.ts';
import { toJson } from './render/json.ts';
import type { Terminal } from './terminal.ts';

/** Everything that a run says beside its result; written to standard error. */
export class Messages {
  readonly #terminal: Terminal;
  readonly #asJson: boolean;
  readonly #debug: boolean;

  constructor(terminal: Terminal, options: { asJson: boolean; debug: boolean }) {
    this.#terminal = terminal;
    this.#asJson = options.asJson;
    this.#debug = options.debug;
  }

  /** A remark for people. */
  async note(text: string): Promise<void> {
    if (this.#asJson) await tell(this.#terminal.stderr, `${toJson({ note: text })}\n`);
    else await tell(this.#terminal.stderr, `${escapeText(text)}\n`);
  }

  async warn(text: string): Promise<void> {
    if (this.#asJson) await tell(this.#terminal.stderr, `${toJson({ warning: text })}\n`);
    else await tell(this.#terminal.stderr, `warning: ${escapeText(text)}\n`);
  }

  /** The error that ends the run. */
  async error(error: AuthctlError): Promise<void> {
    const { code, message, hint, details } = error;
    if (this.#asJson) {
      const body = { code, message, ...(hint !== undefined && { hint }), ...details };
      await tell(this.#terminal.stderr, `${toJson({ error: body })}\n`);
      return;
    }
    const hintLine = hint === undefined ? '' : `hint: ${escapeText(hint)}\n`;
    await tell(this.#terminal.stderr, `error: ${escapeText(message)}\n${hintLine}`);
  }

  /** An error that nobody has foreseen. Its message and stack may hold data of users, so only `--debug` shows them. */
  async bug(error: unknown): Promise<void> {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const shown = this.#debug ? stack : undefined;
    const message = 'this is a bug in authctl';
    const hint = 'run it again with --debug and report what it prints, with secrets removed';
    if (this.#asJson) {
      await tell(
        this.#terminal.stderr,
        `${toJson({ error: { code: 'bug', message, hint, ...(shown && { stack: shown }) } })}\n`,
      );
      return;
    }
    const trace = shown === undefined ? '' : `${shown.split('\n').map(escapeText).join('\n')}\n`;
    await tell(this.#terminal.stderr, `error: ${message}\nhint: ${hint}\n${trace}`);
  }
}
