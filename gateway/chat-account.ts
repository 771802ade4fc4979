import type { Credentials } from './credentials/credentials.ts';
import type { Degradation } from './degradation.ts';
import { settledWithin } from './settled-within.ts';
import type { SignInOptions } from './sign-in.ts';

/** How long chat waits for a token at the start before it is read anonymously. */
const PATIENCE_MS = 3_000;

/** The account that chat is read with. */
export type ChatAccount = {
  /** There is a token, or it takes too long to wait for. */
  readonly ready: Promise<void>;
  degraded(): readonly Degradation[];
  loginRefused(): void;
  stop(): Promise<void>;
};

/** Signs the account in; what that takes is loaded only now, when there is an account. */
export function openChatAccount(options: SignInOptions): ChatAccount {
  let credentials: Credentials | undefined;
  const opening = import('./sign-in.ts').then(({ signIn }) => (credentials = signIn(options)));
  const signedIn = opening.then(({ ready }) => ready);
  return {
    ready: settledWithin(signedIn, PATIENCE_MS, options.clock),
    degraded: () => credentials?.degraded() ?? [],
    loginRefused: () =>
      credentials ? credentials.loginRefused() : void opening.then((opened) => opened.loginRefused()),
    stop: async () => (await opening).stop(),
  };
}
