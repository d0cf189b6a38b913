/** What a Dockerfile is built on, and with what: as much of it as identity and the worker layer need. */
export interface Dockerfile {
  /** In their order; the last is the image. */
  readonly stages: readonly Stage[];
  /** `ARG` before the first `FROM`, which may name bases; `undefined`: without a default. */
  readonly globals: ReadonlyMap<string, string | undefined>;
  /** Every `ARG` anywhere. */
  readonly args: readonly string[];
}

export interface Stage {
  /** As written, with the arguments filled in. */
  readonly base: string;
  readonly name?: string;
  /** Its instructions, whole: continued lines are joined, comments left out. */
  readonly instructions: readonly Instruction[];
}

export interface Instruction {
  /** Upper case. */
  readonly word: string;
  readonly rest: string;
  /** 1-based, where it starts. */
  readonly line: number;
}

/** Reads stages and arguments. What else is wrong with the file is the builder's to say. */
export function readDockerfile(text: string, given: Readonly<Record<string, string>> = {}): Dockerfile {
  const stages: { base: string; name?: string; instructions: Instruction[] }[] = [];
  const globals = new Map<string, string | undefined>();
  const args = new Set<string>();
  for (const instruction of instructionsOf(text)) {
    const { word, rest } = instruction;
    if (word === 'FROM') {
      stages.push({ ...readFrom(rest, globals), instructions: [] });
      continue;
    }
    if (word === 'ARG') {
      for (const [name, value] of readArgs(rest)) {
        args.add(name);
        if (stages.length === 0) globals.set(name, given[name] ?? (value && fillIn(value, globals)));
      }
    }
    stages.at(-1)?.instructions.push(instruction);
  }
  return { stages, globals, args: [...args] };
}

function readFrom(rest: string, globals: ReadonlyMap<string, string | undefined>) {
  const words = rest.split(/\s+/).filter((word) => !word.startsWith('--'));
  const [base = '', as, name] = words;
  return { base: fillIn(base, globals), ...(as?.toUpperCase() === 'AS' && name !== undefined && { name }) };
}

function readArgs(rest: string): readonly (readonly [string, string | undefined])[] {
  return [...rest.matchAll(/([A-Za-z_]\w*)(?:=("[^"]*"|'[^']*'|\S*))?/g)].map(([, name = '', value]) => [
    name,
    value?.replace(/^(["'])(.*)\1$/, '$2'),
  ]);
}

/** `$NAME`, `${NAME}`, `${NAME:-default}`; one without a value becomes nothing, as the builder has it. */
const fillIn = (text: string, values: ReadonlyMap<string, string | undefined>): string =>
  text.replaceAll(
    /\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?::-([^}]*))?\})/g,
    (_, bare: string | undefined, braced: string | undefined, or: string | undefined) =>
      values.get(bare ?? braced ?? '') || (or ?? ''),
  );

function* instructionsOf(text: string): Generator<Instruction> {
  const continues = /^#\s*escape\s*=\s*`/im.test(text.slice(0, 1000)) ? '`' : '\\';
  let open: { line: number; parts: string[] } | undefined;
  let heredoc: string | undefined;
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    if (heredoc !== undefined) {
      if (raw.trim() === heredoc) heredoc = undefined;
      continue;
    }
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const continued = line.endsWith(continues);
    open ??= { line: index + 1, parts: [] };
    open.parts.push(continued ? line.slice(0, -1).trim() : line);
    if (continued) continue;
    const whole = open.parts.join(' ');
    const [, word = '', rest = ''] = /^(\S+)\s*(.*)$/s.exec(whole) ?? [];
    yield { word: word.toUpperCase(), rest, line: open.line };
    heredoc = /^(?:RUN|COPY|ADD)$/i.test(word) ? /<<-?["']?(\w+)["']?/.exec(rest)?.[1] : undefined;
    open = undefined;
  }
}

/** Bases whose tag may mean something else tomorrow, in words; stages of the file itself are none. */
export function unpinnedBases({ stages }: Dockerfile): readonly string[] {
  const own = new Set(stages.flatMap(({ name }) => (name === undefined ? [] : [name.toLowerCase()])));
  const bases = new Set(stages.map(({ base }) => base));
  return [...bases].flatMap((base) => {
    if (base === 'scratch' || own.has(base.toLowerCase()) || /@sha256:[0-9a-f]{64}$/.test(base)) return [];
    if (base === '') return ['a base is empty: the build argument that names it has no value'];
    const [, tag] = /:([^:/]+)$/.exec(base) ?? [];
    if (tag === undefined) return [`${base} has no tag: it is whatever is newest when it is built`];
    if (!/\d/.test(tag))
      return [`${base}: the tag \`${tag}\` moves: it is whatever is newest when it is built`];
    return [`${base} is pinned by its tag alone, which its owner may move: a digest cannot be`];
  });
}
