import { randomUUID } from 'node:crypto';
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import type { JobRequest } from '../engine.ts';
import { type EventLog, isAbsent, openEventLog, readEvents } from './event-log.ts';
import { applyEvent, type JobProgress, newProgress } from './job-progress.ts';
import { type CancelRecord, cancelSchema, type JobRecord, jobSchema } from './job-record.ts';

/**
 * The folder behind the engine, for any number of processes:
 *
 *     jobs/<id>/job.json       create-only
 *     jobs/<id>/events.jsonl   append-only, by the host
 *     jobs/<id>/cancel.json    create-only, by anyone
 *     jobs/<id>/ended          spares the next host a replay
 *     jobs/<id>/logs/<child>-<attempt>.log
 *     host/<number>.json       who works through it
 *     builds/<image>-<start of identity>.log    what the builder of an image said; absent without containers
 *     table                    create-only: what the ids of all jobs made here begin with
 *     work/<end of id>-<child>-<attempt>/    where programs run; removed after the attempt
 */
export interface JobTable {
  /** Absolute. */
  readonly directory: string;
  /** Where the host lock is. */
  readonly hostFolder: string;
  /** Where builders of images write what they do. */
  readonly buildFolder: string;
  add(request: JobRequest, how: Pick<JobRecord, 'definition' | 'container'>, at: Date): JobRecord;
  ids(): string[];
  job(id: string): JobRecord | undefined;
  /** Whether the job was made in this folder, and not in that of another machine, or in one that was removed. */
  isOwn(id: string): boolean;
  /** Brings a replay up to date with what was written since; undefined when there is no such job. */
  progress(id: string): JobProgress | undefined;
  /** The same as an own copy, which stays as it is. */
  replay(id: string): JobProgress | undefined;
  events(id: string): EventLog;
  cancel(id: string, cancel: CancelRecord): void;
  cancelled(id: string): CancelRecord | undefined;
  end(id: string): void;
  isEnded(id: string): boolean;
  log(id: string, child: number, attempt: number): string;
  /** Folder for the work of one attempt, made by the worker. Short: sockets in it have at most 107 bytes (Linux). */
  work(id: string, child: number, attempt: number): string;
}

interface Replay {
  readonly progress: JobProgress;
  offset: number;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function openJobTable(folder: string): JobTable {
  const directory = resolve(folder);
  const jobs = join(directory, 'jobs');
  for (const part of ['jobs', 'host', 'work']) mkdirSync(join(directory, part), { recursive: true });
  const tag = tagOf(join(directory, 'table'));
  const known = new Map<string, JobRecord>();
  const replays = new Map<string, Replay>();
  const file = (id: string, name: string) => join(jobs, id, name);

  const job = (id: string): JobRecord | undefined => {
    // Ids come back from stored records: anything but ours is never a path.
    if (!uuid.test(id)) return undefined;
    const text = readText(file(id, 'job.json'));
    if (text === undefined) {
      known.delete(id);
      replays.delete(id);
      return undefined;
    }
    const record = known.get(id) ?? jobSchema.parse(JSON.parse(text));
    known.set(id, record);
    return record;
  };

  const progress = (id: string, from: Map<string, Replay>): JobProgress | undefined => {
    const record = job(id);
    if (record === undefined) return undefined;
    const replay = from.get(id) ?? { progress: newProgress(record), offset: 0 };
    from.set(id, replay);
    const { events, offset } = readEvents(file(id, 'events.jsonl'), replay.offset);
    for (const event of events) applyEvent(replay.progress, event);
    replay.offset = offset;
    return replay.progress;
  };

  return {
    directory,
    hostFolder: join(directory, 'host'),
    buildFolder: join(directory, 'builds'),
    add: (request, how, at) => addJob(jobs, tag, request, how, at),
    isOwn: (id) => id.startsWith(tag),
    ids: () => readdirSync(jobs).filter((name) => uuid.test(name)),
    job,
    progress: (id) => progress(id, replays),
    replay: (id) => progress(id, new Map()),
    events: (id) => openEventLog(file(id, 'events.jsonl')),
    cancel: (id, cancel) => createOnly(file(id, 'cancel.json'), `${JSON.stringify(cancel)}\n`),
    cancelled: (id) => {
      const text = readText(file(id, 'cancel.json'));
      return text === undefined ? undefined : cancelSchema.parse(JSON.parse(text));
    },
    end: (id) => writeFileSync(file(id, 'ended'), ''),
    isEnded: (id) => existsSync(file(id, 'ended')),
    work: (id, child, attempt) => join(directory, 'work', `${id.slice(-8)}-${child}-${attempt}`),
    log: (id, child, attempt) => file(id, join('logs', `${child}-${attempt}.log`)),
  };
}

/** Eight hex digits, as UUIDs begin. */
function tagOf(file: string): string {
  if (!existsSync(file)) createOnly(file, randomUUID().slice(0, 8));
  return readFileSync(file, 'utf8');
}

/** The job appears whole, by the renaming of its folder, or not at all. */
function addJob(
  jobs: string,
  tag: string,
  request: JobRequest,
  how: Pick<JobRecord, 'definition' | 'container'>,
  at: Date,
): JobRecord {
  const record = jobSchema.parse({
    ...request,
    schema: 1,
    id: `${tag}${randomUUID().slice(tag.length)}`,
    createdAt: at.toISOString(),
    ...how,
  });
  const draft = join(jobs, `.draft-${record.id}`);
  mkdirSync(join(draft, 'logs'), { recursive: true });
  // On the disk before it has its name: a machine that loses power leaves no empty job.
  writeFileSync(join(draft, 'job.json'), `${JSON.stringify(record)}\n`, { flush: true });
  renameSync(draft, join(jobs, record.id));
  return record;
}

function createOnly(path: string, text: string): void {
  const draft = `${path}.${randomUUID()}.draft`;
  writeFileSync(draft, text, { flush: true });
  try {
    linkSync(draft, path);
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')) throw cause;
  } finally {
    rmSync(draft, { force: true });
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if (isAbsent(cause)) return undefined;
    throw cause;
  }
}
