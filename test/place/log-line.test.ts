import { expect, test } from 'vitest';
import { describeLog } from '../../src/place/log-line.ts';

test('a launch names what its preflight warns of, each once', () => {
  const warnings = ['spot-alone', 'prices-old', 'spot-alone'];
  expect(describeLog({ kind: 'preflight', warnings, refused: [] })).toMatch(
    /^preflight: 3 warnings \(spot-alone, prices-old\)\. All of it: (npx )?muster preflight\n$/,
  );
});

test('a launch whose preflight finds nothing says nothing of it', () => {
  expect(describeLog({ kind: 'preflight', warnings: [], refused: [] })).toBe('');
});
