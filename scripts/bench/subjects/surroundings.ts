/** Where a subject finds the world; the gateway gets the same in its own variables. */
export type Surroundings = {
  readonly chatPort: number;
  readonly natsPort: number;
  readonly subject: string;
  readonly stream: string;
  readonly channels: readonly string[];
  /** How many messages there will be. */
  readonly count: number;
  readonly seed: number;
};

export function surroundings(): Surroundings {
  return JSON.parse(process.argv[2] ?? '') as Surroundings;
}

export function finalizationDestination(): string {
  return 'internal.finalizer.v1';
}
