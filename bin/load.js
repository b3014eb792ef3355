// Loads the built program. Beside each of its files lies the code that V8 made of it when it was built: where this
// V8 takes it, it need not be made again, which is about a tenth of what a command on a database takes. Node's own
// cache of code begins with version 22 and needs a folder to write to.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { Script } = require('node:vm');

const dist = join(__dirname, '..', 'dist');
/** Ends the name of a file's code. */
const codeSuffix = '.code';

/** Modules of the program by name, as `require` gives them. */
const modules = new Map();
/** Their compiled scripts, by name. */
const scripts = new Map();

function codeOf(name) {
  try {
    return readFileSync(join(dist, name + codeSuffix));
  } catch {
    return undefined;
  }
}

/** A file's text as the function that Node makes of it. */
const wrapped = (source) => `(function (exports, require, module, __filename, __dirname) {${source}\n})`;

/** The exports of a file of `dist/`, which is run when it is asked for first. */
function load(name) {
  const known = modules.get(name);
  if (known) return known.exports;
  const filename = join(dist, name);
  const source = readFileSync(filename, 'utf8');
  const script = new Script(wrapped(source), { filename, cachedData: codeOf(name) });
  const module = { exports: {} };
  modules.set(name, module);
  scripts.set(name, script);
  script.runInThisContext()(module.exports, requireFrom, module, filename, dist);
  return module.exports;
}

// Files of the program lie side by side; all else is found from here as from there.
const requireFrom = (name) => (name.startsWith('./') ? load(name.slice(2)) : require(name));

module.exports = { load, wrapped, modules, scripts, dist, codeSuffix };
