/** Every place of an answer with its kind: `jobs[].container.exitCode` -> `number`. Empty lists and objects have none inside. */
export function shapeOf(answer: object): ReadonlyMap<string, string> {
  const places = new Map<string, string>();
  note(places, '', answer);
  return places;
}

function note(places: Map<string, string>, place: string, value: unknown): void {
  if (value === undefined || place === '$metadata') return;
  if (place !== '') places.set(place, Array.isArray(value) ? 'list' : typeof value);
  if (Array.isArray(value)) for (const item of value) note(places, `${place}[]`, item);
  else if (typeof value === 'object' && value !== null)
    for (const [name, inner] of Object.entries(value))
      note(places, place === '' ? name : `${place}.${name}`, inner);
}

/** Where two answers differ: what only one of them has, and what both have as different kinds. */
export function differences(ours: ReadonlyMap<string, string>, theirs: ReadonlyMap<string, string>) {
  return {
    onlyOurs: outermost([...ours.keys()].filter((place) => !theirs.has(place))),
    onlyTheirs: outermost([...theirs.keys()].filter((place) => !ours.has(place))),
    ofOtherKinds: [...ours]
      .filter(([place, kind]) => (theirs.get(place) ?? kind) !== kind)
      .map(([place]) => place),
  };
}

/** Without what lies inside of another difference. */
function outermost(places: readonly string[]): string[] {
  const inside = (place: string, other: string) =>
    place.startsWith(`${other}.`) || place.startsWith(`${other}[]`);
  return places.filter((place) => !places.some((other) => inside(place, other))).sort();
}
