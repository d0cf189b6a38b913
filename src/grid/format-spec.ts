/** A format that does not exist, or that does not fit the value. */
export class FormatError extends Error {
  override readonly name = 'FormatError';
  /** What to write instead. */
  readonly fix: string;

  constructor(message: string, fix: string, options?: ErrorOptions) {
    super(message, options);
    this.fix = fix;
  }
}

/** Python's format language and C's printf, read into one form. */
export interface FormatSpec {
  readonly source: string;
  readonly fill: string;
  /** `=` pads between sign and digits. */
  readonly align: '<' | '>' | '^' | '=' | undefined;
  readonly sign: '-' | '+' | ' ';
  readonly alternate: boolean;
  readonly width: number;
  readonly grouping: '' | ',' | '_';
  readonly precision: number | undefined;
  /** One of `d f F e E g G x X o b s %`, or empty. */
  readonly type: string;
}

const pythonPattern = /^(?:(.?)([<>=^]))?([-+ ]?)(#?)(0?)(\d*)([,_]?)(?:\.(\d+))?([a-zA-Z%]?)$/su;
const printfPattern = /%([-+ 0#]*)(\d*)(?:\.(\d*))?(?:hh|h|ll|l|L)?(.?)/gsu;
const types = 'dfFeEgGxXobs%';
const widest = 99;

const pythonSpecs = new Map<string, FormatSpec>();

/** `.3f`, `03d`, `>10`, `,`, `+.2e`, `.1%`. */
export function parsePython(source: string): FormatSpec {
  const known = pythonSpecs.get(source);
  if (known !== undefined) return known;
  const match = pythonPattern.exec(source);
  if (match === null) throw unknownFormat(source);
  const [
    ,
    fill = '',
    align = '',
    sign = '',
    alternate = '',
    zero = '',
    width = '',
    grouping = '',
    precision,
    type = '',
  ] = match;
  const spec: FormatSpec = {
    source,
    fill: fill !== '' ? fill : zero !== '' && align === '' ? '0' : ' ',
    align: align === '' ? (zero === '' ? undefined : '=') : alignOf(align),
    sign: signOf(sign),
    alternate: alternate !== '',
    width: bounded(width, source),
    grouping: grouping === ',' || grouping === '_' ? grouping : '',
    precision: precision === undefined ? undefined : bounded(precision, source),
    type: knownType(type, source),
  };
  pythonSpecs.set(source, spec);
  return spec;
}

/** `%.3f`, `%03d`, `x%dkm`: one conversion with literal text around it. */
export function parsePrintf(source: string): { before: string; conversion: FormatSpec; after: string } {
  const conversions = [...source.matchAll(printfPattern)].filter((match) => match[0] !== '%%');
  const [match, second] = conversions;
  if (match === undefined || second !== undefined) {
    throw new FormatError(
      `The format '${source}' needs exactly one conversion.`,
      'Write for example %.3f or %03d.',
    );
  }
  const [found, flags = '', width = '', precision, letter = ''] = match;
  const type = letter === 'i' || letter === 'u' ? 'd' : letter;
  if (type === '' || type === '%') throw unknownFormat(source);
  const literal = (text: string): string => text.replaceAll('%%', '%');
  return {
    before: literal(source.slice(0, match.index)),
    after: literal(source.slice(match.index + found.length)),
    conversion: {
      source,
      fill: flags.includes('0') && !flags.includes('-') ? '0' : ' ',
      align: flags.includes('-') ? '<' : flags.includes('0') ? '=' : '>',
      sign: flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '-',
      alternate: flags.includes('#'),
      width: bounded(width, source),
      grouping: '',
      precision: precision === undefined ? undefined : bounded(precision, source),
      type: knownType(type, source),
    },
  };
}

function alignOf(text: string): '<' | '>' | '^' | '=' {
  return text === '<' || text === '>' || text === '^' ? text : '=';
}

function signOf(text: string): '-' | '+' | ' ' {
  return text === '+' || text === ' ' ? text : '-';
}

function bounded(digits: string, source: string): number {
  const number = Number(digits);
  if (number <= widest) return number;
  throw new FormatError(`The format '${source}' asks for ${digits} places.`, `Ask for ${widest} at most.`);
}

function knownType(type: string, source: string): string {
  if (type === '' || types.includes(type)) return type;
  if (/^[A-Za-z]$/.test(type) && source.startsWith('%')) {
    throw new FormatError(`'${source}' is not a format of numbers or text (dates take strftime).`, fixes);
  }
  throw unknownFormat(source);
}

const fixes = 'Write for example .3f, 03d, .2e or %.3f for numbers, %Y-%m-%d for dates, a comma for lists.';

function unknownFormat(source: string): FormatError {
  return new FormatError(`The format '${source}' is not understood.`, fixes);
}
