/** As OCI images and `muster.yaml` call them; EC2 says `x86_64` for `amd64` (AB 6.3). */
export const architectures = ['arm64', 'amd64'] as const;

export type Architecture = (typeof architectures)[number];

export const isArchitecture = (text: string): text is Architecture =>
  architectures.some((known) => known === text);
