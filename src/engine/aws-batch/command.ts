/** A command of AWS's own tools for people to copy; with its region, for their shell may have another one, or none. */
export function batchCommand(region: string, operation: string, options = ''): string {
  return ['aws batch', operation, `--region ${region}`, options].filter((part) => part !== '').join(' ');
}
