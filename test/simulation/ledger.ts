/** What really happened, kept by the world: no process and no container can read it. */

export interface JobPlace {
  readonly round: number;
  readonly array: number;
}

/** One container, from its start to its end. */
export interface ContainerTime extends JobPlace {
  readonly job: string;
  readonly child: number;
  readonly attempt: number;
  /** Milliseconds of virtual time. */
  readonly from: number;
  to: number | undefined;
  /** It did not end by itself. */
  lost: boolean;
}

/** A combination that a container began to execute. */
export interface Execution extends JobPlace {
  readonly container: ContainerTime;
  readonly index: number;
  /** The job that was recorded for the array when the container read its record. */
  readonly recorded: string | undefined;
}

/** A word on a combination that the store took. */
export interface Written extends JobPlace {
  readonly job: string;
  readonly attempt: number;
  readonly index: number;
  readonly state: 'succeeded' | 'failed';
  readonly at: number;
}

export class Ledger {
  readonly containers: ContainerTime[] = [];
  readonly written: Written[] = [];
  /** Jobs made, by `<round>/<array>`, each with whether a submitter stood still for too long before it asked. */
  readonly jobs = new Map<
    string,
    { readonly jobId: string; readonly excused: boolean; readonly at: number }[]
  >();
  /** When looks were completed. */
  readonly looks: number[] = [];
  /** How often each thing happened that the seed could have brought about. */
  readonly happened = new Map<string, number>();

  count(what: string): void {
    this.happened.set(what, (this.happened.get(what) ?? 0) + 1);
  }

  /** Milliseconds that containers of these jobs had run by a moment. */
  milliseconds(isAsked: (container: ContainerTime) => boolean, until: number): number {
    let sum = 0;
    for (const container of this.containers) {
      if (isAsked(container)) sum += Math.max(0, Math.min(container.to ?? until, until) - container.from);
    }
    return sum;
  }
}

export const placeOf = ({ round, array }: JobPlace) => `${round}/${array}`;
