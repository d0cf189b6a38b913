import { objectLiteral } from './scalar.ts';
import { fixedValues, type Values } from './values.ts';

/** Windows in time, in UTC and by the calendar: a month after 31 January is the end of February. */

export class DateError extends Error {
  override readonly name = 'DateError';
  readonly key: string;
  readonly fix: string;

  constructor(key: string, message: string, fix: string) {
    super(message);
    this.key = key;
    this.fix = fix;
  }
}

export interface DatesForm {
  readonly start: string;
  readonly end?: string | undefined;
  readonly last?: string | undefined;
  readonly every?: string | number | undefined;
  readonly overlap?: string | number | undefined;
}

interface Period {
  readonly months: number;
  readonly seconds: number;
}

const day = 86_400;
const mostWindows = 1_000_000;

/** `{start, end, last}` as text: days when every bound is one, else moments with seconds. */
export function dateWindows(form: DatesForm): Values {
  const start = instant('start', form.start);
  const end = endOf(form);
  if (end.seconds <= start.seconds) {
    throw new DateError(
      'end',
      `the end ${end.text} is not after the start ${start.text}`,
      'The end is exclusive.',
    );
  }
  const every = form.every === undefined ? undefined : period('every', form.every);
  const overlap = form.overlap === undefined ? { months: 0, seconds: 0 } : period('overlap', form.overlap);
  if (every === undefined && form.overlap !== undefined) {
    throw new DateError('overlap', '`overlap` needs `every`', 'Say how long a window is: every: 30 days.');
  }
  const windows =
    every === undefined
      ? [[start.seconds, end.seconds] as const]
      : cut(start.seconds, end.seconds, every, overlap);
  const moments =
    [start, end].some(({ moment }) => moment) ||
    windows.some(([from, to]) => from % day !== 0 || to % day !== 0);
  return fixedValues(windows.map(([from, to]) => windowLiteral(from, to, moments)));
}

function endOf(form: DatesForm): Instant {
  if ((form.end === undefined) === (form.last === undefined)) {
    throw new DateError(
      'end',
      'dates need either `end` (exclusive) or `last` (inclusive)',
      'Write one of the two.',
    );
  }
  if (form.end !== undefined) return instant('end', form.end);
  const last = instant('last', form.last ?? '');
  return { ...last, seconds: last.seconds + (last.moment ? 1 : day) };
}

/** Stops when a window reaches the end: with an overlap, going on from there would never end (SY B). */
function cut(start: number, end: number, every: Period, overlap: Period): (readonly [number, number])[] {
  const stride = { months: every.months - overlap.months, seconds: every.seconds - overlap.seconds };
  if (later(start, stride, 1) <= start) {
    throw new DateError(
      'overlap',
      'the overlap is not shorter than the window',
      'Windows must move on: overlap < every.',
    );
  }
  const windows: (readonly [number, number])[] = [];
  for (let index = 0; ; index += 1) {
    const from = later(start, stride, index);
    const previous = windows.at(-1)?.[0] ?? Number.NEGATIVE_INFINITY;
    if (from <= previous)
      throw new DateError('overlap', 'the windows do not move on', 'Write a shorter overlap.');
    // From the first start, not from the window's own: 31 January, 28 February, 31 March.
    const to = later(
      start,
      { months: stride.months * index + every.months, seconds: stride.seconds * index + every.seconds },
      1,
    );
    windows.push([from, Math.min(to, end)]);
    if (to >= end) return windows;
    if (windows.length >= mostWindows) {
      throw new DateError('every', `more than ${mostWindows} windows`, 'Write longer windows.');
    }
  }
}

function later(start: number, { months, seconds }: Period, times: number): number {
  if (months === 0) return start + seconds * times;
  const date = new Date(start * 1000);
  const month = date.getUTCMonth() + months * times;
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), month + 1, 0)).getUTCDate();
  const inMonth = Date.UTC(date.getUTCFullYear(), month, Math.min(date.getUTCDate(), lastDay)) / 1000;
  const timeOfDay = ((start % day) + day) % day;
  return inMonth + timeOfDay + seconds * times;
}

function windowLiteral(from: number, to: number, moments: boolean) {
  const text = (seconds: number) => new Date(seconds * 1000).toISOString().slice(0, moments ? 19 : 10);
  const literal = (seconds: number) => ({ value: text(seconds), text: text(seconds) });
  return objectLiteral([
    ['start', literal(from)],
    ['end', literal(to)],
    ['last', literal(to - (moments ? 1 : day))],
  ]);
}

interface Instant {
  /** Since 1970, UTC. */
  readonly seconds: number;
  /** Has a time of day. */
  readonly moment: boolean;
  readonly text: string;
}

const dateFix = 'Write 2017-01-26, or 2017-01-26T06:00:00 (UTC).';

function instant(key: string, text: string): Instant {
  const match = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2}))?Z?)?$/.exec(text);
  if (match === null) throw new DateError(key, `\`${text}\` is not a date`, dateFix);
  const [year = 0, month = 0, date = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1)
    .map((part) => Number(part ?? 0));
  const stamp = new Date(Date.UTC(year, month - 1, date, hour, minute, second));
  if (
    // `Date.UTC` takes the years 0 to 99 for 1900 to 1999.
    stamp.getUTCFullYear() !== year ||
    stamp.getUTCMonth() !== month - 1 ||
    stamp.getUTCDate() !== date ||
    stamp.getUTCHours() !== hour ||
    minute > 59 ||
    second > 59
  ) {
    throw new DateError(key, `\`${text}\` is not in the calendar`, dateFix);
  }
  return { seconds: stamp.getTime() / 1000, moment: match[4] !== undefined, text };
}

const units: Readonly<Record<string, Period>> = {
  second: { months: 0, seconds: 1 },
  minute: { months: 0, seconds: 60 },
  hour: { months: 0, seconds: 3600 },
  day: { months: 0, seconds: day },
  week: { months: 0, seconds: 7 * day },
  month: { months: 1, seconds: 0 },
  year: { months: 12, seconds: 0 },
};

function period(key: string, written: string | number): Period {
  const match = /^(\d+)\s*([a-z]*?)s?$/.exec(String(written).trim().toLowerCase());
  const count = Number(match?.[1] ?? 0);
  const name = match?.[2] ?? '';
  const unit = units[name === '' ? 'day' : (shortUnits[name] ?? name)];
  if (match === null || unit === undefined || count < 1) {
    throw new DateError(
      key,
      `\`${written}\` is not a period`,
      'Write 30 days, 1 week, 1 month, 1 year, 6 hours; a bare number is days.',
    );
  }
  return { months: unit.months * count, seconds: unit.seconds * count };
}

const shortUnits: Readonly<Record<string, string>> = {
  d: 'day',
  w: 'week',
  h: 'hour',
  y: 'year',
  min: 'minute',
};
