// Writes what docs/ says of the program, from the program itself: docs/commands.md from what every command's --help
// prints, docs/errors.md from the registries of codes in src. With --check it only says which file is not current.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = new URL('..', import.meta.url);
const program = fileURLToPath(new URL('bin/authctl.js', root));

function help(...words) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...words, '--help'], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`authctl ${words.join(' ')} --help: exit ${status}\n${stderr}`);
  return stdout.trimEnd();
}

/** The names in the list of commands of a help text. */
const listed = (text) =>
  [
    ...text
      .split('\nCommands:\n')[1]
      .split('\n\n')[0]
      .matchAll(/^ {2}(\S+)/gm),
  ].map(([, name]) => name);

/** A command's help without the options that all commands share. */
const own = (text) => text.replace(/\nGlobal Options:\n(?: {2}.*\n)*/, '').trimEnd();

function commandsDocument() {
  const sections = listed(help()).flatMap((noun) =>
    listed(help(noun)).map((verb) => `## ${noun} ${verb}\n\n\`\`\`text\n${own(help(noun, verb))}\n\`\`\`\n`),
  );
  return `# Commands

Made from the program's own help by \`npm run docs\`. Every command also takes the options of \`authctl --help\`.

\`\`\`text
${help()}
\`\`\`

${sections.join('\n')}`;
}

/** The exports of a TypeScript module that imports nothing but types. */
async function exportsOf(path) {
  const { outputText } = ts.transpileModule(readFileSync(new URL(path, root), 'utf8'), {
    compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext },
  });
  return import(`data:text/javascript,${encodeURIComponent(outputText)}`);
}

const row = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
const table = (head, rows) =>
  [row(head), row(head.map(() => '---')), ...rows.map((cells) => row(cells))].join('\n');

async function errorsDocument() {
  const { errorCodes } = await exportsOf('src/domain/error-codes.ts');
  const { rejectCodes } = await exportsOf('src/services/imports/reject-codes.ts');
  const { exit, exitCodes } = await exportsOf('src/cli/exit-codes.ts');
  const entries = Object.entries(errorCodes)
    .map(([code, text]) => ({ code, exitCode: exitCodes[code], ...text }))
    .sort((a, b) => a.exitCode - b.exitCode);
  const codeTable = table(
    ['code', 'exit', 'meaning', 'what to do'],
    entries.map(({ code, exitCode, meaning, whatToDo }) => [
      `\`${code}\``,
      String(exitCode),
      meaning,
      whatToDo,
    ]),
  );
  const rejectTable = table(
    ['code', 'meaning', 'what to do'],
    Object.entries(rejectCodes).map(([code, { meaning, whatToDo }]) => [`\`${code}\``, meaning, whatToDo]),
  );
  return `# Errors

Made from the program's own registries by \`npm run docs\`. With \`--json\` an error is
\`{"error":{"code":"…","message":"…","hint":"…"}}\` on standard error: programs rely on the code and on the exit code,
people read the message and the hint, whose words may change.

${codeTable}

Two more exit codes belong to no code of this table. ${exit.bug} is a bug in authctl (code \`bug\`): \`--debug\` shows where.
${exit.partlyDone} is an import that has rejected some rows and brought in the others.

## Rejected rows

A row that cannot come in does not stop an import. The file of \`--rejects\`, the report and \`--dry-run --rows\` give one
of these codes for it.

${rejectTable}
`;
}

const documents = { 'docs/commands.md': commandsDocument(), 'docs/errors.md': await errorsDocument() };
for (const [path, text] of Object.entries(documents)) {
  const file = new URL(path, root);
  if (!process.argv.includes('--check')) {
    writeFileSync(file, text);
  } else if (readFileSync(file, 'utf8') !== text) {
    console.error(`${path} is not current: run npm run docs`);
    process.exitCode = 1;
  }
}
