import { randomBytes } from 'node:crypto';

export type Account = { readonly login: string; readonly userId: string; readonly scopes: readonly string[] };

/** `expiresIn`: seconds from `issuedAt`, which is in milliseconds of the server's clock; null: never. */
export type Issued = Account & {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresIn: number | null;
  readonly issuedAt: number;
  state: 'valid' | 'expired' | 'revoked';
};

/** The account of every token unless said otherwise. */
export const BRIDGE_BOT: Account = { login: 'bridge_bot', userId: '713936733', scopes: ['chat:read'] };

/** What an id service knows: the tokens it issued, and what became of them. */
export class IssuedTokens {
  readonly all: Issued[] = [];
  /** Everything secret that was ever said, for whoever searches outputs for it. */
  readonly secrets: string[] = [];
  /** Public apps get refresh tokens that serve once; those of an app with a secret serve again. */
  refreshTokens: 'reusable' | 'one-time' = 'reusable';
  /** Of new grants, in seconds; what is refreshed lives as long as before. */
  life: number | null = 14_400;
  readonly #used = new Set<string>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** A marked secret of a length that Twitch's have. */
  secret(what: string): string {
    const secret = `${what}canary${randomBytes(12).toString('hex')}`;
    this.secrets.push(secret);
    return secret;
  }

  issue(account: Account = BRIDGE_BOT, expiresIn: number | null = this.life, refreshToken?: string): Issued {
    const issued: Issued = {
      ...account,
      accessToken: this.secret('access'),
      refreshToken: refreshToken ?? this.secret('refresh'),
      expiresIn,
      issuedAt: this.#now(),
      state: 'valid',
    };
    this.all.push(issued);
    return issued;
  }

  /** The access token has run out; the grant stands. */
  expire({ accessToken }: { readonly accessToken: string }): void {
    for (const issued of this.all) if (issued.accessToken === accessToken) issued.state = 'expired';
  }

  /** The account has taken the grant back: no token of it holds, none can be refreshed. */
  revoke({ userId }: { readonly userId: string }): void {
    for (const issued of this.all) if (issued.userId === userId) issued.state = 'revoked';
  }

  /** The token with that access token while it holds. */
  valid(accessToken: string): Issued | undefined {
    return this.all.find((issued) => issued.accessToken === accessToken && this.#holds(issued));
  }

  /** Seconds that it has still to live; null: it never expires. */
  secondsLeft({ expiresIn, issuedAt }: Issued): number | null {
    return expiresIn === null ? null : expiresIn - Math.floor((this.#now() - issuedAt) / 1000);
  }

  /** undefined: that refresh token is none, was used, or is of a revoked grant. */
  refresh(refreshToken: string): Issued | undefined {
    const from = this.all.findLast((issued) => issued.refreshToken === refreshToken);
    if (!from || from.state === 'revoked' || this.#used.has(refreshToken)) return undefined;
    if (this.refreshTokens === 'reusable') return this.issue(from, from.expiresIn, refreshToken);
    this.#used.add(refreshToken);
    return this.issue(from, from.expiresIn);
  }

  #holds(issued: Issued): boolean {
    return issued.state === 'valid' && (this.secondsLeft(issued) ?? Infinity) > 0;
  }
}
