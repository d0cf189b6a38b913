import { setTimeout as sleep } from 'node:timers/promises';
import type { JobImage } from '../../engine.ts';
import { type PreparedImage, prepareImage } from './image.ts';
import type { ContainerSettings } from './settings.ts';

/** A submission's lease is short (design, section 5): what takes longer goes on, and the submission is tried again. */
export const submissionPatienceMs = 20_000;

/** The images of one engine, each prepared once however many jobs ask for it. */
export class Images {
  readonly #settings: ContainerSettings;
  readonly #logs: string;
  readonly #patienceMs: number;
  readonly #prepared = new Map<string, Promise<PreparedImage>>();

  constructor(settings: ContainerSettings, logs: string, patienceMs = submissionPatienceMs) {
    this.#patienceMs = patienceMs;
    this.#settings = settings;
    this.#logs = logs;
  }

  /** However long it takes. */
  async whole(image: JobImage): Promise<PreparedImage> {
    return this.#told(image, await this.#preparing(image));
  }

  /** Undefined when it takes too long; it goes on. */
  async inTime(image: JobImage): Promise<PreparedImage | undefined> {
    const timer = new AbortController();
    const late = sleep(this.#patienceMs, undefined, { signal: timer.signal }).catch(() => undefined);
    const prepared = await Promise.race([this.#preparing(image), late]);
    timer.abort();
    return prepared && this.#told(image, prepared);
  }

  #preparing(image: JobImage): Promise<PreparedImage> {
    const preparing = this.#prepared.get(keyOf(image)) ?? prepareImage(this.#settings, image, this.#logs);
    this.#prepared.set(keyOf(image), preparing);
    return preparing;
  }

  /** A failure is told once: whoever asks again may have mended it. */
  #told(image: JobImage, prepared: PreparedImage): PreparedImage {
    if (!prepared.ok) this.#prepared.delete(keyOf(image));
    return prepared;
  }
}

const keyOf = ({ name, identity }: JobImage) => `${name} ${identity}`;
