// Loads the built program. The build keeps the code that V8 made of those files that most commands run: where that
// code is of the file as it is now, and of this Node, V8 takes it instead of compiling the file again, which saves a
// fifth of what a command on a database takes. (Node's own cache of code begins with version 22 and needs a folder
// to write to.)
const { existsSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const { Script } = require('node:vm');

const dist = join(__dirname, '..', 'dist');
/** Holds the kept code. Another version of Node, system or processor has another folder, or none. */
const codeFolder = join(dist, 'code', `${process.version}-${process.platform}-${process.arch}`);
const hasCode = existsSync(codeFolder);

/** Modules of the program by name, as `require` gives them. */
const modules = new Map();
/** Their compiled scripts, by name. */
const scripts = new Map();

/**
 * The kept code of a file. Behind the code lies a copy of the text that it was made of, and the two texts are compared
 * byte by byte: V8 itself compares only their lengths. Comparing takes 0.05 ms for 250 KB; node:crypto, to compare
 * hashes, takes 1.3 ms to load.
 */
function codeOf(name, source) {
  if (!hasCode) return undefined;
  let kept;
  try {
    kept = readFileSync(join(codeFolder, name));
  } catch {
    return undefined;
  }
  const end = kept.length - source.length;
  return end > 0 && kept.subarray(end).equals(source) ? kept.subarray(0, end) : undefined;
}

/** A file of `dist/`, compiled as the function that Node makes of a CommonJS module. */
function compile(name) {
  const source = readFileSync(join(dist, name));
  const text = `(function (exports, require, module, __filename, __dirname) {${source}\n})`;
  // The name is part of the kept code, which is the same wherever the program was built and is installed.
  return new Script(text, { filename: name, cachedData: codeOf(name, source) });
}

/** The exports of a file of `dist/`, which is run when it is asked for first. */
function load(name) {
  const known = modules.get(name);
  if (known) return known.exports;
  const script = compile(name);
  const module = { exports: {} };
  modules.set(name, module);
  scripts.set(name, script);
  script.runInThisContext()(module.exports, requireFrom, module, join(dist, name), dist);
  return module.exports;
}

// Files of the program are loaded by `load`. Everything else is found from bin/ as it would be from dist/.
const requireFrom = (name) => (name.startsWith('./') ? load(name.slice(2)) : require(name));

module.exports = { load, compile, modules, scripts, dist, codeFolder };
