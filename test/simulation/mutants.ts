import type { TextMutant } from './hooks.ts';

/** Rules broken on purpose, each by changes of the sources: a simulation that does not notice them proves nothing. */
export const mutants: Readonly<Record<string, readonly TextMutant[]>> = {
  'submits before it holds the lease': [
    {
      file: 'src/run/submit.ts',
      from: 'const held = await swapDocument(deps.store, at.key, version, step.record);',
      to: `if (step.step === 'submit') await deps.engine.submit(at.request);
    const held = await swapDocument(deps.store, at.key, version, step.record);`,
    },
  ],
  'lets the SDK repeat SubmitJob': [
    {
      file: 'src/aws/settings.ts',
      from: 'once: Persistence = { attempts: 1,',
      to: 'once: Persistence = { attempts: 3,',
    },
  ],
  'does not look after an ambiguous answer': [
    { file: 'src/run/submit-under-lease.ts', from: '        look = true;\n', to: '' },
  ],
  'gives up what is old without looking': [
    {
      file: 'src/run/submit-under-lease.ts',
      from: 'const found = await lookForJob(deps, at.request);',
      to: `const old = isStale(held.value, deps.clock.now());
      const found = old ? undefined : await lookForJob(deps, at.request);`,
    },
  ],
  'stops a job that another submitter looks for': [
    {
      file: 'src/run/record-job.ts',
      from: 'mayAdopt(now) ||',
      to: '(now === undefined && mayAdopt(now)) ||',
    },
  ],
  'lets one queue that cannot be listed end the look': [
    {
      file: 'src/run/submit-under-lease.ts',
      from: 'if (!(error instanceof EngineTrouble)) throw error;',
      to: 'if (deps !== undefined) throw error instanceof EngineTrouble ? error.cause : error;',
    },
  ],
  'does not look after a lease has run out': [
    { file: 'src/run/submit-under-lease.ts', from: 'let look = lookFirst;', to: 'let look = false;' },
  ],
  'looks once, at once': [{ file: 'src/run/namesakes.ts', from: '[lag / 4, lag / 2, lag]', to: '[0]' }],
  'adopts any job of the name': [
    {
      file: 'src/run/namesakes.ts',
      from: 'job.handle.size === request.size &&',
      to: 'job.handle.size !== undefined ||',
    },
  ],
  'the loser of the swap leaves its job alone': [
    { file: 'src/run/record-job.ts', from: 'if (!wanted) {', to: 'if (now === undefined) {' },
  ],
  'ignores how much of the lease is left': [
    {
      file: 'src/run/array-state.ts',
      from: 'secondsUntil(record.leaseUntil, now) >= leaseReserveSeconds',
      to: 'now.getTime() > 0',
    },
  ],
  'takes a lease that has not run out': [
    {
      file: 'src/run/array-state.ts',
      from: 'if (left > 0 && !ownerGone)',
      to: 'if (left > 100_000 && !ownerGone)',
    },
  ],
  'the worker ignores which job is recorded': [
    { file: 'src/worker/assignment.ts', from: ': recorded === parent;', to: ': parent !== undefined;' },
  ],
  'the worker executes what is settled': [
    { file: 'src/worker/slice.ts', from: '!settled.has(combination.index)', to: 'combination.index >= 0' },
  ],
  'the last report wins': [
    {
      file: 'src/results/verdict.ts',
      from: "if (best.state !== next.state) return next.state === 'succeeded';",
      to: 'if (best.state !== next.state) return true;',
    },
  ],
  'failures are not recorded before an array ends': [
    {
      file: 'src/run/array-state.ts',
      from: ' && recordedFailures >= counts.failed;',
      to: ' && recordedFailures >= 0;',
    },
    {
      file: 'src/run/observe.ts',
      from: 'seen.flatMap((one) => failingOf(one)),',
      to: "seen.filter(({ observation }) => observation?.state !== 'ended').flatMap((one) => failingOf(one)),",
    },
  ],
  'a submitter does not look at the phase after recording': [
    {
      file: 'src/run/record-job.ts',
      from: 'errand.phase.forget(); // what was found may be recorded long after the phase was read\n  if (await errand.phase.isCancelling()) {',
      to: 'if (at.key === undefined) {',
    },
  ],
  'the meter charges only what runs': [
    {
      file: 'src/money/meter.ts',
      from: 'const charged = active(before) + Math.max(0, left);',
      to: 'const charged = Math.min(active(before), Math.abs(left) + active(before));',
    },
  ],
  'a marker is deleted whatever its round': [
    {
      file: 'src/run/start.ts',
      from: 'if (present.value.round > publishedRound && age < staleMarkerSeconds) return;',
      to: 'if (age < 0) return;',
    },
  ],
  'publish does not check its round': [
    {
      file: 'src/run/run-state.ts',
      from: `function onMerged(phase: Phase, round: number, sha256: string): Transition {
  if (phase.round !== round) return`,
      to: `function onMerged(phase: Phase, given: number, sha256: string): Transition {
  const round = Math.max(given, phase.round);
  if (phase.round !== round) return`,
    },
    {
      file: 'src/run/run-state.ts',
      from: `function onPublished(phase: Phase, round: number, sha256: string): Transition {
  if (phase.round !== round) return`,
      to: `function onPublished(phase: Phase, given: number, sha256: string): Transition {
  const round = Math.max(given, phase.round);
  if (phase.round !== round) return`,
    },
  ],
  'a rerun executes what succeeded': [
    {
      file: 'src/run/rerun.ts',
      from: 'const selection = await select(spec, selectable());',
      to: "const selection = { ...(await select('all', selectable())), again: spec === 'all' };",
    },
  ],
  'a budget is never reached': [
    {
      file: 'src/money/meter.ts',
      from: 'if (budgetUsd === null) return { go: true };',
      to: 'if (budgetUsd !== 0) return { go: true };',
    },
  ],
  'only what left a word is billed': [
    {
      file: 'src/run/bill.ts',
      from: '...sliceAttempts(own, told.get(child) ?? [], timeoutSeconds),',
      to: '...own.map((one) => fromFragments(one, told.size < 0)),',
    },
  ],
};
