// npm run bench [-- NAME…]: every figure is a ratio against a floor that is measured in the same run.
// BENCH_ROWS sets the rows of the long imports (1,000,000 if not set, about ten minutes on two cores).
const benches = {
  start: async () => (await import('./start.mjs')).benchStart(),
  session: async () => (await import('./session.mjs')).benchSession(),
  'import-speed': async () => (await import('./import-speed.mjs')).benchImportSpeed(),
  'import-memory': async () => (await import('./import-memory.mjs')).benchImportMemory(),
  memory: async () => (await import('./memory.mjs')).benchMemory(),
  export: async () => (await import('./export.mjs')).benchExport(),
  'import-hashed': async () => (await import('./import-hashed.mjs')).benchImportHashed(),
  'import-servers': async () => (await import('./import-servers.mjs')).benchImportServers(),
  malformed: async () => (await import('./malformed.mjs')).benchMalformed(),
};

const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !Object.hasOwn(benches, name));
if (unknown !== undefined) {
  console.error(`no benchmark ${unknown}; there are ${Object.keys(benches).join(', ')}`);
  process.exit(2);
}
for (const [name, bench] of Object.entries(benches))
  if (wanted.length === 0 || wanted.includes(name)) await bench();
