/** The result of one check of `db check`. */
export interface Finding {
  /** Name of the check, such as `file-modes`. */
  readonly check: string;
  readonly state: 'ok' | 'warning' | 'failure';
  readonly detail: string;
  /** What to do; `null` where nothing is to be done. */
  readonly mend: string | null;
  /** Whether stored data is damaged (exit code 9), and not only something around it wrong (exit code 8). */
  readonly isDamage: boolean;
}

export const passed = (check: string, detail: string): Finding => ({
  check,
  state: 'ok',
  detail,
  mend: null,
  isDamage: false,
});

/** The database works, but is at risk. */
export const warning = (check: string, detail: string, mend: string): Finding => ({
  check,
  state: 'warning',
  detail,
  mend,
  isDamage: false,
});

/** The database does not work, or may lose changes that were acknowledged. */
export const failure = (check: string, detail: string, mend: string): Finding => ({
  check,
  state: 'failure',
  detail,
  mend,
  isDamage: false,
});

/** Stored data is not what authctl has written. */
export const damage = (check: string, detail: string, mend: string): Finding => ({
  check,
  state: 'failure',
  detail,
  mend,
  isDamage: true,
});
