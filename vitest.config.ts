import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** The deep suites kill processes and expand millions: `npm run test:deep`. */
const deep = process.env.MUSTER_TEST_DEEP === '1';
/** The address of a moto server: `npm run test:conformance` starts one. */
const conformance = process.env.MUSTER_TEST_CONFORMANCE !== undefined;
/** Folder with what base images are made of: `npm run test:images` prepares it. */
const images = process.env.MUSTER_TEST_IMAGES !== undefined;
/** The program of a workflow runner: `npm run test:workflows` builds it. */
const workflows = process.env.MUSTER_TEST_ACT !== undefined;
const report = process.env.MUSTER_TEST_REPORT;

const suite = deep
  ? 'test/**/*.deep.ts'
  : images
    ? 'test/**/*.images.ts'
    : workflows
      ? 'test/**/*.act.ts'
      : conformance
        ? 'test/conformance/*.test.ts'
        : 'test/**/*.test.ts';

/**
 * Milliseconds. Hooks start the same child processes and servers as tests do. On two cores that twelve processes
 * shared, the slowest test took 25 s; machines of CI are shared, too.
 */
const patience = deep || images ? 600_000 : 120_000;

export default defineConfig({
  test: {
    include: [suite],
    globalSetup: 'test/cli/bundled.ts',
    exclude: conformance ? [] : ['test/conformance/**'],
    testTimeout: patience,
    hookTimeout: patience,
    pool: 'forks',
    // Vitest leaves one core to itself; half of our tests wait for child processes. Kills are timed, so the deep suites run alone.
    maxWorkers: deep || images ? 1 : Math.max(2, availableParallelism()),
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
  },
});
