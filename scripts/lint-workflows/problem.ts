/** What is wrong in a workflow, where, and by which rule or tool. */
export interface Problem {
  /** Of ours, or the tool: `pinned`, `zizmor/template-injection`. */
  readonly rule: string;
  /** Relative to the repository. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly message: string;
}

export const describe = ({ file, line, rule, message }: Problem) => `${file}:${line}: ${message} [${rule}]`;
