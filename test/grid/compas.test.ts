import { describe, expect, it } from 'vitest';
import { load } from './grid-text.ts';

// Facts from the upstream repository: SY A.
const shape = (lambda: string, kick: string, metallicity: string, fa: string) => `
parameters:
  n_systems: 10000
  alpha_ce: { geomspace: { start: 0.1, stop: 5.0, num: 10 } }
  lambda_ce: ${lambda}
  kick_sigma: ${kick}
  metallicity: ${metallicity}
  mass_transfer_fa: ${fa}
  seed: { unique: { stride: 10000 } }
label: "alpha{alpha_ce:.3f}_lambda{lambda_ce:.2f}_kick{kick_sigma:d}_Z{metallicity:.5f}_fa{mass_transfer_fa:.2f}"
`;
const sparse = load(shape('[0.1, 0.5]', '{ value: 217, unit: km/s }', '[0.0001, 0.0142]', '0.5'));
const full = load(
  shape('[0.05, 0.1, 0.5, 1.0]', '[150, 217, 300]', '[0.0001, 0.001, 0.0142, 0.02]', '[0.25, 0.5, 0.75]'),
);
const points = [...sparse.combinations()];
const fullPoints = [...full.combinations()];
const numpy = [
  0.1, 0.15444521049463789, 0.23853323044733007, 0.36840314986403866, 0.5689810202763907, 0.8787639344404101,
  1.3572088082974532, 2.096144000826768, 3.2373940143476263, 5.000000000000001,
];

describe('the COMPAS grids', () => {
  it('the sparse grid has 40 combinations with the upstream labels in the upstream order', () => {
    expect(points.map(({ index }) => index)).toEqual(Array.from({ length: 40 }, (_, index) => index));
    expect(points[0]?.label).toBe('alpha0.100_lambda0.10_kick217_Z0.00010_fa0.50');
    expect(points[17]?.label).toBe('alpha0.569_lambda0.10_kick217_Z0.01420_fa0.50');
    expect(points[39]?.label).toBe('alpha5.000_lambda0.50_kick217_Z0.01420_fa0.50');
  });

  it('alpha equals NumPy within 1e-12, and its end points are exact', () => {
    const alphas = points
      .filter(({ index }) => index % 4 === 0)
      .map(({ parameters }) => Number(parameters.alpha_ce));
    for (const [index, alpha] of alphas.entries()) {
      expect(Math.abs(alpha / (numpy[index] ?? 0) - 1)).toBeLessThan(1e-12);
    }
    expect([alphas[0], alphas[9]]).toEqual([0.1, 5]);
  });

  it('the full grid has 1,440 combinations between the upstream first and last', () => {
    expect(full.count()).toBe(1440);
    expect(fullPoints[0]?.label).toBe('alpha0.100_lambda0.05_kick150_Z0.00010_fa0.25');
    expect(fullPoints.at(-1)?.label).toBe('alpha5.000_lambda1.00_kick300_Z0.02000_fa0.75');
  });

  it('every sparse point is in the full grid under the same id and with the same seed', () => {
    const seeds = new Map(fullPoints.map(({ id, parameters }) => [id, parameters.seed]));
    expect(points.map(({ id }) => seeds.get(id))).toEqual(points.map(({ parameters }) => parameters.seed));
  });
});
