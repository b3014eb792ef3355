import { defineConfig } from 'vitest/config';

// npm run test:cluster: apart from the other tests, since it takes three servers of its own.
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['*.cluster.ts'],
    testTimeout: 600_000,
    hookTimeout: 120_000,
  },
});
