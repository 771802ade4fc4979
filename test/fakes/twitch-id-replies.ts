import type { Issued } from './twitch-id-accounts.ts';

export type Reply = { readonly status: number; readonly body: string | Readonly<Record<string, unknown>> };

export function granted({ accessToken, refreshToken, scopes, expiresIn }: Issued): Reply {
  const tokens = { access_token: accessToken, refresh_token: refreshToken };
  return {
    status: 200,
    body: { ...tokens, expires_in: expiresIn ?? undefined, scope: scopes, token_type: 'bearer' },
  };
}

/** What Twitch answers when it refuses. */
export function refusal(status: number, message: string): Reply {
  return { status, body: { status, message } };
}

export function text(body: Reply['body']): string {
  return typeof body === 'string' ? body : JSON.stringify(body);
}
