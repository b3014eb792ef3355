// Loaded before the program: tells its peak memory in KiB on descriptor 3 when it ends. Its threads load this too.
if (require('node:worker_threads').isMainThread) {
  process.on('exit', () => require('node:fs').writeSync(3, String(process.resourceUsage().maxRSS)));
}
