import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { priceWords } from '../money/price-words.ts';
import { marketOf } from '../plan/queues.ts';
import { renderFigures } from '../report/figures/figures.ts';
import { count } from '../report/format.ts';
import { contexts } from '../report/progress-status.ts';
import { type Published, publishedBody, type ResultFile, resultsReadme } from '../report/published.ts';
import { type RunFacts, runFacts } from '../report/run-facts.ts';
import type { Summary } from '../report/summary.ts';
import { verdict } from '../report/verdict.ts';
import { mergedFiles } from '../results/write-merged.ts';
import { mergedPrefix } from '../store/keys.ts';
import { previousFacts } from './changes.ts';
import { controlsOf } from './controls.ts';
import type { RunDeps } from './deps.ts';
import { withPages } from './failure-pages.ts';
import { pricedAsLaunched, withPricesOf } from './pricing.ts';
import type { Publication } from './publication.ts';
import type { RunRecord, StateRecord } from './records.ts';
import { askedFiles, commitToBranch, ensureReview, resultsFolder } from './review.ts';

/** What a finished run looks like to people: files on a branch, the review's text, the commit's status. */

export interface Committed {
  readonly commit: string;
  readonly text: Published;
}

/** Larger files stay in the store, and the page says where (design, section 12). */
const largestCommitted = 5_000_000;

/** Files of the merged set that the results folder shows; the others are for programs and stay in the store. */
const shownFiles: readonly string[] = [mergedFiles.metadata, mergedFiles.manifest, mergedFiles.combinations];

/** Commits `results/<grid>/<run id>/`. The same publication makes the same tree, so a repeat commits nothing. */
export async function commitResults(
  deps: RunDeps,
  publication: Publication,
  state: StateRecord,
): Promise<Committed> {
  const { started, summary, set } = publication;
  const { run, rounds } = started;
  const folder = resultsFolder(run);
  const figures = await renderFigures(summary);
  const text = await publishedText(deps, publication, state, figures);
  const listed: ResultFile[] = [];
  const files = [
    ...askedFiles(run, rounds),
    { path: `${folder}/summary.json`, bytes: `${JSON.stringify(text.facts, null, 2)}\n` },
    ...figures.map(({ name, svg }) => ({ path: `${folder}/${name}`, bytes: svg })),
  ];
  const others = files.map(({ path }) => ({ name: basename(path) }));
  for (const { name, path, size, sha256 } of set.files.filter((file) => shownFiles.includes(file.name))) {
    if (size > largestCommitted) {
      const place = deps.store.url(`${mergedPrefix(run.run, set.sha256)}${name}`);
      listed.push({ name, elsewhere: `${place} (SHA-256 ${sha256})` });
      continue;
    }
    listed.push({ name });
    files.push({ path: `${folder}/${name}`, bytes: readFileSync(path, 'utf8') });
  }
  files.push({ path: `${folder}/README.md`, bytes: resultsReadme(text, [...listed, ...others]) });
  const commit = await commitToBranch(deps, run, `Results of ${run.run}`, files);
  return { commit, text };
}

/** The review gets its final text, then its stage and the commit its status. A closed review is left alone. */
export async function showPublished(
  deps: RunDeps,
  { started, summary }: Publication,
  state: StateRecord,
  { commit, text }: Committed,
): Promise<{ readonly verdict: string; readonly url: string }> {
  const { run } = started;
  const line = verdict(summary, text);
  const title = `${run.grid.name}: ${line}${state.stopped === null ? '' : ' (partial)'}`;
  const folder = resultsFolder(run);
  const body = publishedBody(text, {
    resultsPath: folder,
    figureUrl: (name) => deps.forge.fileUrl(`${folder}/${name}`, commit),
  });
  const review = await ensureReview(deps, started, { title, body, version: state.version });
  const complete = summary.states.succeeded === summary.combinations;
  const { url } = review;
  const over = `over: ${count(summary.states.succeeded)} of ${count(summary.combinations)}`;
  await deps.forge.setStatus(commit, {
    context: contexts.progress,
    state: 'success',
    description: over,
    url,
  });
  const outcome = complete ? 'success' : 'failure';
  await deps.forge.setStatus(commit, { context: contexts.complete, state: outcome, description: line, url });
  if (review.state === 'open') await deps.forge.setStage(review.number, 'ready');
  return { verdict: line, url };
}

async function publishedText(
  deps: RunDeps,
  { started, summary, unreadable, endedAt }: Publication,
  state: StateRecord,
  figures: Published['figures'],
): Promise<Published> {
  const { run, rounds } = started;
  const previous = await previousFacts(deps, { grid: run.grid.name, run: run.run });
  const classes = rounds.at(-1)?.classes ?? run.classes;
  const planEngine = pricedAsLaunched(withPricesOf(deps, run).planEngine, rounds.at(-1)?.pricing);
  const market = (queue: string) => marketOf(planEngine, queue);
  return {
    grid: run.grid.name,
    summary: { ...summary, failures: await withPages(deps, started, summary.failures) },
    facts: factsOf(run, summary),
    ...(previous !== undefined && { previous }),
    unreadable,
    figures,
    classes,
    marketOf: market,
    prices: priceWords(classes.map(({ resources, queue }) => ({ job: resources, market: market(queue) }))),
    outputs: run.grid.program.outputs,
    estimate: run.estimate,
    budgetUsd: run.budgetUsd,
    stopped: state.stopped,
    rounds,
    controls: controlsOf(deps.forge),
    provenance: {
      ...run.provenance,
      source: run.source,
      images: Object.values(run.images),
      store: deps.store.url(`runs/${run.run}`),
      rounds: rounds.length,
      startedAt: run.createdAt,
      endedAt,
    },
  };
}

export function factsOf(run: RunRecord, summary: Summary): RunFacts {
  const images = Object.fromEntries(Object.values(run.images).map(({ name, identity }) => [name, identity]));
  return runFacts(summary, { command: run.grid.program.command, images });
}
