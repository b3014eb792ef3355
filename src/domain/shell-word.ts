// Characters that no shell treats specially. zsh expands a word that begins with `=`.
const plain = /^(?!=)[\p{L}\p{M}\p{N}_@%+=:,./-]+$/u;

/**
 * A text as one word of a command line that a person may paste into a shell. It is put in single quotes (POSIX, Shell
 * Command Language, 2.2.2) unless it holds nothing that needs them.
 */
export function shellWord(text: string): string {
  return plain.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
