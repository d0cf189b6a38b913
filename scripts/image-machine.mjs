// Makes a machine fit for the suite of images: tools of Debian, buildx from its Go module, emulation of the other
// architecture, and what base images are made of, since no registry may be reachable. All downloads are kept below
// node_modules. Everything has a time limit. Plain JavaScript, because it starts before anything is known to work.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

const buildx = 'v0.30.1';
const cache = resolve('node_modules/.cache/muster-images');
/** Seconds. */
const limits = { answer: 20, update: 120, install: 300, build: 1800, download: 300 };
const architectures = { amd64: 'x64', arm64: 'arm64' };
/** By the program that shows that it is there. */
const packages = {
  'docker-registry': 'docker-registry',
  skopeo: 'skopeo',
  buildah: 'buildah',
};

/** Why the suite cannot run here, or the folder with buildx and the parts of base images. */
export function prepareImages() {
  if (process.platform !== 'linux') return { reason: 'it needs Linux' };
  if (!run('docker', ['version'], limits.answer)) return { reason: 'Docker does not answer' };
  const steps = [installTools, emulate, makeBuildx, makeBases];
  for (const step of steps) {
    const reason = step();
    if (reason !== undefined) return { reason };
  }
  return { folder: cache };
}

function run(program, args, seconds, { cwd, env = {} } = {}) {
  const options = { stdio: 'ignore', timeout: seconds * 1000, killSignal: 'SIGKILL', cwd };
  const all = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', ...env };
  return spawnSync(program, args, { ...options, env: all }).status === 0;
}

const has = (program) => run('sh', ['-c', `command -v ${program}`], limits.answer);

function installTools() {
  const missing = Object.entries(packages).filter(([program]) => !has(program));
  if (!emulator()) missing.push(['qemu', 'qemu-user-static'], ['binfmt', 'binfmt-support']);
  if (missing.length === 0) return undefined;
  const names = missing.map(([, name]) => name);
  if (process.getuid?.() !== 0 || !has('apt-get')) {
    return `${names.join(', ')} must be installed, and only root of Debian or Ubuntu can do it here`;
  }
  console.log(`Installing ${names.join(', ')} for the suite of images.`);
  run('apt-get', ['update', '-q'], limits.update);
  const args = ['install', '-q', '-y', '--no-install-recommends', ...names];
  if (run('apt-get', args, limits.install)) return undefined;
  return `${names.join(', ')} could not be installed`;
}

/** Of the other architecture than the machine's; F: the kernel holds it open, so containers need not have it. */
function emulator() {
  const file = `/proc/sys/fs/binfmt_misc/qemu-${process.arch === 'arm64' ? 'x86_64' : 'aarch64'}`;
  return existsSync(file) && /^flags:.*F/m.test(readFileSync(file, 'utf8'));
}

function emulate() {
  if (emulator()) return undefined;
  if (process.getuid?.() === 0) {
    run('mount', ['-t', 'binfmt_misc', 'binfmt_misc', '/proc/sys/fs/binfmt_misc'], limits.answer);
    // What systemd does at its start, where there is one.
    run('update-binfmts', ['--enable'], limits.answer);
  }
  return emulator() ? undefined : 'programs of the other architecture cannot be emulated (binfmt_misc)';
}

