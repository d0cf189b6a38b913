/** Numbers as people read them. Every function gives the same text on every machine: no locale is asked. */

/** `1438` -> `1,438`. */
export function count(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 combination`, `1,440 combinations`. */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** USD: `$0.00`; what rounds to nothing but is not nothing says so. */
export function money(usd: number): string {
  if (usd < 0) return `-${money(-usd)}`;
  if (usd > 0 && usd < 0.005) return '< $0.01';
  const [whole = '0', cents = '00'] = usd.toFixed(2).split('.');
  return `$${whole.replace(/\B(?=(\d{3})+$)/g, ',')}.${cents}`;
}

/** `$12.00 to $31.50`, or one amount when both round to the same. */
export function moneyRange(range: { readonly low: number; readonly high: number }): string {
  const [low, high] = [money(range.low), money(range.high)];
  return low === high ? low : `${low} to ${high}`;
}

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/** Seconds -> `0.42 s`, `48 s`, `3 min 20 s`, `48 min`, `3 h 12 min`, `2 d 4 h`: two units at most. */
export function duration(seconds: number): string {
  if (seconds < 0) return `-${duration(-seconds)}`;
  if (seconds < 9.95) return `${trimmed(seconds, seconds < 1 ? 2 : 1)} s`;
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  if (seconds < 10 * minute) return two(seconds, minute, 'min', 1, 's');
  if (seconds < hour - 30) return `${Math.round(seconds / minute)} min`;
  if (seconds < 2 * day) return two(seconds, hour, 'h', minute, 'min');
  return two(seconds, day, 'd', hour, 'h');
}

/** `5 h to 7 h 30 min`, or one duration when both round to the same. */
export function hourRange(hours: { readonly low: number; readonly high: number }): string {
  const [low, high] = [duration(hours.low * 3600), duration(hours.high * 3600)];
  return low === high ? low : `${low} to ${high}`;
}

function two(seconds: number, large: number, largeUnit: string, small: number, smallUnit: string): string {
  const total = Math.round(seconds / small);
  const per = large / small;
  const rest = total % per;
  return `${count(Math.floor(total / per))} ${largeUnit}${rest === 0 ? '' : ` ${rest} ${smallUnit}`}`;
}

const sizeUnits = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** Bytes -> `812 bytes`, `2.6 GiB`. */
export function size(bytes: number): string {
  let [value, unit] = [bytes, 0];
  while (value >= 999.5 && unit < sizeUnits.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value >= 99.5 || unit === 0 ? String(Math.round(value)) : trimmed(value, 1)} ${sizeUnits[unit]}`;
}

/** A result: four significant digits, whole numbers in full. */
export function number(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const magnitude = Math.abs(value);
  if (Number.isInteger(value) && magnitude < 1e9) return `${value < 0 ? '-' : ''}${count(magnitude)}`;
  if (magnitude !== 0 && (magnitude < 1e-3 || magnitude >= 1e9)) {
    return value
      .toExponential(3)
      .replace(/\.?0+e/, 'e')
      .replace('e+', 'e');
  }
  if (magnitude >= 10_000) return `${value < 0 ? '-' : ''}${count(magnitude)}`;
  return String(Number(value.toPrecision(4)));
}

/** `0.914` -> `91 %`; never 0 % or 100 % of what is neither. */
export function percent(share: number): string {
  if (share > 0 && share < 0.01) return '< 1 %';
  if (share < 1 && share > 0.99) return '> 99 %';
  return `${Math.round(share * 100)} %`;
}

/** ISO 8601 -> `2026-03-01 14:05 UTC`; anything else stays as it is. */
export function moment(iso: string): string {
  const time = Date.parse(iso);
  return Number.isNaN(time) ? iso : `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function trimmed(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)));
}
