import { checked, findingsOf, nothingToCheck } from '../preflight/codes.ts';
import type { Check } from '../preflight/finding.ts';
import { size } from '../report/format.ts';
import { doctorCodes } from './codes.ts';
import type { DockerFacts, MachineFacts } from './machine.ts';

const finding = findingsOf(doctorCodes);
const group = 'machine';

/** Below this, merges and builds of any size are likely to fail. */
const scratchBytes = 5 * 2 ** 30;
const nodeNeeded = 24;

/** @param wanted architectures of the queues; absent: nobody knows which queues there are. */
export function judgeMachine(facts: MachineFacts, wanted: readonly string[] | undefined): readonly Check[] {
  const { docker, architecture } = facts;
  return [
    judgeNode(facts),
    judgeGit(facts),
    judgeBundles(facts),
    judgeDocker(docker),
    judgeBuildx(docker),
    judgeEmulation(docker, architecture, wanted),
    judgeScratch(facts),
  ];
}

function judgeNode({ node }: MachineFacts): Check {
  const isOld = Number(node.split('.')[0]) < nodeNeeded;
  const told = {
    about: 'node',
    seen: `Node ${node}; ${nodeNeeded} or newer is needed`,
    fix: doctorCodes['node-old'].fix,
  };
  return checked({ group, check: 'node', title: `Node is new enough: ${node}` }, [
    isOld ? [finding('node-old', told)] : [],
  ]);
}

function judgeGit({ commit }: MachineFacts): Check {
  const title = commit === undefined ? 'Grids are in git' : `Grids are in git, at ${commit.slice(0, 12)}`;
  const told = {
    about: 'git',
    seen: 'no commit is checked out here',
    fix: doctorCodes['no-git'].fix,
  };
  return checked({ group, check: 'git', title }, [commit === undefined ? [finding('no-git', told)] : []]);
}

function judgeBundles({ bundles }: MachineFacts): Check {
  const row = { group, check: 'bundles', title: 'Bundles are as new as the sources' } as const;
  if (bundles === undefined) return nothingToCheck(row, 'this is no clone of Muster that was built');
  const { builtMs, changedMs } = bundles;
  const [built, changed] = [builtMs, changedMs].map((ms) => new Date(ms).toISOString().slice(0, 19));
  const told = {
    about: 'dist/cli.mjs',
    seen: `built ${built} UTC, and a source changed ${changed} UTC`,
    fix: doctorCodes['bundles-stale'].fix,
  };
  return checked(row, [changedMs > builtMs ? [finding('bundles-stale', told)] : []]);
}

function judgeDocker({ daemon, silence }: DockerFacts): Check {
  const row = {
    group,
    check: 'docker',
    title: `Docker answers${daemon === undefined ? '' : `: ${daemon}`}`,
  } as const;
  if (daemon !== undefined) return checked(row, [[]]);
  const told = { about: 'docker', seen: silence ?? 'no answer', fix: doctorCodes['docker-silent'].fix };
  return checked(row, [[finding('docker-silent', told)]]);
}

function judgeBuildx({ daemon, buildx }: DockerFacts): Check {
  const row = { group, check: 'buildx', title: 'Docker can build images' } as const;
  if (daemon === undefined) return nothingToCheck(row, 'Docker does not answer');
  const told = {
    about: 'docker buildx',
    seen: 'Docker knows no such command',
    fix: doctorCodes['no-buildx'].fix,
  };
  return checked(row, [buildx === undefined ? [finding('no-buildx', told)] : []]);
}

function judgeEmulation(
  { platforms }: DockerFacts,
  own: MachineFacts['architecture'],
  wanted: readonly string[] | undefined,
): Check {
  const other = own === 'arm64' ? 'amd64' : 'arm64';
  const row = { group, check: 'emulation', title: `Docker can build for ${other}, too` } as const;
  if (wanted?.includes(other) !== true) {
    return nothingToCheck(
      row,
      wanted === undefined ? 'muster.yaml has to be mended first' : `no queue runs ${other}`,
    );
  }
  if (platforms === undefined) return nothingToCheck(row, 'no builder says what it can build for');
  if (platforms.some((platform) => platform.startsWith(`linux/${other}`))) return checked(row, [[]]);
  const told = {
    about: `linux/${other}`,
    seen: `the builder builds for ${platforms.join(', ')}`,
    fix: doctorCodes['no-emulation'].fix,
  };
  return checked(row, [[finding('no-emulation', told)]]);
}

function judgeScratch({ scratch: { path, freeBytes } }: MachineFacts): Check {
  const row = {
    group,
    check: 'scratch',
    title: `There is room for temporary files: ${size(freeBytes)}`,
  } as const;
  const told = { about: path, seen: `${size(freeBytes)} are free`, fix: doctorCodes['scratch-small'].fix };
  return checked(row, [freeBytes < scratchBytes ? [finding('scratch-small', told)] : []]);
}
