// Writes docs/commands.md from what every command's --help prints; with --check it only says whether it is current.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('..', import.meta.url);
const program = fileURLToPath(new URL('bin/authctl.js', root));
const file = fileURLToPath(new URL('docs/commands.md', root));

function help(...words) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...words, '--help'], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`authctl ${words.join(' ')} --help: exit ${status}\n${stderr}`);
  return stdout.trimEnd();
}

/** Names in the list of commands that a help text holds. */
const listed = (text) =>
  [
    ...text
      .split('\nCommands:\n')[1]
      .split('\n\n')[0]
      .matchAll(/^ {2}(\S+)/gm),
  ].map(([, name]) => name);

/** What every command has in common is said once. */
const own = (text) => text.replace(/\nGlobal Options:\n(?: {2}.*\n)*/, '').trimEnd();

const sections = listed(help()).flatMap((noun) =>
  listed(help(noun)).map((verb) => `## ${noun} ${verb}\n\n\`\`\`text\n${own(help(noun, verb))}\n\`\`\`\n`),
);
const text = `# Commands

Made from the program's own help by \`npm run docs\`. Every command also takes the options of \`authctl --help\`.

\`\`\`text
${help()}
\`\`\`

${sections.join('\n')}`;

if (process.argv.includes('--check')) {
  if (readFileSync(file, 'utf8') !== text) {
    console.error('docs/commands.md is not current: run npm run docs');
    process.exit(1);
  }
} else {
  writeFileSync(file, text);
}
