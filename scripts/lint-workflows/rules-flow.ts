import { environmentOf, type Rule } from './rules-trust.ts';
import type { Job, Part } from './workflow.ts';

/** Rules about when jobs run, for how long, and whom they keep waiting (GH 2.1, 3). */

const at = ({ line }: Pick<Part, 'line'>, message: string) => ({ line, message });

/** Jobs that run here; the others call a workflow. */
const running = (jobs: readonly Job[]) => jobs.filter(({ part }) => part.get('runs-on') !== undefined);

/** Minutes: what GitHub gives at most (GH 2.1), with one left to say why on the small runner. */
const longest = (runner: string) => (runner === 'ubuntu-slim' ? 14 : 360);

export const timeouts: Rule = function* ({ jobs }) {
  for (const { id, part } of running(jobs)) {
    const given = part.get('timeout-minutes');
    const most = longest(String(part.get('runs-on')?.value));
    if (given === undefined)
      yield at(part, `job \`${id}\` has no \`timeout-minutes\`: it may hang for hours`);
    else if (Number(given.value) > most) yield at(given, `this runner is taken away after ${most} minutes`);
  }
};

/** Labels of GH 7.1 that stay; an unknown one waits for a runner for a day. */
const labels: ReadonlySet<string> = new Set(['ubuntu-24.04', 'ubuntu-24.04-arm', 'ubuntu-slim']);

export const runners: Rule = function* ({ jobs }) {
  for (const { part } of running(jobs)) {
    const label = part.get('runs-on');
    for (const one of labelsOf(String(label?.value ?? ''))) {
      if (!labels.has(one)) yield at(label ?? part, `\`${one}\` is none of ${[...labels].join(', ')}`);
    }
  }
};

/** Of an expression, the texts that it chooses from: those that are not compared. */
function labelsOf(text: string): readonly string[] {
  if (!text.includes('${{')) return [text];
  return [...text.matchAll(/(==\s*)?'([^']*)'/g)].flatMap(([, compared, label = '']) =>
    compared === undefined ? [label] : [],
  );
}

/** Two at once are nowhere wanted by accident (GH 3.5). */
export const concurrency: Rule = function* ({ top, jobs }) {
  if (top.get('concurrency', 'group') !== undefined) return;
  for (const { id, part } of running(jobs)) {
    if (part.get('concurrency', 'group') !== undefined) continue;
    yield at(part, `neither the workflow nor job \`${id}\` has a \`concurrency\` group`);
  }
};

/** What is started by hand must not be dropped when another waits already (GH 3.5). */
export const dispatchesAreKept: Rule = function* ({ top, jobs }) {
  if (top.get('on', 'workflow_dispatch', 'inputs') === undefined) return;
  const groups = [top, ...jobs.map(({ part }) => part)].flatMap((part) => part.get('concurrency') ?? []);
  for (const group of groups) {
    const drops = group.get('queue')?.value !== 'max' && group.get('cancel-in-progress') === undefined;
    if (drops)
      yield at(group, 'a dispatch that waits is dropped by the next: `queue: max`, or say that it may be');
  }
};

/** A job may wait for its reviewers for 30 days (GH 4.5), and all that share its group wait with it. */
export const approvalsKeepNobodyWaiting: Rule = function* ({ top, jobs }) {
  for (const job of jobs) {
    if (!/\bspend\b/.test(environmentOf(job))) continue;
    for (const part of [top, job.part]) {
      const group = part.get('concurrency', 'group');
      if (group === undefined || String(group.value).includes('${{')) continue;
      yield at(group, `job \`${job.id}\` may wait for days, and with it all that share this group`);
    }
  }
};

/** Else every tick of the watch is a deployment on somebody's timeline (GH 4.5). */
export const noDeployments: Rule = function* ({ jobs }) {
  for (const { id, part } of jobs) {
    const environment = part.get('environment');
    if (environment === undefined || environment.get('deployment')?.value === false) continue;
    yield at(environment, `job \`${id}\` would record a deployment: { name: ..., deployment: false }`);
  }
};

/** GitHub comes late, or not at all, when everybody wants it (GH 3.3). */
export const oddMinutes: Rule = function* ({ top }) {
  for (const entry of top.get('on', 'schedule')?.items ?? []) {
    const cron = entry.get('cron');
    const minute = String(cron?.value).split(' ')[0] ?? '';
    const first = Number(/^\d+/.exec(minute)?.[0] ?? 0);
    if (first % 5 === 0) yield at(cron ?? entry, `minute \`${minute}\` is one that everybody wants`);
  }
};
