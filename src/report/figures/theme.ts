import type { State } from '../summary.ts';

/**
 * Colours of the light page. The dark page's stand in `style` and replace them by attribute, so a viewer that knows no
 * media queries still shows a readable light figure. The ground is opaque: a page whose theme differs from the
 * system's cannot leave dark text on dark.
 */
export const ground = '#ffffff';
export const ink = '#1f2328';
export const muted = '#59636e';
export const lines = '#d1d9e0';
/** A mark that stands for data without a state. */
export const accent = '#0072b2';
/** On top of coloured cells, the same in both themes. */
export const onDark = '#fffffe';
export const onLight = '#000001';

/** Okabe and Ito's palette: told apart with any colour vision. Glyphs repeat what matters. */
export const stateColours: Readonly<Record<State, string>> = {
  succeeded: '#009e73',
  failed: '#d55e00',
  missing: '#999999',
};
export const stateGlyphs: Readonly<Record<State, string>> = { succeeded: '', failed: '✕', missing: '?' };

const dark: Readonly<Record<string, string>> = {
  [ground]: '#0d1117',
  [ink]: '#f0f6fc',
  [muted]: '#9aa4af',
  [lines]: '#3d444d',
  [accent]: '#56b4e9',
};

export const style = `<style>@media (prefers-color-scheme: dark){${Object.entries(dark)
  .map(([light, other]) => `[fill="${light}"]{fill:${other}}[stroke="${light}"]{stroke:${other}}`)
  .join('')}}</style>`;

export const font = 'system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif';

/** Pixels of a text in a usual sans-serif font: no canvas measures it here, and the same everywhere is wanted. */
export function textWidth(text: string, size: number): number {
  let em = 0;
  for (const sign of text) em += /[il.,:;'|! ]/.test(sign) ? 0.33 : /[A-Z%mw—_]/.test(sign) ? 0.74 : 0.6;
  return em * size;
}

/** Vega-Lite's configuration: quiet axes, no frame. */
export const config = {
  aria: false,
  background: null,
  font,
  view: { stroke: null },
  axis: {
    labelColor: muted,
    titleColor: ink,
    domainColor: lines,
    tickColor: lines,
    gridColor: lines,
    labelFontSize: 11,
    titleFontSize: 12,
    titleFontWeight: 'normal',
    labelLimit: 200,
    titleLimit: 600,
  },
  header: {
    labelColor: ink,
    titleColor: muted,
    labelFontSize: 11,
    titleFontSize: 11,
    titleFontWeight: 'normal',
  },
  legend: {
    labelColor: muted,
    titleColor: ink,
    labelFontSize: 11,
    titleFontSize: 11,
    titleFontWeight: 'normal',
  },
} as const;
