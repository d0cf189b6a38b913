import type { WorkerDeps } from './context.ts';

/** What the entry point of an image says of itself, as one line of JSON. */
export interface SelfCheck {
  readonly worker: string;
  readonly node: string;
  /** As images call it. */
  readonly architecture: string;
  /** Clients that opened; nothing is asked of the services behind them. */
  readonly stores: readonly string[];
}

/**
 * `worker.mjs --check`: shows that Node runs on the image's C library and that the bundle is whole, without a network, a
 * run or rights. Ends with 0, or with 1 and a line that says why.
 */
export async function checkSelf({
  openStore,
  version,
  log,
}: Pick<WorkerDeps, 'openStore' | 'version' | 'log'>) {
  const stores: string[] = [];
  // A region, since that is the account's to say, not the image's.
  process.env.AWS_REGION ??= 'us-east-1';
  for (const url of ['s3://muster-self-check/here', 'file:///tmp']) {
    try {
      await openStore(url);
    } catch (error) {
      log(`the client of ${url} does not open: ${error instanceof Error ? error.message : String(error)}`);
      return 1;
    }
    stores.push(new URL(url).protocol.slice(0, -1));
  }
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  const said: SelfCheck = { worker: version, node: process.versions.node, architecture, stores };
  log(JSON.stringify(said));
  return 0;
}
