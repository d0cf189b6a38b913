import { Command, InvalidArgumentError } from 'commander';
import { parseDuration } from '../grid/units.ts';
import { describeLog } from '../place/log-line.ts';
import { openWorkplace, type Workplace, type WorkplaceOptions } from '../place/workplace.ts';

/** How a command tells its exit code. */
export type Done = (code: number) => void;

/** What several commands take. */
export interface PlaceOptions {
  readonly store?: string;
  readonly engine?: string;
  readonly stage?: string;
}

/** A command with the options that say where state lives and slices run. */
export function placeCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .option('--store <url>', 'where state and outputs live: a folder or s3://bucket/prefix')
    .option('--engine <name>', 'where slices run: local or aws-batch')
    .option('--stage <name>', 'of muster.yaml: its keys in place of the others');
}

/** Of the commands that submit slices. */
export const containersOption = [
  '--containers',
  'run slices in containers of Docker: each with its image, memory and vCPUs, as on AWS Batch',
] as const;

/** For the command that goes on: what is not submitted yet would otherwise run as processes. */
export const containersAgain = ({ containers }: { readonly containers?: boolean }) =>
  containers === true ? ' --containers' : '';

/** Opens the repository one stands in (or that of `-C`), does the work, and cleans up after it. */
export async function atWorkplace<T>(
  command: Command,
  options: PlaceOptions & Partial<WorkplaceOptions>,
  work: (place: Workplace) => Promise<T>,
): Promise<T> {
  const directory = directoryOf(command);
  // What a verb tells while it works is never part of a result: results go to stdout.
  const log = options.log ?? ((event) => process.stderr.write(describeLog(event)));
  await using place = await openWorkplace({ ...options, log, ...(directory !== undefined && { directory }) });
  return await work(place);
}

/** The folder of `-C`. */
export function directoryOf(command: Command): string | undefined {
  const { directory } = command.optsWithGlobals<{ directory?: string }>();
  return directory;
}

/** `--set name=value`, as often as wanted. */
export function collectSettings(text: string, before: Record<string, string> = {}): Record<string, string> {
  const equals = text.indexOf('=');
  if (equals <= 0) throw new InvalidArgumentError('write name=value');
  return { ...before, [text.slice(0, equals)]: text.slice(equals + 1) };
}

export function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

export function wholeNumber(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('write a whole number above 0');
  return Number(text);
}

export function amount(text: string): number {
  if (!/^\d+(\.\d+)?$/.test(text))
    throw new InvalidArgumentError('write an amount in USD, such as 25 or 0.50');
  return Number(text);
}

/** Of the commands that follow runs. */
export const everyOption = [
  '--every <duration>',
  'how often to look at slices of AWS Batch; 15 s to a minute without it',
  seconds,
] as const;

function seconds(text: string): number {
  try {
    return parseDuration(text);
  } catch (cause) {
    throw new InvalidArgumentError(cause instanceof Error ? cause.message : String(cause));
  }
}

export const printJson = (value: unknown) => process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
