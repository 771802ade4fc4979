import type { DeploySettings } from './settings.ts';

/** The service, and the name that everything else is called after. */
export const NAME = 'ingress-egress';

/** Where recordings are found by the job that publishes them again. */
export const RECORDINGS_PATH = '/recordings';

const DAY_S = 24 * 60 * 60;

/** Beyond the reading itself: the drain, and the time that Cloud Run takes to start a task. */
const AROUND_A_RUN_S = 600;

/** A Cloud Run job in the image of the gateway. */
export type Job = {
  readonly name: string;
  readonly meaning: string;
  /** What node is given; undefined: the image's own command, which is the gateway. */
  readonly args: readonly string[] | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly tasks: number;
  readonly timeoutS: number;
  readonly withRecordings: boolean;
};

const ONE_TASK = { env: {}, tasks: 1, withRecordings: false };

/** Every job that these settings allow. */
export function jobsOf({
  tasks,
  runForS,
  tokenInFirestore,
}: Pick<DeploySettings, 'tasks' | 'runForS' | 'tokenInFirestore'>): Job[] {
  const refresh: Job = {
    ...ONE_TASK,
    name: `${NAME}-refresh-token`,
    meaning: 'refreshes the token in Firestore and leaves it there',
    args: [script('refresh-token')],
    timeoutS: 300,
  };
  return [
    {
      ...ONE_TASK,
      name: `${NAME}-gateway`,
      meaning: `reads for ${runForS} s and stops cleanly; each task reads its share of the channels`,
      args: undefined,
      env: { RUN_FOR_S: String(runForS) },
      tasks,
      timeoutS: runForS + AROUND_A_RUN_S,
    },
    {
      ...ONE_TASK,
      name: `${NAME}-replay`,
      meaning: `publishes the recordings in ${RECORDINGS_PATH} again`,
      args: [script('replay'), '--fast', RECORDINGS_PATH],
      timeoutS: DAY_S,
      withRecordings: true,
    },
    {
      ...ONE_TASK,
      name: `${NAME}-redrive`,
      meaning: 'publishes dead letters again',
      args: [script('redrive')],
      timeoutS: 3600,
    },
    ...(tokenInFirestore ? [refresh] : []),
  ];
}

/** As `npm run build` compiles it. */
function script(name: string): string {
  return `dist/scripts/jobs/${name}.js`;
}
