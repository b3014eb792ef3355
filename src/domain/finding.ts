/** What a look at one side of a database has found. */
export interface Finding {
  /** What was looked at: `file-modes`. */
  readonly check: string;
  readonly state: 'ok' | 'warning' | 'failure';
  readonly detail: string;
  /** What to do; `null` where nothing is to be done. */
  readonly mend: string | null;
  /** Whether what is kept is damaged; otherwise a failure is of what surrounds it. */
  readonly isDamage: boolean;
}

export const passed = (check: string, detail: string): Finding => ({
  check,
  state: 'ok',
  detail,
  mend: null,
  isDamage: false,
});

/** It works, and may end badly. */
export const warning = (check: string, detail: string, mend: string): Finding => ({
  check,
  state: 'warning',
  detail,
  mend,
  isDamage: false,
});

/** It does not work, or loses what was acknowledged. */
export const failure = (check: string, detail: string, mend: string): Finding => ({
  check,
  state: 'failure',
  detail,
  mend,
  isDamage: false,
});

/** What is kept is not what was written. */
export const damage = (check: string, detail: string, mend: string): Finding => ({
  check,
  state: 'failure',
  detail,
  mend,
  isDamage: true,
});
