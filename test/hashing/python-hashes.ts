import { spawnSync } from 'node:child_process';

const python = '/usr/bin/python3';

/** Whether the system's Python has all these modules. */
export function pythonHas(...modules: string[]): boolean {
  return spawnSync(python, ['-c', `import ${modules.join(', ')}`]).status === 0;
}

/** What a Python script prints as JSON, `input` being JSON on its standard input. */
export function runPython(script: string, input: unknown): unknown {
  const { status, stdout, stderr } = spawnSync(python, ['-W', 'ignore', '-c', script], {
    input: JSON.stringify(input),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`python: ${stderr}`);
  return JSON.parse(stdout);
}
