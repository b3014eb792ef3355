#!/usr/bin/env node
require('../dist/authctl.cjs');
