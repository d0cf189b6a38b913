import { summary } from '@actions/core';
import { cutBody } from '../report/escape.ts';

/** Code points: four bytes each at most, and GitHub refuses a summary above 1 MiB (GH 2.3). */
const longest = 2 ** 18 - 1024;

/** Adds Markdown to the summary of the step. Where there is none (a machine of one's own), nothing is lost. */
export async function summarize(markdown: string): Promise<void> {
  if (!process.env.GITHUB_STEP_SUMMARY) return;
  await summary.addRaw(cutBody(markdown, 'The log of this step has more.', longest), true).write();
}
