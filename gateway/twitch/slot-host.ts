import type { HeardLine } from '../../shared/heard-line.ts';
import type { Account } from './account.ts';
import type { Ending } from './endings.ts';
import type { LoginTurns } from './login-turns.ts';
import type { SupervisorOptions } from './supervisor-options.ts';

/** What a slot shares with the others. */
export type SlotHost = {
  readonly options: SupervisorOptions;
  readonly logins: LoginTurns;
  /** Who the next connection reads as. */
  readonly account: () => Account;
  /** The number of a new connection. */
  readonly nextConnection: () => number;
  /** One connection takes over from another, in any slot. */
  readonly isTakingOver: () => boolean;
  /** The account may not be in any channel twice meanwhile: a connection leaves before another one joins. */
  readonly isCrowded: () => boolean;
  readonly onRegistered: (isReplacement: boolean) => void;
  readonly onChatLine: (line: HeardLine) => void;
  readonly onLoginRefused: (account: Account, words: string) => void;
  readonly onFailed: (ending: Ending, detail: string) => void;
  /** Its wishes may have changed. */
  readonly onWishes: () => void;
};
