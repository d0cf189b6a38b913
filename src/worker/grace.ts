/**
 * Seconds that a program has to end after SIGTERM, before SIGKILL takes it: of the 25 s that the worker takes at most to
 * end (Batch kills after 30: AB 2.8); the rest is for storing.
 */
export const graceSeconds = 10;
