/**
 * What act 0.2.87 does not know, rewritten in the copy that it runs, and nothing else: actions of the same repository at
 * the same commit (GH 1.4) are those of the workspace, which is that commit; longer queues and environments without a
 * deployment are refused by its schema, and it has neither groups nor environments (GH 8.4).
 */
export function forAct(workflow: string): string {
  return workflow
    .replaceAll(/(uses: )\$\//g, '$1./')
    .replaceAll(/^ *queue: max\n/gm, '')
    .replaceAll(/^ *deployment: false\n/gm, '');
}
