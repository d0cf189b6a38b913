/**
 * Decimal digits of numbers as C's printf and Python's format() give them. JavaScript's own conversions are exact but
 * send ties away from zero (ECMA-262: "pick the larger n"), where C and Python send them to the even digit.
 * All take magnitudes (>= 0): the sign belongs to the caller.
 */

const EXACT_DIGITS = 100;

/** Shortest text that reads back as the same number; `-0` keeps its sign. */
export function numberText(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

/** `%.{digits}f` of a magnitude. */
export function fixedText(magnitude: number, digits: number): string {
  // From 1e21 on toFixed gives exponents; such numbers are integers.
  if (magnitude >= 1e21) return BigInt(magnitude).toString() + (digits > 0 ? `.${'0'.repeat(digits)}` : '');
  if (cannotTie(magnitude, digits)) return magnitude.toFixed(digits);
  const long = magnitude.toFixed(EXACT_DIGITS);
  const cut = long.length - (EXACT_DIGITS - digits);
  const kept = digits === 0 ? long.slice(0, cut - 1) : long.slice(0, cut);
  return isHalf(long.slice(cut)) && endsEven(kept) ? kept : magnitude.toFixed(digits);
}

/** `%.{digits}e` of a magnitude: at least two digits of exponent. */
export function exponentText(magnitude: number, digits: number): string {
  const [mantissa, exponent] = split(magnitude.toExponential(digits));
  const [long] = split(magnitude.toExponential(EXACT_DIGITS));
  const cut = long.length - (EXACT_DIGITS - digits);
  const kept = digits === 0 ? long.slice(0, 1) : long.slice(0, cut);
  if (!isHalf(long.slice(cut)) || !endsEven(kept)) return `${mantissa}e${twoDigits(exponent)}`;
  return `${kept}e${twoDigits(split(magnitude.toExponential(EXACT_DIGITS))[1])}`;
}

/** `%.{digits}g` of a magnitude: significant digits, trailing zeros dropped unless `keepZeros`. */
export function generalText(magnitude: number, digits: number, keepZeros: boolean): string {
  const significant = Math.max(1, digits);
  const scientific = exponentText(magnitude, significant - 1);
  const [mantissa, exponentPart] = split(scientific);
  const exponent = Number(exponentPart);
  if (exponent < -4 || exponent >= significant) {
    return `${keepZeros ? mantissa : trimZeros(mantissa)}e${twoDigits(exponentPart)}`;
  }
  const plain = fixedText(magnitude, significant - 1 - exponent);
  return keepZeros ? plain : trimZeros(plain);
}

/** To `digits` decimals, ties to the even digit; negative digits round to tens, hundreds, ... */
export function roundHalfEven(value: number, digits: number): number {
  const sign = value < 0 || Object.is(value, -0) ? -1 : 1;
  const magnitude = Math.abs(value);
  if (digits >= 0) return sign * Number(fixedText(magnitude, Math.min(digits, EXACT_DIGITS - 1)));
  const unit = 10 ** -digits;
  return sign * Number(fixedText(magnitude / unit, 0)) * unit;
}

/** A tie has an odd whole number of half units in the last place; most numbers are ruled out by one product. */
function cannotTie(magnitude: number, digits: number): boolean {
  if (digits > 22) return false; // 10 ** 22 is the last exact power of ten
  const halves = magnitude * 2 * 10 ** digits;
  return halves < Number.MAX_SAFE_INTEGER && (!Number.isInteger(halves) || halves % 2 === 0);
}

function isHalf(tail: string): boolean {
  return /^50*$/.test(tail);
}

function endsEven(digits: string): boolean {
  return /[02468]$/.test(digits);
}

function trimZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

function split(scientific: string): readonly [mantissa: string, exponent: string] {
  const at = scientific.indexOf('e');
  return [scientific.slice(0, at), scientific.slice(at + 1)];
}

function twoDigits(exponent: string): string {
  return exponent.replace(/^([+-])(\d)$/, '$10$2');
}
