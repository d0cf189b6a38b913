import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { userData } from '../stack/user-data.ts';

describe('what instances do before their agent starts', () => {
  const text = userData(100);

  test('is MIME, which AWS Batch joins with its own', () => {
    expect(text).toMatch(
      /^MIME-Version: 1\.0\nContent-Type: multipart\/mixed; boundary="==MUSTER=="\n\n--==MUSTER==\n/,
    );
    expect(text.trimEnd().endsWith('--==MUSTER==--')).toBe(true);
  });

  test('is a script that a shell understands', () => {
    const script = text.slice(text.indexOf('#!/bin/bash'), text.indexOf('--==MUSTER==--'));
    expect(spawnSync('bash', ['-n'], { input: script }).status).toBe(0);
  });

  test('mounts the volume where users of any number may write', () => {
    const order = ['mkfs.xfs /dev/sdf', 'mount -o noatime /dev/sdf /scratch', 'chmod 1777 /scratch'];
    const places = order.map((one) => text.indexOf(one));
    expect(places.every((place) => place > 0)).toBe(true);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  });

  test('formats no volume that has something on it', () => {
    expect(text).toContain('blkid /dev/sdf || mkfs.xfs /dev/sdf');
  });

  test('keeps images that are there', () => {
    expect(userData(0)).toContain('ECS_IMAGE_PULL_BEHAVIOR=prefer-cached >> /etc/ecs/ecs.config');
  });
});
