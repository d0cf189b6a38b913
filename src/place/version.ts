import metadata from '../../package.json' with { type: 'json' };

/** Of Muster. */
export const version: string = metadata.version;
