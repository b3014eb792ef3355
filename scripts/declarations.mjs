// Writes types/: what TypeScript knows of the library, in one file for require() and one for import.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { dts } from 'rolldown-plugin-dts';
import ts from 'typescript';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'types');
const { compilerOptions } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8'));

// Applications get services from openAuthctl. How one is made would name the store, and the libraries below it.
const withoutConstructors = {
  name: 'without-constructors',
  transform: (code, id) => {
    if (!id.endsWith('.d.ts')) return null;
    const file = ts.createSourceFile(id, code, ts.ScriptTarget.Latest);
    const constructors = file.statements
      .filter(ts.isClassDeclaration)
      .filter(({ name }) => name?.text.endsWith('Service'))
      .flatMap(({ members }) => members.filter(ts.isConstructorDeclaration));
    return constructors.reduceRight((text, { pos, end }) => text.slice(0, pos) + text.slice(end), code);
  },
};

const bundled = await rolldown({
  cwd: root,
  input: { index: 'src/index.ts' },
  external: (id) => !/^(?:\.|\/|src\/|\0)/.test(id),
  plugins: [
    withoutConstructors,
    dts({
      emitDtsOnly: true,
      tsconfig: false,
      compilerOptions: { ...compilerOptions, noEmit: false, stripInternal: true },
    }),
  ],
  checks: { bundlerTimings: false },
  logLevel: 'warn',
});
const { output } = await bundled.generate({ format: 'es' });
await bundled.close();

// An import without names is left where the names that were imported are used by nothing that applications see.
const code = output[0].code.replaceAll(/^import "[^"]+";\n/gm, '');
const named = [...code.matchAll(/^import .* from "(.+)";$/gm)].map(([, library]) => library);
if (output.length !== 1 || named.length > 0)
  throw new Error(
    `the library's types name ${named.join(', ')}, which applications need not have: mark what leads there @internal`,
  );
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder);
writeFileSync(join(folder, 'index.d.cts'), code);
writeFileSync(join(folder, 'index.d.mts'), `export * from './index.cjs';\n`);
