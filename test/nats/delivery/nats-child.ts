import { nodeMain, type GatewayProcess } from '../../integration/gateway-process.ts';
import type { LedgerSnapshot } from '../../../gateway/ledger.ts';
import { CHANNELS } from './talk.ts';
import type { ChatServer } from '../../../scripts/stand-in/chat-server.ts';
import type { ChatSession } from '../../../scripts/stand-in/chat-session.ts';

export type ChildOptions = {
  readonly natsUrl: string;
  readonly chat: ChatServer;
  readonly dataDir: string;
  readonly env: Readonly<Record<string, string>>;
};

/** A gateway on NATS in a process of its own, and the session in which it reads. */
export type Child = AsyncDisposable & {
  readonly process: GatewayProcess;
  readonly session: ChatSession;
  readonly port: number;
  readonly ledger: () => Promise<LedgerSnapshot>;
};

/** Starts it; resolves when it is in every channel. */
export async function startChild({ natsUrl, chat, dataDir, env }: ChildOptions): Promise<Child> {
  const before = chat.sessions.length;
  const process = nodeMain({
    TWITCH_CHANNELS: CHANNELS.join(' '),
    TWITCH_IRC_URL: chat.url,
    IRC_PONG_TIMEOUT_MS: '60000',
    MESSAGE_BUS_DRIVER: 'nats',
    NATS_URL: natsUrl,
    DATA_DIR: dataDir,
    PORT: '0',
    ...env,
  });
  const url = await process.url();
  const session = await chat.waitFor('a gateway in every channel', () =>
    chat.sessions.slice(before).find(({ channels }) => channels.size === CHANNELS.length),
  );
  return {
    process,
    session,
    port: Number(new URL(url).port),
    async ledger() {
      const page = await (await fetch(`${url}/_debug/twitch`)).json();
      return (page as { ledger: LedgerSnapshot }).ledger;
    },
    [Symbol.asyncDispose]: () => process[Symbol.asyncDispose](),
  };
}

/** The ledger of the last line of its log, once it has ended. */
export async function lastLedger({
  process,
}: Child): Promise<{ code: number | null; ledger: LedgerSnapshot }> {
  const { code } = await process.ended();
  const last = process.log.at(-1);
  if (last?.['message'] !== 'stopped') throw new Error(`no last word:\n${process.stdout}${process.stderr}`);
  return { code, ledger: last['ledger'] as LedgerSnapshot };
}