/** Always the same version, whatever the machine has: it is what is tested. */
function makeBuildx() {
  const plugin = join(cache, 'cli-plugins', 'docker-buildx');
  if (existsSync(plugin) && run(plugin, ['version'], limits.answer)) return undefined;
  if (!has('go')) return 'buildx must be built, and there is no go';
  console.log(`Building docker buildx ${buildx} from its Go module; kept in ${cache}.`);
  const downloaded = spawnSync('go', ['mod', 'download', '-json', `github.com/docker/buildx@${buildx}`], {
    ...{ encoding: 'utf8', timeout: limits.download * 1000, killSignal: 'SIGKILL' },
  });
  if (downloaded.status !== 0) return `docker buildx ${buildx} could not be downloaded`;
  const source = join(cache, 'buildx');
  rmSync(source, { recursive: true, force: true });
  // The module cache is read-only; `go install` refuses modules with exclude directives.
  cpSync(JSON.parse(downloaded.stdout).Dir, source, { recursive: true });
  rmSync(join(source, 'vendor'), { recursive: true, force: true });
  const made = join(source, 'docker-buildx');
  const flags = `-X github.com/docker/buildx/version.Version=${buildx}`;
  const env = { GOFLAGS: '-mod=mod', CGO_ENABLED: '0' };
  const args = ['build', '-ldflags', flags, '-o', made, './cmd/buildx'];
  if (!run('go', args, limits.build, { cwd: source, env }))
    return `docker buildx ${buildx} could not be built`;
  mkdirSync(join(cache, 'cli-plugins'), { recursive: true });
  renameSync(made, plugin);
  rmSync(source, { recursive: true, force: true });
  return undefined;
}

/** A root folder of each architecture: the C and C++ libraries, a static busybox, Node. */
function makeBases() {
  for (const [architecture, npmName] of Object.entries(architectures)) {
    const folder = join(cache, 'bases', architecture);
    if (existsSync(folder)) continue;
    const making = `${folder}.making`;
    rmSync(making, { recursive: true, force: true });
    mkdirSync(making, { recursive: true });
    console.log(`Fetching what a base image for ${architecture} is made of; kept in ${folder}.`);
    const reason = unpackDebian(making, architecture) ?? unpackNode(making, npmName);
    if (reason !== undefined) return reason;
    renameSync(making, folder);
  }
  return undefined;
}

/** With lists of its own, so that the machine's own packages and architectures stay as they are. */
function unpackDebian(root, architecture) {
  const apt = `${root}.apt`;
  rmSync(apt, { recursive: true, force: true });
  for (const part of ['state/lists/partial', 'cache/archives/partial', 'debs']) {
    mkdirSync(join(apt, part), { recursive: true });
  }
  const settings = [
    `APT::Architecture=${architecture}`,
    `APT::Architectures::=${architecture}`,
    `Dir::State=${join(apt, 'state')}`,
    'Dir::State::status=/dev/null',
    `Dir::Cache=${join(apt, 'cache')}`,
    'APT::Sandbox::User=root',
  ].flatMap((setting) => ['-o', setting]);
  const cwd = join(apt, 'debs');
  const wanted = ['libc6', 'libgcc-s1', 'libstdc++6', 'busybox-static'];
  const fetched =
    run('apt-get', [...settings, '-q', 'update'], limits.update) &&
    run('apt-get', [...settings, '-q', 'download', ...wanted], limits.download, { cwd });
  const unpacked =
    fetched && readdirSync(cwd).every((deb) => run('dpkg', ['-x', join(cwd, deb), root], limits.answer));
  rmSync(apt, { recursive: true, force: true });
  return unpacked ? undefined : `packages of Debian for ${architecture} could not be fetched`;
}

function unpackNode(root, npmName) {
  const { version } = JSON.parse(readFileSync('node_modules/node/package.json', 'utf8'));
  const name = `node-linux-${npmName}`;
  const args = ['pack', '--silent', '--pack-destination', root, `${name}@${version}`];
  if (!run('npm', args, limits.download)) return `${name} could not be fetched from npm`;
  const tarball = join(root, `${name}-${version}.tgz`);
  const bin = join(root, 'usr/local/bin');
  mkdirSync(bin, { recursive: true });
  const unpack = ['-xzf', tarball, '-C', bin, '--strip-components', '2', 'package/bin/node'];
  const ok = run('tar', unpack, limits.install);
  rmSync(tarball, { force: true });
  return ok ? undefined : `${name} is not what it was`;
}
