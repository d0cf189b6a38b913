/**
 * What instances do before the agent of ECS starts. AWS Batch joins it with its own, so it has to be MIME [MEM].
 * The volume is a new disk each time; on Nitro its name is a link that udev makes. 1777: programs run as users of their
 * own (10001), and the worker looks for room there (docs/images.md).
 */
export function userData(scratchGib: number): string {
  const scratch = `
for _ in $(seq 60); do [ -b ${scratchDevice} ] && break; sleep 1; done
blkid ${scratchDevice} || mkfs.xfs ${scratchDevice}
mkdir -p /scratch
mountpoint -q /scratch || mount -o noatime ${scratchDevice} /scratch
chmod 1777 /scratch`;
  return [
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary="==MUSTER=="',
    '',
    '--==MUSTER==',
    'Content-Type: text/x-shellscript; charset="us-ascii"',
    '',
    `#!/bin/bash
set -eu
# Images are named by digest, so one that is there is the right one.
echo ECS_IMAGE_PULL_BEHAVIOR=prefer-cached >> /etc/ecs/ecs.config${scratchGib > 0 ? scratch : ''}`,
    '',
    '--==MUSTER==--',
    '',
  ].join('\n');
}

/** As the launch template calls the volume. */
export const scratchDevice = '/dev/sdf';
/** Of the root volume on Amazon Linux 2023 [MEM]. */
export const rootDevice = '/dev/xvda';
