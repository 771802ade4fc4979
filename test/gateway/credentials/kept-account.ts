import type { CredentialOptions } from '../../../gateway/credentials/credentials.ts';
import { keepCredentials, type Credentials } from '../../../gateway/credentials/credentials.ts';
import type { RefreshOutcome } from '../../../gateway/credentials/token-refresher.ts';
import type { Token } from '../../../gateway/tokens/token.ts';
import { TokenStoreError, type SaveResult, type StoredToken } from '../../../gateway/tokens/token-store.ts';
import type { TwitchIdFailure, ValidToken } from '../../../gateway/credentials/twitch-id.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

export const VALID: ValidToken = {
  ok: true,
  login: 'my_bot',
  userId: '1',
  scopes: ['chat:read'],
  expiresIn: null,
};

export function refused(status: number): { ok: false; kind: 'refused'; status: number; detail: string } {
  return { ok: false, kind: 'refused', status, detail: 'no' };
}

export const DOWN = { ok: false, kind: 'unreachable', status: null, detail: 'no answer' } as const;
export const BUSY = { ok: false, kind: 'busy', status: 503, detail: 'busy' } as const;

type Wishes = Partial<Pick<CredentialOptions, 'initial' | 'refresher' | 'cure' | 'random'>>;

/** The keeper in virtual time; Twitch and the store do what the test says, and by default they work. */
export class KeptAccount {
  readonly clock = new VirtualClock();
  readonly startedAt = this.clock.date();
  /** What was reported, in words and in order. */
  readonly log: string[] = [];
  /** What chat was told to use. */
  readonly used: (string | undefined)[] = [];
  readonly learned: string[] = [];
  /** The accounts that refreshes were asked for. */
  readonly refreshedIds: string[] = [];
  readonly asked = { load: 0, save: 0, refresh: 0, validate: 0 };
  /** In the store. */
  stored: StoredToken | undefined;
  expiry: number | null = null;
  refresh: () => RefreshOutcome | Promise<RefreshOutcome> = () => ({ ok: true, token: this.token(4 * HOUR) });
  validate: (accessToken: string) => Promise<ValidToken | TwitchIdFailure> | ValidToken | TwitchIdFailure =
    () => VALID;
  /** Runs before each access to the store; may throw or take its time. */
  storeWorks: () => void | Promise<void> = () => {};
  secretChanged = false;
  #credentials: Credentials | undefined;
  #tokens = 0;
  #versions = 0;
  #onChange: () => void = () => {};

  get credentials(): Credentials {
    if (!this.#credentials) throw new Error('not started');
    return this.#credentials;
  }

  get inUse(): string | undefined {
    return this.used.at(-1);
  }

  get troubles(): string {
    return this.credentials
      .degraded()
      .map(({ sentence }) => sentence)
      .join('\n');
  }

  /** The next token: `access-1`, `access-2`, … with refresh tokens of the same numbers. */
  token(lifeMs: number | null): Token {
    const number = ++this.#tokens;
    return {
      accessToken: `access-${number}`,
      refreshToken: `refresh-${number}`,
      scope: ['chat:read'],
      expiresIn: lifeMs === null ? null : lifeMs / SECOND,
      obtainmentTimestamp: this.clock.date(),
      userId: '1',
    };
  }

  /** Somebody else writes to the store. */
  put(token: Token): void {
    this.stored = this.#version(token);
    this.#onChange();
  }

  async start(wishes: Wishes = {}): Promise<void> {
    this.#credentials = keepCredentials({
      login: 'my_bot',
      initial: undefined,
      cure: 'sign in again: npm run authorize',
      random: () => 0.5,
      refresher: { refresh: (token) => this.#refresh(token), hasChanged: async () => this.secretChanged },
      ...wishes,
      store: {
        place: 'the store',
        load: () => this.#load(),
        save: (token, over) => this.#save(token, over),
        watch: (onChange) => {
          this.#onChange = onChange;
          return () => (this.#onChange = () => {});
        },
        close: async () => void this.log.push('closed'),
      },
      validate: async (accessToken) => {
        this.asked.validate += 1;
        return this.validate(accessToken);
      },
      clock: this.clock,
      learn: (secret) => this.learned.push(secret),
      onToken: (token) => this.used.push(token),
      events: {
        tokenRefreshed: () => this.log.push('refreshed'),
        refreshFailed: ({ kind, status }) => this.log.push(`refresh failed: ${kind} ${status}`),
        tokenAdopted: () => this.log.push('adopted'),
        storeFailed: (sentence) => this.log.push(`store failed: ${sentence}`),
        tokenValidated: (login) => this.log.push(`validated ${login}`),
        validationFailed: (kind, status) => this.log.push(`not validated: ${kind} ${status}`),
        needsPerson: (sentence) => this.log.push(`help: ${sentence}`),
        tokenInUse: (expiresAt) => (this.expiry = expiresAt),
      },
    });
    await this.pass(0);
  }

  /** Lets time pass, and everything settle that it sets off. */
  async pass(ms: number, slice = Math.min(ms, SECOND)): Promise<void> {
    await settled();
    for (let left = ms; left > 0; left -= slice) {
      this.clock.advance(Math.min(slice, left));
      await settled();
    }
  }

  #version(token: Token): StoredToken {
    return { token, version: `v${++this.#versions}` };
  }

  async #load(): Promise<StoredToken | undefined> {
    this.asked.load += 1;
    await this.storeWorks();
    return this.stored;
  }

  async #save(token: Token, over: string | undefined): Promise<SaveResult> {
    this.asked.save += 1;
    await this.storeWorks();
    if (this.stored?.version !== over) return { kind: 'conflict', stored: this.stored };
    this.stored = this.#version(token);
    this.log.push(`saved ${token.accessToken}`);
    return { kind: 'saved', stored: this.stored };
  }

  async #refresh({ userId }: Token): Promise<RefreshOutcome> {
    this.refreshedIds.push(userId);
    this.asked.refresh += 1;
    return this.refresh();
  }
}

export function storeDown(): never {
  throw new TokenStoreError('unreachable', 'the store does not answer');
}

/** Every promise that needs nothing but its turn. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
