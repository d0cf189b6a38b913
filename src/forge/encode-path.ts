/** A path as a relative address; parentheses too, which would end a link in Markdown. */
export function encodePath(path: string): string {
  const parts = path.split('/').map(encodeURIComponent);
  return parts.join('/').replaceAll('(', '%28').replaceAll(')', '%29');
}
