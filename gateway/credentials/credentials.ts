import type { Random } from '../clock.ts';
import type { Degradation } from '../degradation.ts';
import { settledWithin } from '../settled-within.ts';
import { perform, type Step, type Surroundings } from './credentials-duties.ts';
import { begin, dutyOf, nextAt, usableToken, type Duty, type State } from './credentials-state.ts';
import * as steps from './credentials-steps.ts';
import { troublesOf, type Trouble } from './credentials-troubles.ts';
import type { StoredToken } from '../tokens/token-store.ts';

/** However long there is nothing to do: a wall clock that was set is noticed within this long. */
const LONGEST_REST_MS = 60_000;
/** How long a stop waits for a token that is being refreshed or saved: a refresh token may work only once. */
const STOP_MS = 2_000;

export type CredentialOptions = Omit<Surroundings, 'ended'> & {
  /** TWITCH_BOT_USERNAME. */
  readonly login: string;
  /** Already in use; undefined: the store is asked. */
  readonly initial: StoredToken | undefined;
  /** How a person gets another token. */
  readonly cure: string;
  readonly random: Random;
  /** A different token is to be used from now on; undefined: none. */
  readonly onToken: (accessToken: string | undefined) => void;
};

export type Credentials = {
  /** There is a token, or there will be none soon. Never rejects. */
  readonly ready: Promise<void>;
  degraded(): Degradation[];
  /** Chat refused the login with the token in use, and no longer uses it. */
  loginRefused(): void;
  /** Settles within seconds; a token that was refreshed is saved if possible. */
  stop(): Promise<void>;
};

/** Keeps the account signed in from now on, until it is stopped. */
export function keepCredentials(options: CredentialOptions): Credentials {
  return new Keeper(options);
}

class Keeper implements Credentials {
  readonly #options: CredentialOptions;
  readonly #ready = Promise.withResolvers<void>();
  readonly #stopWatching: () => void;
  readonly #running: Promise<void>;
  #state: State;
  /** In use, as far as chat was told. */
  #token: string | undefined;
  #doing: Duty | undefined;
  #wake: () => void = () => {};
  /** Cancels the next check whether the token has run out, which may come while there is something to do. */
  #cancelLook: () => void = () => {};
  readonly #ended = Promise.withResolvers<void>();
  #stopped: Promise<void> | undefined;
  #told: Trouble['lasting'];

  constructor(options: CredentialOptions) {
    const { store, initial } = options;
    this.#options = options;
    this.#state = begin(options.clock.date());
    this.#token = initial?.token.accessToken;
    if (initial) this.#change((state, given) => steps.found(state, initial, given));
    this.#stopWatching = store.watch(() => this.#change(steps.lookNow));
    this.#running = this.#run();
  }

  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  degraded(): Degradation[] {
    return this.#troubles().map(({ sentence }) => ({ code: 'token', sentence }));
  }

  loginRefused(): void {
    this.#token = undefined;
    this.#change(steps.loginRefused);
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#leave();
    return this.#stopped;
  }

  async #leave(): Promise<void> {
    const { store, clock } = this.#options;
    this.#stopWatching();
    this.#cancelLook();
    this.#ended.resolve();
    this.#wake();
    const isCostly = this.#doing === 'refresh' || this.#doing === 'save' || this.#isUnsaved();
    if (isCostly) await settledWithin(this.#running, STOP_MS, clock);
    await store.close();
  }

  /** One duty at a time. */
  async #run(): Promise<void> {
    for (let duty = await this.#next(); duty; duty = await this.#next()) {
      this.#doing = duty;
      const step = await perform(duty, this.#state, { ...this.#options, ended: this.#ended.promise });
      this.#doing = undefined;
      this.#change(step);
    }
    this.#ready.resolve();
  }

  /** The next duty, once it is due; undefined: stopped. What was refreshed is saved first, if that works at once. */
  async #next(): Promise<Duty | undefined> {
    for (;;) {
      if (this.#stopped) return this.#isUnsaved() ? 'save' : undefined;
      const now = this.#options.clock.date();
      const duty = dutyOf(this.#state, now);
      if (duty) return duty;
      this.#ready.resolve();
      await this.#rest(Math.min(nextAt(this.#state) - now, LONGEST_REST_MS));
    }
  }

  #isUnsaved(): boolean {
    return this.#state.refreshed !== undefined && this.#state.tasks.save.failures === 0;
  }

  #change(step: Step): void {
    const { clock, random, login, refresher } = this.#options;
    const given = { now: clock.date(), random, login, hasApp: refresher !== undefined };
    this.#state = step(this.#state, given);
    this.#tell();
    this.#wake();
  }

  #tell(): void {
    if (this.#stopped) return;
    const { onToken, events, clock } = this.#options;
    const now = clock.date();
    const token = usableToken(this.#state, now);
    if (token !== undefined) this.#ready.resolve();
    const runsOutAt = (token === undefined ? undefined : this.#state.held?.runsOutAt) ?? Infinity;
    events.tokenInUse(runsOutAt === Infinity ? null : runsOutAt);
    this.#askForHelp();
    this.#cancelLook();
    this.#cancelLook = clock.after(Math.min(runsOutAt - now, LONGEST_REST_MS), () => this.#tell());
    if (token === this.#token) return;
    this.#token = token;
    onToken(token);
  }

  /** Each cause once, until it has gone. */
  #askForHelp(): void {
    const trouble = this.#troubles().find(({ lasting }) => lasting !== undefined);
    if (trouble?.lasting !== undefined && trouble.lasting !== this.#told)
      this.#options.events.needsPerson(trouble.sentence);
    this.#told = trouble?.lasting;
  }

  #troubles(): readonly Trouble[] {
    const { login, store, cure, refresher, clock } = this.#options;
    const wording = { login, place: store.place, cure, hasApp: refresher !== undefined };
    return troublesOf(this.#state, wording, clock.date());
  }

  #rest(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#options.clock.after(ms, resolve);
    this.#wake = () => {
      cancel();
      resolve();
    };
    return promise;
  }
}
