import { type Fragment, failureClasses } from './fragment.ts';

/**
 * The schema's rules as plain comparisons, for the one place that reads tens of thousands of fragments. True only for
 * what `fragmentSchema` accepts (a test compares them field by field); false means: ask the schema, and for the reason.
 */
export function isFragment(value: unknown): value is Fragment {
  return (
    isObject(value) &&
    value.schema === 1 &&
    isText(value.run) &&
    isNumber(value.round) &&
    isNumber(value.array) &&
    isNumber(value.slice) &&
    isText(value.job) &&
    isNumber(value.attempt) &&
    isNumber(value.part) &&
    typeof value.complete === 'boolean' &&
    isAbsentOr(value, 'startedAt', isText) &&
    isText(value.writtenAt) &&
    isWorker(value.worker) &&
    isText(value.image) &&
    isAbsentOr(value, 'instance', isInstance) &&
    isListOf(value.combinations, isEntry)
  );
}

function isWorker(value: unknown): boolean {
  return isObject(value) && isText(value.version) && isText(value.host) && isText(value.platform);
}

function isInstance(value: unknown): boolean {
  return (
    isObject(value) &&
    isText(value.type) &&
    isAbsentOr(value, 'zone', isText) &&
    isAbsentOr(value, 'capacity', (capacity) => capacity === 'spot' || capacity === 'on-demand')
  );
}

function isEntry(value: unknown): boolean {
  return (
    isObject(value) &&
    isNumber(value.index) &&
    isText(value.id) &&
    isText(value.label) &&
    (value.state === 'succeeded' || value.state === 'failed') &&
    isText(value.work) &&
    isListOf(value.command, isText) &&
    isText(value.startedAt) &&
    isText(value.endedAt) &&
    isListOf(value.outputs, isOutput) &&
    isResults(value.results) &&
    isUsage(value.usage) &&
    (value.failure === null || isFailure(value.failure))
  );
}

function isOutput(value: unknown): boolean {
  return (
    isObject(value) && isText(value.path) && isText(value.key) && isNumber(value.size) && isText(value.sha256)
  );
}

function isResults(value: unknown): boolean {
  if (!isObject(value)) return false;
  for (const name in value) {
    const result = value[name];
    if (result !== null && !isText(result) && !isNumber(result)) return false;
  }
  return true;
}

function isUsage(value: unknown): boolean {
  return (
    isObject(value) &&
    isNumber(value.seconds) &&
    isNumber(value.totalSeconds) &&
    isNumberOrNull(value.cpuSeconds) &&
    isNumberOrNull(value.peakMemoryBytes) &&
    isNumber(value.diskBytes)
  );
}

function isFailure(value: unknown): boolean {
  return (
    isObject(value) &&
    classes.has(value.class) &&
    isText(value.message) &&
    isNumberOrNull(value.exitCode) &&
    (value.signal === null || isText(value.signal)) &&
    isText(value.tail) &&
    typeof value.again === 'boolean'
  );
}

const classes: ReadonlySet<unknown> = new Set(failureClasses);

const isText = (value: unknown): boolean => typeof value === 'string';
/** JSON writes 1e999 as a number and reads it as infinity, which the schema refuses. */
const isNumber = (value: unknown): boolean => Number.isFinite(value);
const isNumberOrNull = (value: unknown): boolean => value === null || isNumber(value);

function isAbsentOr(
  value: Readonly<Record<string, unknown>>,
  key: string,
  is: (item: unknown) => boolean,
): boolean {
  return !(key in value) || is(value[key]);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isListOf(value: unknown, is: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(is);
}
