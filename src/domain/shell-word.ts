// What no shell changes. A word that begins with `=` is the path of a command to zsh.
const plain = /^(?!=)[\p{L}\p{M}\p{N}_@%+=:,./-]+$/u;

/**
 * A text as one word of a command line, for people who paste what a message shows. It is quoted as POSIX has it (Shell
 * Command Language, 2.2.2 "Single-Quotes"), and stands as it is where nothing needs quoting.
 */
export function shellWord(text: string): string {
  return plain.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
