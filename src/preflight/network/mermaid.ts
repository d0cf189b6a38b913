import type { Severity } from '../finding.ts';

type Shape = 'box' | 'round' | 'slanted';

const shapes: Readonly<Record<Shape, readonly [string, string]>> = {
  box: ['[', ']'],
  round: ['([', '])'],
  slanted: ['[/', '/]'],
};

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly label: string | undefined;
  readonly codes: readonly string[];
  readonly severity?: Severity;
}

/** Lines only, no fills: they can be seen on light and on dark ground. */
const styles: Readonly<Record<Severity, string>> = {
  error: 'stroke:#d1242f,stroke-width:3px',
  warning: 'stroke:#bf8700,stroke-width:3px',
};

/** A mermaid flowchart in the making; what is named or drawn twice is there once. */
export class Drawing {
  readonly #nodes = new Map<string, { readonly lines: readonly string[]; readonly shape: Shape }>();
  readonly #edges = new Map<string, Edge>();

  name(id: string, lines: readonly string[], shape: Shape = 'box'): void {
    this.#nodes.set(id, { lines, shape });
  }

  edge(from: string, to: string, label?: string): void {
    const key = `${from} > ${to}`;
    const known = this.#edges.get(key);
    this.#edges.set(key, { codes: [], ...known, from, to, label: known?.label ?? label });
  }

  broken(from: string, to: string, code: string, severity: Severity): void {
    this.edge(from, to);
    const key = `${from} > ${to}`;
    const { codes = [], severity: worst = severity, label } = this.#edges.get(key) ?? {};
    this.#edges.set(key, {
      ...{ from, to, label, codes: [...new Set([...codes, code])] },
      severity: worst === 'error' ? worst : severity,
    });
  }

  source(): string {
    const edges = [...this.#edges.values()];
    const used = new Set(edges.flatMap(({ from, to }) => [from, to]));
    for (const id of used) if (!this.#nodes.has(id)) this.name(id, [shortName(id)]);
    // The internet is not drawn where nothing leads to it.
    const nodes = [...this.#nodes].filter(([id]) => id !== 'internet' || used.has(id));
    // Ids of AWS hold signs that mean something to mermaid.
    const ids = new Map(nodes.map(([id], at) => [id, `n${at}`]));
    return [
      'flowchart LR',
      ...nodes.map(([id, { lines, shape }]) => {
        const [open, close] = shapes[shape];
        return `  ${ids.get(id)}${open}${quoted(lines)}${close}`;
      }),
      ...edges.map((edge) => `  ${ids.get(edge.from)} ${arrow(edge)} ${ids.get(edge.to)}`),
      ...(['error', 'warning'] as const).flatMap((severity) => {
        const at = edges.flatMap((edge, index) => (edge.severity === severity ? [index] : []));
        return at.length === 0 ? [] : [`  linkStyle ${at.join(',')} ${styles[severity]}`];
      }),
      '',
    ].join('\n');
  }
}

function arrow({ codes, label }: Edge): string {
  if (codes.length > 0) return `-.->|${quoted(codes)}|`;
  return label === undefined ? '-->' : `-->|${quoted([label])}|`;
}

/** Of a thing of a VPC that only this picture names, without the VPC. */
function shortName(id: string): string {
  const [first = '', ...rest] = id.split(' ');
  return rest.length === 0 ? first : `endpoint of ${rest.join(' ')}`;
}

/** Mermaid's own entities: inside quotes nothing else is safe. */
function quoted(lines: readonly string[]): string {
  const safe = lines.map((line) =>
    line.replace(/[^\w .,:/+()-]/gu, (sign) => `#${sign.codePointAt(0)};`).replace(/\s+/g, ' '),
  );
  return `"${safe.join('<br/>')}"`;
}
