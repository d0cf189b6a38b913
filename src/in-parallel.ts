/**
 * Does `work` on every item, at most `width` at once, and gives the answers in the items' order. Reads ahead by `width`
 * items only, so memory does not grow with their number. The first fault ends it; work already begun is left to finish.
 */
export async function* inParallel<Item, Answer>(
  items: AsyncIterable<Item> | Iterable<Item>,
  width: number,
  work: (item: Item) => Promise<Answer>,
): AsyncGenerator<Answer, void, undefined> {
  const running: Promise<Answer>[] = [];
  try {
    for await (const item of items) {
      const answer = work(item);
      // A fault behind the head must wait for its turn instead of counting as unhandled.
      answer.catch(() => undefined);
      running.push(answer);
      const head = running.length >= width ? running.shift() : undefined;
      if (head !== undefined) yield await head;
    }
    for (let head = running.shift(); head !== undefined; head = running.shift()) yield await head;
  } finally {
    await Promise.allSettled(running);
  }
}

/** The same, with all answers at once: for as many as fit into memory. */
export async function allInParallel<Item, Answer>(
  items: AsyncIterable<Item> | Iterable<Item>,
  width: number,
  work: (item: Item) => Promise<Answer> | Answer,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  for await (const answer of inParallel(items, width, async (item) => work(item))) answers.push(answer);
  return answers;
}
