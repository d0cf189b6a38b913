import { widest } from './layout.ts';

/** Fewer horizontal labels than this say too little of an axis; then they are slanted. */
const fewest = 5;

/** Which values of an axis across are labelled, and how, when a value has `step` pixels. */
export function categoryLabels(domain: readonly string[], step: number) {
  const wide = widest(domain) + 8;
  const flat = Math.max(1, Math.ceil(wide / step));
  const slanted = flat > 1 && domain.length / flat < fewest;
  const every = slanted ? Math.max(1, Math.ceil(20 / step)) : flat;
  return {
    values: domain.filter((_, at) => at % every === 0),
    labelAngle: slanted ? -45 : 0,
    ...(slanted ? { labelAlign: 'right', labelBaseline: 'middle' } : {}),
    labelOverlap: false,
    labelPadding: 5,
    titlePadding: 8,
  };
}
