import { defineConfig } from 'vitest/config';

const report = process.env.MUSTER_TEST_REPORT;

export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['test/**/*.test.ts'],
    // Synthesis takes seconds on a machine that others use, too.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
  },
});
