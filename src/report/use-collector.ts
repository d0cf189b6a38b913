import type { Used } from '../money/waste.ts';
import type { Usage } from '../results/fragment.ts';

const mib = 1024 * 1024;

/** What one resource class used, in four numbers: `usageOf` of money/ for callers that stream. */
export class UseCollector {
  #combinations = 0;
  #seconds = 0;
  #cpuSeconds = 0;
  #mostBusy = -1;
  #peak = -1;

  add({ seconds, cpuSeconds, peakMemoryBytes }: Usage): void {
    this.#combinations += 1;
    this.#peak = Math.max(this.#peak, peakMemoryBytes ?? -1);
    if (cpuSeconds === null || seconds <= 0) return;
    this.#seconds += seconds;
    this.#cpuSeconds += cpuSeconds;
    this.#mostBusy = Math.max(this.#mostBusy, cpuSeconds / seconds);
  }

  finish(): Used {
    const measured = this.#mostBusy >= 0;
    return {
      combinations: this.#combinations,
      busyCpus: measured ? this.#cpuSeconds / this.#seconds : null,
      mostBusyCpus: measured ? this.#mostBusy : null,
      peakMemoryMib: this.#peak < 0 ? null : this.#peak / mib,
    };
  }
}
