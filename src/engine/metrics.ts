/** Where numbers about runs go besides reviews: to whoever draws and watches them. */
export interface MetricsSink {
  /** All numbers of one step, in one call where the service allows. May throw `RemoteError`; a repeat counts twice. */
  put(metrics: readonly Metric[], at: Date): Promise<void>;
}

export interface Metric {
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly value: number;
  readonly unit: 'count' | 'usd';
}
