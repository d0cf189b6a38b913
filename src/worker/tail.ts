/** What a failure keeps of a program's output (design, section 7). */
export const lastLines = {
  lines: 50,
  bytes: 8 * 1024,

  /** The last lines of the bytes, as text; a line or character cut at the front is left out where that is possible. */
  of(bytes: Buffer): string {
    const end = bytes.subarray(Math.max(0, bytes.length - this.bytes));
    const whole = end.length === bytes.length ? end : afterFirstBreak(end);
    const lines = whole.toString('utf8').replace(/\n$/, '').split('\n');
    return lines.slice(-this.lines).join('\n');
  },
};

function afterFirstBreak(bytes: Buffer): Buffer {
  const at = bytes.indexOf('\n');
  if (at >= 0 && at < bytes.length - 1) return bytes.subarray(at + 1);
  // One long line: skip the continuation bytes of a character that was cut.
  let from = 0;
  while (from < 4 && ((bytes[from] ?? 0) & 0xc0) === 0x80) from += 1;
  return bytes.subarray(from);
}
