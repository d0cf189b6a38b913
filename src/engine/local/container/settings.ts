/** What slices in containers need from whoever opens the engine. */
export interface ContainerSettings {
  /** Program that speaks Docker's command line: a name on the PATH, or a path. */
  readonly docker: string;
  /** Whether new jobs run in containers. Jobs submitted so do in any case: a run is never half one, half the other. */
  readonly forNewJobs: boolean;
  /** The worker as one file. */
  readonly workerBundle: string;
  /** A Node for Linux and this architecture, for images that have none of their own. */
  readonly node: string;
  /** Folder from which an image is built, by the image's name. */
  readonly folder: (imageName: string) => string | undefined;
  /** More folders that slices may read and write, under the same path as outside. */
  readonly mounts?: readonly string[];
  /** Tells people what takes long. */
  readonly say?: (line: string) => void;
}
