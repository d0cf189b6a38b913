/** What marks everything that we make, for people, bills and policies. */
export const managedTags = { 'managed-by': 'muster' } as const;
