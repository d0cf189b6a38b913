import { join } from 'node:path';
import type { ResolvedProgram } from '../grid/grid.ts';
import { extractResults } from '../results/extract.ts';
import type { FragmentEntry, OutputRecord } from '../results/fragment.ts';
import { outputPrefix } from '../store/keys.ts';
import { CheckpointKeeper } from './checkpoint.ts';
import type { SliceContext, Unit } from './context.ts';
import { deliver, type Parcel } from './deliver.ts';
import { entriesOf, type Finding } from './entries.ts';
import { execute, requireGoodEnd } from './execute.ts';
import { type Verdict, WorkFailure } from './failure.ts';
import { filesMatching, type Inventory, takeInventory } from './found-files.ts';
import { fetchInput } from './inputs.ts';
import { judgeOutputs, logName, packOutputs } from './judge.ts';
import { placeholderSlice } from './placeholder-slice.ts';
import type { ProgramEnd } from './program.ts';
import { ProgramLog } from './program-log.ts';
import { oneLine, troubleOf } from './trouble.ts';
import { cleanScratch, placeProgramFiles, writeJson } from './work-directory.ts';

/** The worker has to end before the unit did; nothing is said about it. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/**
 * Executes one unit of work from an empty directory to stored outputs. Whatever goes wrong becomes a failed entry,
 * so that the next one still runs. Throws only `Interrupted`.
 */
export async function workOn(context: SliceContext, unit: Unit): Promise<readonly FragmentEntry[]> {
  const its = new UnitWork(context, unit);
  let verdict: Verdict | undefined;
  try {
    await its.succeed();
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    verdict = troubleOf(error);
    if (verdict.class === 'unknown' && error instanceof Error) context.deps.log(error.stack ?? error.message);
    await its.keepEvidence();
  }
  return its.entries(verdict);
}

/** The state of one unit while it is worked on. */
class UnitWork {
  readonly #context: SliceContext;
  readonly #unit: Unit;
  readonly #log: ProgramLog;
  readonly #startedAt = new Date();
  readonly #started = performance.now();
  #resolved: ResolvedProgram | undefined;
  #work = '';
  #end: ProgramEnd | undefined;
  #outputs: readonly OutputRecord[] = [];
  #results: FragmentEntry['results'] = {};
  #diskBytes = 0;

  constructor(context: SliceContext, unit: Unit) {
    this.#context = context;
    this.#unit = unit;
    this.#log = new ProgramLog(context.deps.logLimits);
  }

  /** Prepare, run, check, keep; throws as soon as one of them fails. */
  async succeed(): Promise<void> {
    const { scratch } = this.#context;
    cleanScratch(scratch);
    const resolved = this.#resolve();
    await this.#prepare(resolved);
    await this.#runWithCheckpoint(resolved);
    const first = await this.#judge(resolved);
    // What `verify` leaves is what is stored, so it is judged again.
    const { inventory, accepted } = (await this.#verify(resolved)) ? await this.#judge(resolved) : first;
    await this.#extract(resolved, inventory);
    await this.#deliver(await packOutputs(accepted, scratch.outbox));
  }

  async #judge(resolved: ResolvedProgram) {
    const inventory = takeInventory(this.#context.scratch.work);
    this.#diskBytes = inventory.bytes;
    return { inventory, accepted: await judgeOutputs(resolved.outputs, inventory) };
  }

  /** After a failure: the log, and what `keep.on_failure` names, as far as the store takes them. */
  async keepEvidence(): Promise<void> {
    const { deps } = this.#context;
    try {
      await this.#deliver([]);
      for (const parcel of this.#evidence()) await this.#keep(parcel);
    } catch (error) {
      deps.log(`the log of ${this.#unit.first.label} could not be kept: ${oneLine(error)}`);
    }
  }

  #evidence(): readonly Parcel[] {
    const { assignment, scratch } = this.#context;
    const inventory = takeInventory(scratch.work);
    this.#diskBytes = inventory.bytes;
    const kept = assignment.grid.keep.onFailure.flatMap((glob) => filesMatching(inventory, glob));
    return [...new Map(kept.map(({ path, file }) => [path, { path: `on-failure/${path}`, file }])).values()];
  }

  /** One file that cannot be kept, such as one whose name no store takes, costs neither the log nor the others. */
  async #keep(parcel: Parcel): Promise<void> {
    const { store, deps } = this.#context;
    try {
      this.#outputs = [...(await deliver(store, this.#prefix(), [parcel])), ...this.#outputs];
    } catch (error) {
      deps.log(`${parcel.path} of ${this.#unit.first.label} could not be kept: ${oneLine(error)}`);
    }
  }

