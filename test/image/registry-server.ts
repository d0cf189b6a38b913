import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Debian's docker-registry, with an empty store of its own. */
export interface RegistryServer extends AsyncDisposable {
  /** `127.0.0.1:<port>` */
  readonly host: string;
  /** `GET /v2/…` lines of its log from here on: method and path. */
  requests(): readonly string[];
  forgetRequests(): void;
  stop(): Promise<void>;
}

export const somebody = { user: 'somebody', password: 's3cret-pass' } as const;
/** bcrypt, the only kind it takes. */
const passwords = 'somebody:$2b$05$abcdefghijklmnopqrstuuV7fpPozvyqJfnY19y0802WTlXUm6Rjy\n';

export async function startRegistry({ locked = false } = {}): Promise<RegistryServer> {
  const folder = mkdtempSync(join(tmpdir(), 'muster-registry-'));
  const host = `127.0.0.1:${await freePort()}`;
  const log = join(folder, 'log');
  mkdirSync(join(folder, 'store'));
  writeFileSync(join(folder, 'passwords'), passwords);
  const settings = {
    version: 0.1,
    log: { level: 'info' },
    storage: { filesystem: { rootdirectory: join(folder, 'store') }, delete: { enabled: true } },
    http: { addr: host },
    ...(locked ? { auth: { htpasswd: { realm: 'test', path: join(folder, 'passwords') } } } : {}),
  };
  // JSON is YAML.
  writeFileSync(join(folder, 'config.yml'), JSON.stringify(settings));
  const output = openSync(log, 'w');
  const child = spawn('docker-registry', ['serve', join(folder, 'config.yml')], {
    stdio: ['ignore', output, output],
  });
  await answers(host, child, log);
  let seen = 0;
  const lines = () => [...readFileSync(log, 'utf8').matchAll(/"([A-Z]+) (\/v2\/[^ ]*) HTTP/g)];
  const stop = async () => {
    const ended = new Promise((done) => child.once('close', done));
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await ended;
    }
  };
  return {
    host,
    requests: () =>
      lines()
        .slice(seen)
        .map(([, method, path]) => `${method} ${path}`),
    forgetRequests: () => {
      seen = lines().length;
    },
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function answers(host: string, child: ChildProcess, log: string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if ((await fetch(`http://${host}/v2/`).catch(() => undefined)) !== undefined) return;
    if (child.exitCode !== null) break;
    await sleep(100);
  }
  throw new Error(`docker-registry did not come up:\n${readFileSync(log, 'utf8')}`);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
}
