/** HTTP requests to AWS, by service and operation. */
export interface CallCount {
  /** For `AwsSettings.onRequest`. */
  readonly add: (service: string, operation: string) => void;
  /** Those since the last time it was asked. */
  take(): ReadonlyMap<string, number>;
}

export function openCallCount(): CallCount {
  let counts = new Map<string, number>();
  return {
    add: (service, operation) => {
      const name = `${service} ${operation}`;
      counts.set(name, (counts.get(name) ?? 0) + 1);
    },
    take: () => {
      const taken = new Map([...counts].sort());
      counts = new Map();
      return taken;
    },
  };
}

export const describeCalls = (counts: ReadonlyMap<string, number>): string =>
  [...counts].map(([name, count]) => `${name} ${count.toLocaleString('en')}`).join(', ');
