#!/usr/bin/env node
if (process.argv.includes('--debug')) {
  // Node itself loads the program then, so that a stack names the lines of `src` by the maps beside dist's files.
  process.setSourceMapsEnabled(true);
  require('../dist/authctl.cjs');
} else require('./load.js').load('authctl.cjs');
