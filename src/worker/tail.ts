/** What a failure keeps of a program's output (design, section 7). */
export const lastLines = {
  lines: 50,
  bytes: 8 * 1024,

  /** The last lines of the bytes, as text; a line or character cut at the front is left out where that is possible. */
  of(bytes: Buffer): string {
    const end = bytes.subarray(Math.max(0, bytes.length - this.bytes));
    const whole = end.length === bytes.length ? end : afterFirstBreak(end);
    const lines = whole.toString('utf8').replace(/\n$/, '').split('\n');
    return shortened(lines.slice(-this.lines).join('\n'), this.bytes);
  },
};

/** A byte that is not UTF-8 becomes a character of three bytes: what was short enough may no longer be. */
function shortened(text: string, limit: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= limit) return text;
  return bytes.subarray(firstCharacter(bytes, bytes.length - limit)).toString('utf8');
}

function afterFirstBreak(bytes: Buffer): Buffer {
  const at = bytes.indexOf('\n');
  if (at >= 0 && at < bytes.length - 1) return bytes.subarray(at + 1);
  // One long line.
  return bytes.subarray(firstCharacter(bytes, 0));
}

/** Skips the continuation bytes of a character that was cut. */
function firstCharacter(bytes: Buffer, start: number): number {
  let from = start;
  while (from < start + 4 && ((bytes[from] ?? 0) & 0xc0) === 0x80) from += 1;
  return from;
}
