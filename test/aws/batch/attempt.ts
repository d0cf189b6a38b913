import type { Child } from './child.ts';
import type { Ending } from './retry.ts';

/** One execution of a child, from its place on an instance to its end. */
export class Attempt {
  readonly child: Child;
  /** From 1. */
  readonly number: number;
  /** 32 hex digits: the ECS task. */
  readonly task: string;
  /** Absent: the container has not started, or never did. */
  startedAt: number | undefined;
  stoppedAt: number | undefined;
  logStream: string | undefined;
  ending: Ending | undefined;
  /** Why Batch itself ends it, whatever it exits with. */
  stopReason: string | undefined;
  readonly onTerminate: (() => void)[] = [];
  readonly onKilled: (() => void)[] = [];

  /** `serial`: 32 hex digits that no other attempt has. */
  constructor(child: Child, serial: string) {
    this.child = child;
    this.number = child.finished.length + 1;
    this.task = serial;
  }

  /** `i-` and 17 hex digits: every attempt has an instance of its own. */
  get instance(): string {
    return `i-0${this.task.slice(-16)}`;
  }

  get isCurrent(): boolean {
    return this.child.current === this;
  }
}
