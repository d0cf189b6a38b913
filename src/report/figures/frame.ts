import { clean, html } from '../escape.ts';
import { font, ground, ink, muted, style, textWidth } from './theme.ts';

export interface Figure {
  /** File name, `[a-z0-9-]+.svg`. */
  readonly name: string;
  /** What the figure shows, as a finding: plain text. */
  readonly title: string;
  /** For those who do not see it: plain text. */
  readonly alt: string;
  /** Complete and self-contained: no script, no font, nothing loaded. */
  readonly svg: string;
}

export interface Frame {
  readonly name: string;
  readonly title: string;
  /** How to read it and what was left out. */
  readonly notes: readonly string[];
  readonly legend: readonly LegendEntry[];
  readonly drawing: Drawing;
}

export interface LegendEntry {
  readonly label: string;
  readonly colour: string;
  readonly glyph?: string;
}

/** What Vega made, without its outer element. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly content: string;
}

const margin = 16;
const narrowest = 520;

/** Puts title, notes and legend above a drawing. */
export function frame({ name, title, notes, legend, drawing }: Frame): Figure {
  const width = Math.ceil(Math.max(narrowest, drawing.width + 2 * margin));
  const head: string[] = [];
  let y = margin + 12;
  for (const line of wrap(title, 16, width - 2 * margin)) {
    head.push(label(line, margin, y, 15, ink, ' font-weight="600"'));
    y += 20;
  }
  for (const line of notes.flatMap((note) => wrap(note, 12, width - 2 * margin))) {
    head.push(label(line, margin, y, 12, muted));
    y += 17;
  }
  if (legend.length > 0) {
    head.push(entries(legend, y + 4));
    y += 24;
  }
  const height = Math.ceil(y + drawing.height + margin);
  const alt = [title, ...notes, ...legend.map((entry) => entry.label)]
    .map((part) => clean(part).replace(/\.$/, ''))
    .join('. ');
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="${font}">`,
    `<title>${xml(title)}</title>${style}<rect width="${width}" height="${height}" fill="${ground}"/>`,
    ...head,
    `<g transform="translate(${margin},${y})">${drawing.content}</g></svg>\n`,
  ].join('\n');
  return { name, title: clean(title), alt, svg };
}

function entries(legend: readonly LegendEntry[], y: number): string {
  let x = margin;
  const parts: string[] = [];
  for (const { label: text, colour, glyph } of legend) {
    parts.push(`<rect x="${x}" y="${y - 10}" width="12" height="12" rx="2" fill="${colour}"/>`);
    if (glyph !== undefined && glyph !== '') {
      parts.push(label(glyph, x + 6, y, 10, '#fffffe', ' text-anchor="middle" font-weight="700"'));
    }
    parts.push(label(text, x + 17, y, 12, ink));
    x += Math.ceil(17 + textWidth(text, 12) + 18);
  }
  return parts.join('');
}

function label(text: string, x: number, y: number, size: number, colour: string, more = ''): string {
  return `<text x="${x}" y="${y}" font-size="${size}" fill="${colour}"${more}>${xml(text)}</text>`;
}

/** Lines of at most `width` pixels, three at most. */
export function wrap(text: string, size: number, width: number): string[] {
  const result: string[] = [];
  let line = '';
  for (const word of clean(text).split(/\s+/)) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && textWidth(longer, size) > width) {
      result.push(line);
      line = word;
    } else line = longer;
  }
  result.push(line);
  return result.length <= 3 ? result : [...result.slice(0, 2), `${result[2]} …`];
}

/** Foreign text in SVG; the signs that only Markdown minds stay as they are. */
function xml(text: string): string {
  return html(text, 1000).replaceAll('\u200b', '');
}
