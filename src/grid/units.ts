/** A duration or size that cannot be read. */
export class UnitError extends Error {
  override readonly name = 'UnitError';
  /** What to write instead. */
  readonly fix: string;

  constructor(message: string, fix: string) {
    super(message);
    this.fix = fix;
  }
}

const second = 1;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

const durations = new Map<string, number>();
for (const [seconds, names] of [
  [second / 1000, 'ms'],
  [second, 's sec secs second seconds'],
  [minute, 'm min mins minute minutes'],
  [hour, 'h hr hrs hour hours'],
  [day, 'd day days'],
  [7 * day, 'w week weeks'],
] as const) {
  for (const name of names.split(' ')) durations.set(name, seconds);
}

const mib = 2 ** 20;

/** Bytes. Binary and decimal units differ (3 GB is 2,861 MiB) and neither is guessed from the other. */
const sizes = new Map<string, number>([
  ['kib', 2 ** 10],
  ['mib', mib],
  ['gib', 2 ** 30],
  ['tib', 2 ** 40],
  ['kb', 1e3],
  ['mb', 1e6],
  ['gb', 1e9],
  ['tb', 1e12],
]);

const durationFix = 'Write for example 4h, 48 min, 1h30m, 90 s or 180 d.';

/** Seconds: `4h`, `48 min`, `1h30m`, `180 d`; a bare number is seconds. */
export function parseDuration(value: string | number): number {
  const text = String(value).trim();
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : sumOfParts(text);
  if (seconds > 0 && Number.isFinite(seconds)) return seconds;
  throw new UnitError(`A duration must be longer than nothing; '${text}' is not.`, durationFix);
}

function sumOfParts(text: string): number {
  let rest = text;
  let seconds = 0;
  let smallest = Number.POSITIVE_INFINITY;
  while (rest !== '') {
    const match = /^(\d+(?:\.\d+)?)\s*([a-zA-Z]+)\s*/.exec(rest);
    const unit = durations.get((match?.[2] ?? '').toLowerCase());
    // Each part is smaller than the one before: `30m1h` is a slip of the pen.
    if (match === null || unit === undefined || unit >= smallest) {
      throw new UnitError(`'${text}' is not a duration.`, durationFix);
    }
    seconds += Number(match[1]) * unit;
    smallest = unit;
    rest = rest.slice(match[0].length);
  }
  return seconds;
}

/** MiB, rounded up so that what was asked for is there; the unit is required. */
export function parseMemory(text: string): number {
  return Math.ceil(parseBytes(text, '3 GiB or 3000 MiB') / mib);
}

/** GiB, rounded up; the unit is required. */
export function parseStorage(text: string): number {
  return Math.ceil(parseBytes(text, '20 GiB') / 2 ** 30);
}

function parseBytes(text: string, example: string): number {
  const fix = `Write the number with its unit: ${example}.`;
  const match = /^(\d+(?:\.\d+)?)\s*([a-zA-Z]*)$/.exec(text.trim());
  if (match === null) throw new UnitError(`'${text}' is not a size.`, fix);
  const [, number = '', unit = ''] = match;
  if (unit === '') throw new UnitError(`The size ${text} has no unit.`, fix);
  const factor = sizes.get(unit.toLowerCase());
  if (factor === undefined) {
    throw new UnitError(
      `'${unit}' in '${text}' is not a unit of size (KiB, MiB, GiB, TiB, kB, MB, GB, TB).`,
      fix,
    );
  }
  const bytes = Number(number) * factor;
  if (bytes > 0) return bytes;
  throw new UnitError(`A size must be more than nothing; '${text}' is not.`, fix);
}
