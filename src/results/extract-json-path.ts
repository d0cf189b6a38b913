/** The value at `a.b.0.c`, or under the literal key when the document has one with dots; `undefined` if absent. */
export function valueAt(document: unknown, path: string): unknown {
  const direct = own(document, path);
  if (direct !== undefined) return direct;
  let value = document;
  for (const part of path.split('.')) value = own(value, part);
  return value;
}

function own(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  // Own, so no prototype key is reached.
  return (value as Record<string, unknown>)[key];
}
