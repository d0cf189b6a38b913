import { FormatError, type FormatSpec } from './format-spec.ts';
import { exponentText, fixedText, generalText, numberText } from './number-format.ts';

/** A number in the given format. `text` is the literal's own text, kept when the format only asks for width. */
export function renderNumber(value: number, text: string, spec: FormatSpec): string {
  if (!Number.isFinite(value)) throw misfit(text, spec, 'is not a finite number');
  if (spec.type === 's') return align(text, '', spec, '<');
  const negative = value < 0 || (Object.is(value, -0) && !isInteger(spec));
  const sign = negative ? '-' : spec.sign === '-' ? '' : spec.sign;
  const body = digitsOf(value, text, spec);
  return align(body, sign, spec, '>');
}

/** Text in the given format: width, alignment and (as in Python and C) a precision that cuts. */
export function renderText(text: string, spec: FormatSpec): string {
  if (spec.type !== '' && spec.type !== 's') {
    throw new FormatError(
      `The format '${spec.source}' is for numbers, and '${text}' is text.`,
      'Remove the quotes or `type: text` where the value is written, or leave the format out.',
    );
  }
  if (spec.grouping !== '' || spec.sign !== '-' || spec.align === '=') throw misfit(text, spec, 'is text');
  const cut = spec.precision === undefined ? text : [...text].slice(0, spec.precision).join('');
  return align(cut, '', spec, '<');
}

function digitsOf(value: number, text: string, spec: FormatSpec): string {
  const magnitude = Math.abs(value);
  const precision = spec.precision ?? 6;
  switch (spec.type) {
    case 'd':
    case 'x':
    case 'X':
    case 'o':
    case 'b':
      return integerDigits(magnitude, text, spec);
    case 'f':
    case 'F':
      return fixedText(magnitude, precision);
    case 'e':
      return exponentText(magnitude, precision);
    case 'E':
      return exponentText(magnitude, precision).toUpperCase();
    case 'g':
      return generalText(magnitude, precision, spec.alternate);
    case 'G':
      return generalText(magnitude, precision, spec.alternate).toUpperCase();
    case '%':
      return `${fixedText(Math.abs(value * 100), precision)}%`;
    default:
      if (spec.precision !== undefined) {
        throw new FormatError(
          `The format '${spec.source}' does not say which kind of digits it counts.`,
          `Write .${spec.precision}f (decimals), .${spec.precision}e (exponent) or .${spec.precision}g (significant digits).`,
        );
      }
      return /^[+-]?[\d.]/.test(text) ? text.replace(/^[+-]/, '') : numberText(magnitude);
  }
}

const bases: Readonly<Record<string, readonly [radix: number, prefix: string]>> = {
  d: [10, ''],
  x: [16, '0x'],
  X: [16, '0X'],
  o: [8, '0o'],
  b: [2, '0b'],
};

function integerDigits(magnitude: number, text: string, spec: FormatSpec): string {
  if (!Number.isInteger(magnitude)) {
    throw new FormatError(
      `The format '${spec.source}' is for whole numbers, and ${text} is none.`,
      'Write .0f to round it, or another format.',
    );
  }
  if (spec.precision !== undefined) throw misfit(text, spec, 'is a whole number: a precision does not apply');
  const [radix, prefix] = bases[spec.type] ?? [10, ''];
  const digits = BigInt(magnitude).toString(radix);
  return (spec.alternate ? prefix : '') + (spec.type === 'X' ? digits.toUpperCase() : digits);
}

function isInteger(spec: FormatSpec): boolean {
  return spec.type in bases;
}

function align(body: string, sign: string, spec: FormatSpec, usual: '<' | '>'): string {
  // By far the most frequent case, a million times over in the labels of a large grid.
  if (spec.width === 0 && spec.grouping === '') return sign + body;
  const [whole = '', rest = ''] = /^(\d+)(.*)$/s.exec(body)?.slice(1) ?? ['', body];
  if (spec.align === '=' && spec.fill === '0' && spec.grouping !== '') {
    let digits = whole;
    while (sign.length + group(digits, spec).length + rest.length < spec.width) digits = `0${digits}`;
    return sign + group(digits, spec) + rest;
  }
  const grouped = spec.grouping === '' ? body : group(whole, spec) + rest;
  const missing = Math.max(0, spec.width - sign.length - [...grouped].length);
  const pad = spec.fill.repeat(missing);
  switch (spec.align ?? usual) {
    case '<':
      return sign + grouped + pad;
    case '^':
      return (
        spec.fill.repeat(Math.floor(missing / 2)) + sign + grouped + spec.fill.repeat(Math.ceil(missing / 2))
      );
    case '=':
      return sign + pad + grouped;
    default:
      return pad + sign + grouped;
  }
}

function group(digits: string, spec: FormatSpec): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, spec.grouping);
}

function misfit(text: string, spec: FormatSpec, why: string): FormatError {
  return new FormatError(
    `The format '${spec.source}' does not fit ${text}, which ${why}.`,
    'Leave the format out.',
  );
}
