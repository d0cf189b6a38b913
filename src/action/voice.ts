import { randomUUID } from 'node:crypto';
import { error, notice, setSecret, warning } from '@actions/core';
import { clean, logLine } from '../report/escape.ts';
import { plural } from '../report/format.ts';

export type Level = 'error' | 'warning' | 'notice';

export interface Annotation {
  readonly level: Level;
  readonly message: string;
  readonly title?: string;
  /** Relative to the workspace. */
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

/** Everything an action says: the runner takes lines of a step's output for commands (GH 4.3). */
export interface Voice {
  /** A line of the log, whatever is in it. */
  say(line: string): void;
  /** Hidden in all logs from here on. */
  hide(secret: string): void;
  /** While a library works that hides its own secrets by commands; nothing foreign may be printed meanwhile. */
  aloud<T>(work: () => Promise<T>): Promise<T>;
  /** Shown at the end, as many as GitHub shows; the others are counted. */
  annotate(annotation: Annotation): void;
  /** Shows the annotations. Commands are understood again, for whoever comes after. */
  close(): void;
}

/** GitHub shows ten of a level and step (GH 2.3); one of the errors is the failure of the step itself. */
const shown: Readonly<Record<Level, number>> = { error: 9, warning: 10, notice: 10 };
/** Characters; GitHub cuts at 4,096 (GH 2.3). */
const longest = 3800;

const tell = { error, warning, notice };

/**
 * From here on nothing that this process or its children print is a command to the runner: what is meant as one stands
 * between a word that nobody else knows and a new one.
 */
export function openVoice(write: (text: string) => void = (text) => void process.stdout.write(text)): Voice {
  let word = '';
  const silence = () => {
    word = randomUUID();
    write(`::stop-commands::${word}\n`);
  };
  const aloud = (speak: () => void) => {
    write(`::${word}::\n`);
    speak();
    silence();
  };
  const annotations: Annotation[] = [];
  silence();
  return {
    say: (line) => write(`${logLine(line, 2000)}\n`),
    hide: (secret) => aloud(() => setSecret(secret)),
    async aloud(work) {
      write(`::${word}::\n`);
      try {
        return await work();
      } finally {
        silence();
      }
    },
    annotate: (annotation) => void annotations.push(annotation),
    close() {
      write(`::${word}::\n`);
      for (const one of choose(annotations)) {
        const { level, message, title, file, line, column } = one;
        tell[level](clean(message).slice(0, longest), {
          ...(title !== undefined && { title: logLine(title, 200) }),
          ...(file !== undefined && { file }),
          ...(line !== undefined && { startLine: line, endLine: line }),
          ...(column !== undefined && { startColumn: column, endColumn: column }),
        });
      }
    },
  };
}

/** As many of each level as are shown, the last of them a count of those that are not. */
function choose(annotations: readonly Annotation[]): readonly Annotation[] {
  return (['error', 'warning', 'notice'] as const).flatMap((level) => {
    const all = annotations.filter((one) => one.level === level);
    if (all.length <= shown[level]) return all;
    const kept = all.slice(0, shown[level] - 1);
    const others = all.length - kept.length;
    return [
      ...kept,
      { level, message: `${plural(others, `more ${level}`)}: the step summary has all of them` },
    ];
  });
}
