/** `arn:<partition>:<service>:<region>:<account>:<resource>` (AB 11.1); parts are empty where there are none. */
export function arnParts(arn: string) {
  const [, partition = '', , region = '', account = '', ...resource] = arn.split(':');
  return { partition, region, account, resource: resource.join(':') };
}
