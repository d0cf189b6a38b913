import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FeatureFlags } from '@actions/expressions';
import { registerLogger, validate } from '@actions/languageservice';
import type { ActionMetadata } from '@actions/languageservice/action';
import { clearCache } from '@actions/languageservice/utils/workflow-cache';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Problem } from './problem.ts';

/**
 * What GitHub's own language service says of workflows and actions (GH 8.2): syntax, expressions, contexts, `needs`,
 * cron, inputs of our actions. To be bundled first: as published it does not load in Node. What it swallows it logs, and
 * then says next to nothing of the file: so an error of its log is a finding.
 */
export async function askLanguageService(
  root: string,
  paths: readonly string[],
): Promise<readonly Problem[]> {
  clearCache(); // by path, whatever the text
  const logged: string[] = [];
  const keep = (message: string) => void logged.push(message);
  registerLogger({ error: keep, warn: ignore, info: ignore, log: ignore });
  const problems: Problem[] = [];
  for (const path of paths) {
    const document = TextDocument.create(`file:///${path}`, 'yaml', 0, read(root, path));
    const found = await validate(document, {
      featureFlags: new FeatureFlags({ all: true }),
      fileProvider: {
        getFileContent: async (reference) => ({ name: reference.path, content: read(root, reference.path) }),
      },
      actionsMetadataProvider: {
        // Without inputs none is checked; without an answer each action would be unknown.
        fetchActionMetadata: async ({ owner, name }) =>
          known[`${owner}/${name}`] ?? { name, description: '' },
      },
    });
    for (const { message, range } of found) {
      problems.push({
        rule: 'language-service',
        file: path,
        line: range.start.line + 1,
        message: textOf(message),
      });
    }
    for (const message of logged.splice(0))
      problems.push({ rule: 'language-service', file: path, line: 1, message });
  }
  return problems;
}

const textOf = (message: string | { readonly value: string }) =>
  typeof message === 'string' ? message : message.value;

const read = (root: string, path: string) => readFileSync(join(root, path), 'utf8');

const ignore = () => {};

/** Inputs of actions of others, as far as we use them: of actions/checkout v7.0.1. */
const known: Readonly<Record<string, ActionMetadata>> = {
  'actions/checkout': {
    name: 'Checkout',
    description: 'Checkout a Git repository',
    inputs: Object.fromEntries(
      [
        'repository',
        'ref',
        'token',
        'path',
        'fetch-depth',
        'persist-credentials',
        'sparse-checkout',
        'lfs',
      ].map((name) => [name, { description: name }]),
    ),
  },
};
