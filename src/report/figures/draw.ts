import type { TopLevelSpec } from 'vega-lite';
import { cleanData } from './clean-data.ts';
import type { Drawing } from './frame.ts';
import { config, textWidth } from './theme.ts';

/** A Vega-Lite specification without its schema and configuration. */
export type Spec = Readonly<Record<string, unknown>>;

/** Draws without a browser or a canvas. The libraries are large and loaded only when a figure is wanted. */
export async function draw(spec: Spec): Promise<Drawing> {
  const [vega, { compile }] = await Promise.all([import('vega'), import('vega-lite')]);
  measureText(vega);
  // Our own specifications; their type is a union that TypeScript cannot check in reasonable time.
  const compiled = compile({ ...cleanData(spec), config } as unknown as TopLevelSpec, {
    logger: silent,
  }).spec;
  const view = new vega.View(vega.parse(compiled), { renderer: 'none', logLevel: vega.Error });
  try {
    return unwrap(await view.toSVG());
  } finally {
    view.finalize();
  }
}

/** Warnings speak of scales without data; they are not for the user. */
const silent = {
  level: () => silent,
  error: () => silent,
  warn: () => silent,
  info: () => silent,
  debug: () => silent,
  // The interface is `this`-typed fluent; one shared object answers itself.
} as never;

/** Without a canvas Vega takes every letter as 0.8 em wide and leaves wide gaps. Exported, but not in its types. */
function measureText(vega: object): void {
  const metrics = (
    vega as { textMetrics?: { width: (item: { fontSize?: number }, text: unknown) => number } }
  ).textMetrics;
  if (metrics === undefined) return;
  metrics.width = (item, text) =>
    textWidth(text === undefined || text === null ? '' : String(text), item.fontSize ?? 11);
}

/** The content of Vega's `<svg>`, without attributes that say nothing in a picture, ids counted from 0. */
function unwrap(svg: string): Drawing {
  const open = /^<svg[^>]*\bwidth="([\d.]+)"[^>]*\bheight="([\d.]+)"[^>]*>/.exec(svg);
  if (open === null) throw new Error(`Vega wrote no <svg> with a size: ${svg.slice(0, 200)}`);
  const content = svg
    .slice(open[0].length, svg.lastIndexOf('</svg>'))
    .replace(
      /<path class="(?:background|foreground)"[^>]*(?:d=""|d="M0,0h0v0h0Z"|display="none")[^>]*\/>/g,
      '',
    )
    .replace(/ (?:aria-hidden|aria-roledescription|role|class|pointer-events)="[^"]*"/g, '')
    .replace(/ (?:stroke-width|opacity)="1"| font-family="[^"]*"| transform="translate\(0,0\)"/g, '')
    .replace(
      /<path transform="translate\(([-\d.]+),([-\d.]+)\)" d="M([\d.]+),0A[^"]*"/g,
      (_, x: string, y: string, r: string) =>
        `<circle cx="${Number(x).toFixed(1)}" cy="${Number(y).toFixed(1)}" r="${Number(r).toFixed(1)}"`,
    )
    .replace(
      /"rgb\((\d+), (\d+), (\d+)\)"/g,
      (_, ...parts: string[]) => `"#${parts.slice(0, 3).map(hex).join('')}"`,
    )
    .replace(/ (?:d|transform|x2|y2)="[^"]*"/g, (attribute) => attribute.replace(/(\.\d{2})\d+/g, '$1'));
  return { width: Number(open[1]), height: Number(open[2]), content: renumber(withoutEmptyGroups(content)) };
}

const hex = (part: string) => Number(part).toString(16).padStart(2, '0');

function withoutEmptyGroups(content: string): string {
  const next = content.replace(/<g>\s*<\/g>/g, '');
  return next === content ? content : withoutEmptyGroups(next);
}

/** Vega counts its ids over the life of the process: the same data would not give the same bytes. */
function renumber(content: string): string {
  const ids = new Map<string, string>();
  for (const [, id = ''] of content.matchAll(/\bid="([^"]+)"/g)) ids.set(id, `d${ids.size}`);
  return content
    .replace(/\bid="([^"]+)"/g, (_, id: string) => `id="${ids.get(id)}"`)
    .replace(/url\(#([^)]+)\)/g, (_, id: string) => `url(#${ids.get(id) ?? id})`);
}
