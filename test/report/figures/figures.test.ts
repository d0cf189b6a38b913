import { describe, expect, test } from 'vitest';
import type { Value } from '../../../src/grid/combination.ts';
import { type Figure, fileNames, renderFigures } from '../../../src/report/figures/figures.ts';
import { summarise } from '../../../src/report/summary.ts';
import { axesOf, ensemble, type Recipe } from '../ensemble.ts';

type Axes = Readonly<Record<string, readonly Value[]>>;

async function figuresOf(axes: Axes, recipe: Recipe = {}, results = ['r']): Promise<readonly Figure[]> {
  const options = { run: 'demo-1', axes: axesOf(axes, { a: 'km/s' }), results };
  return await renderFigures(await summarise(ensemble(axes, recipe), options));
}

const named = (figures: readonly Figure[], name: string): Figure => {
  const found = figures.find((figure) => figure.name === name);
  if (found === undefined)
    throw new Error(`no ${name} among ${figures.map((figure) => figure.name).join(', ')}`);
  return found;
};

const from0 = (length: number) => Array.from({ length }, (_, at) => at);
const results: Recipe['results'] = (p, index) => ({ r: Number(p.a ?? 0) * 10 + index / 100 });
/** Cells of a map in this colour. */
const cells = (svg: string, colour: string) =>
  [...svg.matchAll(/<path d="[^"]*" fill="([^"]*)"/g)].filter(([, fill]) => fill === colour).length;
const [green, orange] = ['#009e73', '#d55e00'];

describe('two axes', () => {
  const axes = { a: [1, 2, 3], b: ['x', 'y'] };
  const state: Recipe['state'] = (p) => (p.a === 3 ? 'failed' : 'succeeded');

  test('give a map of states, of each result, a strip of it, times and a timeline', async () => {
    const figures = await figuresOf(axes, { results });
    expect(figures.map(({ name }) => name)).toEqual([
      'map.svg',
      'map-r.svg',
      'result-r.svg',
      'time.svg',
      'timeline.svg',
    ]);
  });

  test('the map has a cell of the right colour for each combination', async () => {
    const { svg } = named(await figuresOf(axes, { state }), 'map.svg');
    expect([cells(svg, green), cells(svg, orange)]).toEqual([4, 2]);
  });

  test('what failed also bears a sign, for those who see no colours', async () => {
    const { svg } = named(await figuresOf(axes, { state }), 'map.svg');
    const drawing = svg.slice(svg.indexOf('<g transform'));
    expect(drawing.match(/>✕</g)).toHaveLength(2);
  });

  test('the title says how many failed and what they share', async () => {
    const { title, svg } = named(await figuresOf(axes, { state }), 'map.svg');
    expect(title).toBe('Of 6 combinations, 2 failed: all at a = 3 km/s');
    expect(svg).toContain(`<title>${title}</title>`);
  });

  test('a map of a result prints its values', async () => {
    const { svg } = named(await figuresOf(axes, { results }), 'map-r.svg');
    for (const value of ['10', '30.1', '20']) expect(svg).toContain(`>${value}<`);
  });

  test('units stand on the axes', async () => {
    expect(named(await figuresOf(axes), 'map.svg').svg).toContain('>a (km/s)<');
  });
});

test('one axis gives a strip', async () => {
  const { svg } = named(await figuresOf({ a: from0(12) }), 'map.svg');
  expect(cells(svg, green)).toBe(12);
});

test('a lone combination gives no figure', async () => {
  expect(await figuresOf({}, { results })).toEqual([]);
});

test('a result that never varies gives no figure', async () => {
  const figures = await figuresOf({ a: [1, 2] }, { results: () => ({ r: 5 }) });
  expect(figures.map(({ name }) => name)).toEqual(['map.svg', 'time.svg', 'timeline.svg']);
});

test('five axes are drawn as panels, every combination in a cell of its own', async () => {
  const axes = { a: from0(10), b: from0(4), c: from0(3), d: from0(4), e: from0(3) };
  const { svg, alt } = named(await figuresOf(axes), 'map.svg');
  expect(cells(svg, green)).toBe(1440);
  expect(alt).not.toContain('A cell shows');
});

test('axes that find no place share cells, and the worst state shows', async () => {
  const axes = { a: from0(20), b: from0(20), c: from0(12) };
  const figures = await figuresOf(axes, { state: (_, index) => (index === 100 ? 'failed' : 'succeeded') });
  const { svg, alt } = named(figures, 'map.svg');
  expect(alt).toContain('A cell shows the worst state of up to 12 combinations (all values of c)');
  expect([cells(svg, green), cells(svg, orange)]).toEqual([399, 1]);
});

test('combinations that lack a parameter have a place of their own', async () => {
  const change: Recipe['change'] = (outcome, index) => {
    const { a = 0, b = 0 } = outcome.combination.parameters;
    const parameters = index === 0 ? { b } : { a, b };
    return { ...outcome, combination: { ...outcome.combination, parameters } };
  };
  const { svg } = named(await figuresOf({ a: [1, 2, 3], b: [1, 2] }, { change }), 'map.svg');
  expect(cells(svg, green)).toBe(6);
  expect(svg).toContain('>(absent)<');
});

test('a seed for each combination is no axis to draw', async () => {
  const change: Recipe['change'] = (outcome, index) => {
    const { parameters } = outcome.combination;
    return {
      ...outcome,
      combination: { ...outcome.combination, parameters: { ...parameters, seed: 77_000 + index } },
    };
  };
  const axes = { a: [1, 2, 3], b: [1, 2] };
  const options = {
    run: 'demo-1',
    axes: [...axesOf(axes), { name: 'seed', samples: [], count: 6 }],
    results: [],
  };
  const figures = await renderFigures(await summarise(ensemble(axes, { change }), options));
  expect(named(figures, 'map.svg').svg).not.toContain('seed');
});

describe('every figure', () => {
  const large: Axes = { a: from0(300), b: from0(20) };
  const foreign: Axes = {
    a: [
      '<script>alert(1)</script>',
      '"><image href="https://evil.example"/>',
      ']]>&bogus;',
      '\u202Eabc\u0000',
    ],
    '<b>\u202E\u0007': ['url(#x)', "'"],
  };

  test('stays under 200 kB with thousands of combinations', async () => {
    const sizes = (await figuresOf(large, { results })).map(({ svg }) => svg.length);
    expect(Math.max(...sizes)).toBeLessThan(200_000);
    expect(sizes).toHaveLength(5);
  });

  test('is the same, byte for byte, when drawn again', async () => {
    const axes = { a: from0(30), b: ['x', 'y'] };
    const first = await figuresOf(axes, { results });
    const again = await figuresOf(axes, { results });
    expect(again).toEqual(first);
  });

  test('lets foreign text in only as text', async () => {
    for (const { svg } of await figuresOf(foreign, { results: (_, index) => ({ r: index }) })) {
      const tags = new Set([...svg.matchAll(/<\/?([a-zA-Z]+)/g)].map(([, tag]) => tag));
      const known = [
        'svg',
        'title',
        'style',
        'rect',
        'text',
        'g',
        'path',
        'line',
        'circle',
        'defs',
        'linearGradient',
        'stop',
        'clipPath',
      ];
      expect([...tags].filter((tag) => !known.includes(tag ?? ''))).toEqual([]);
      expect(svg).not.toMatch(/&(?!(?:amp|lt|gt|quot|#39);)/);
      expect(svg.replace(/\n/g, '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    }
  });

  test('loads nothing', async () => {
    for (const { svg } of await figuresOf(foreign)) {
      const attributes = [...svg.matchAll(/\s(?:href|xlink:href|src)="/g)].filter(({ index }) =>
        inTag(svg, index),
      );
      expect(attributes).toEqual([]);
      expect(svg).not.toMatch(/@import|@font-face/);
    }
  });

  test('has other colours in the dark for its ground, its ink and its lines', async () => {
    for (const { svg } of await figuresOf({ a: from0(5) }, { results })) {
      const [, dark = ''] = /@media \(prefers-color-scheme: dark\)\{(.*?)\}<\/style>/.exec(svg) ?? [];
      expect(svg).toMatch(/<rect width="\d+" height="\d+" fill="#ffffff"\/>/);
      for (const colour of new Set(
        [...svg.matchAll(/<text[^>]* fill="([^"]+)"/g)].map(([, fill]) => fill ?? ''),
      )) {
        // Text on coloured cells keeps its colour.
        if (!['#fffffe', '#000001'].includes(colour)) expect(dark).toContain(`[fill="${colour}"]`);
      }
      expect(dark).toContain('[fill="#ffffff"]{fill:#0d1117}');
    }
  });
});

/** Whether a position is inside `<...>`. */
function inTag(svg: string, at: number): boolean {
  return svg.lastIndexOf('<', at) > svg.lastIndexOf('>', at);
}

describe('the timeline', () => {
  test('says how many slices, hosts, and how many at once', async () => {
    expect(named(await figuresOf({ a: from0(6) }), 'timeline.svg').title).toBe(
      '6 slices on 2 hosts took 25 min, at most 2 at once',
    );
  });

  test('leaves out what another run did', async () => {
    const change: Recipe['change'] = (outcome, index) =>
      index > 0 && outcome.source ? { ...outcome, source: { ...outcome.source, run: 'old-1' } } : outcome;
    const figures = await figuresOf({ a: from0(6) }, { change });
    expect(figures.map(({ name }) => name)).toEqual(['map.svg']);
  });
});

test('what has times but no slice is no bar', async () => {
  const change: Recipe['change'] = (outcome, index) => {
    const { source, ...others } = outcome;
    return index < 4 ? others : { ...others, ...(source === undefined ? {} : { source }) };
  };
  const { title } = named(await figuresOf({ a: from0(6) }, { change }), 'timeline.svg');
  expect(title).toMatch(/^2 slices on 2 hosts/);
});

describe('times', () => {
  test('are drawn against the axis that explains them', async () => {
    const axes = { a: [1, 2, 3, 4], b: [1, 2] };
    const change: Recipe['change'] = (outcome) =>
      outcome.usage
        ? { ...outcome, usage: { ...outcome.usage, seconds: Number(outcome.combination.parameters.b) * 100 } }
        : outcome;
    const { alt, title } = named(await figuresOf(axes, { change }), 'time.svg');
    expect(alt).toContain('b explains 100 % of the differences');
    expect(title).toBe('Half of the combinations took less than 2 min 30 s, the longest took 3 min 20 s');
  });
});

test('file names of results are plain and different', () => {
  expect(fileNames(['A b', 'a/b', '../..', 'ρ'])).toEqual(['a-b', 'a-b-2', 'result', 'result-2']);
});