  entries(verdict: Verdict | undefined): readonly FragmentEntry[] {
    const finding: Finding = {
      work: this.#work,
      command: this.#resolved?.argv ?? [],
      startedAt: this.#startedAt,
      endedAt: new Date(),
      outputs: this.#outputs,
      results: verdict === undefined ? this.#results : {},
      seconds: this.#end?.seconds ?? 0,
      totalSeconds: (performance.now() - this.#started) / 1000,
      cpuSeconds: this.#end?.cpuSeconds ?? null,
      peakMemoryBytes: this.#end?.peakMemoryBytes ?? null,
      diskBytes: this.#diskBytes,
      failure: verdict === undefined ? null : { ...verdict, tail: this.#log.tail() },
    };
    return entriesOf(this.#unit.combinations, finding);
  }

  #resolve(): ResolvedProgram {
    const { deps, settings, assignment } = this.#context;
    const resolved = deps.resolveProgram(assignment.grid, this.#unit.first, {
      run: { id: settings.run },
      slice: placeholderSlice(assignment),
      resources: assignment.resources,
    });
    this.#resolved = {
      ...resolved,
      environment: { ...resolved.environment, ...assignment.environment },
    };
    this.#work = deps.sameWork({
      resolved: this.#resolved,
      architecture: assignment.resources.architecture,
      image: assignment.image,
      fileDigests: assignment.fileDigests,
    });
    return this.#resolved;
  }

  async #prepare(resolved: ResolvedProgram): Promise<void> {
    const { store, settings, scratch, deps } = this.#context;
    await placeProgramFiles(store, settings.run, resolved.files, scratch);
    const sources = { store, run: settings.run, openStore: deps.openStore };
    for (const input of resolved.inputs) await fetchInput(input, scratch.work, sources);
    writeJson(join(scratch.work, 'combination.json'), this.#unit.first);
    if (this.#unit.combinations.length > 1) {
      writeJson(join(scratch.work, 'combinations.json'), this.#unit.combinations);
    }
  }

  async #runWithCheckpoint(resolved: ResolvedProgram): Promise<void> {
    const { store, settings, scratch, deps, interrupt } = this.#context;
    const { id } = this.#unit.first;
    const place = { store, run: settings.run, round: settings.round, id, scratch, log: deps.log };
    const keeper = resolved.checkpoint && new CheckpointKeeper(resolved.checkpoint, place);
    await keeper?.restore();
    this.#stopIfInterrupted();
    keeper?.start();
    this.#end = await this.#execute(resolved, resolved.argv, this.#timeout());
    await keeper?.stop();
    if (interrupt.reason !== undefined) {
      // A program that was killed at once may have been writing it.
      if (interrupt.reason !== 'lifeline') await keeper?.save();
      throw new Interrupted();
    }
    try {
      requireGoodEnd(this.#context, this.#end, 'the program', this.#timeout());
    } catch (error) {
      // The next attempt goes on where a program that asks for it has ended.
      if (error instanceof WorkFailure && error.verdict.again) await keeper?.save();
      throw error;
    }
  }

  /** False when there is nothing to run. */
  async #verify(resolved: ResolvedProgram): Promise<boolean> {
    if (resolved.verify === undefined) return false;
    const seconds = Math.max(60, this.#timeout() - (this.#end?.seconds ?? 0));
    const end = await this.#execute(resolved, resolved.verify, seconds);
    this.#stopIfInterrupted();
    requireGoodEnd(this.#context, end, 'verify', seconds);
    return true;
  }

  async #execute(
    resolved: ResolvedProgram,
    argv: readonly string[],
    deadlineSeconds: number,
  ): Promise<ProgramEnd> {
    return await execute(this.#context, this.#unit, resolved, { argv, deadlineSeconds, log: this.#log });
  }

  async #extract(resolved: ResolvedProgram, inventory: Inventory): Promise<void> {
    const locate = (path: string) => filesMatching(inventory, path)[0]?.file;
    const { values, notes } = await extractResults(resolved.results, locate);
    this.#results = values;
    for (const note of notes) this.#context.deps.log(`${this.#unit.first.label}: ${note}`);
  }

  async #deliver(parcels: readonly Parcel[]): Promise<void> {
    const { store, scratch } = this.#context;
    const log = join(scratch.outbox, logName);
    await this.#log.save(log);
    this.#outputs = await deliver(store, this.#prefix(), [...parcels, { path: logName, file: log }]);
  }

  #prefix(): string {
    const { settings } = this.#context;
    return outputPrefix(settings.run, this.#unit.first.label, settings);
  }

  #timeout(): number {
    return this.#context.assignment.timeoutSeconds * this.#unit.combinations.length;
  }

  #stopIfInterrupted(): void {
    if (this.#context.interrupt.reason !== undefined) throw new Interrupted();
  }
}
