// Run by start-code.mjs: runs commands one after the other in this process, and keeps the code that V8 made of each
// file of the program on the way. What is not used here is compiled when it is used.
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { codeFolder, dist, load, modules, scripts } = require('../bin/load.js');

const commands = JSON.parse(process.argv[2]);

function next() {
  const words = commands.shift();
  if (!words) return keep();
  process.argv = [process.argv[0], 'authctl', ...words];
  modules.delete('authctl.cjs');
  // `beforeExit` comes again only if there was something to do in between.
  setImmediate(() => load('authctl.cjs'));
}

function keep() {
  process.off('beforeExit', next);
  // The program has set a umask that keeps files private; these files are for everybody who may start the program.
  process.umask(0o022);
  mkdirSync(codeFolder, { recursive: true });
  for (const [name, script] of scripts) {
    const file = join(codeFolder, name);
    writeFileSync(`${file}.new`, Buffer.concat([script.createCachedData(), readFileSync(join(dist, name))]));
    // Renamed when it is complete, so that nobody reads a part of it.
    renameSync(`${file}.new`, file);
  }
}

process.on('beforeExit', next);
