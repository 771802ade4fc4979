import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isReady, type Subject } from '../subjects/subjects.ts';
import type { ChatCommand, ChatEvent, ChatOrders } from './chat-orders.ts';
import { startNats, STREAM, SUBJECTS, type NatsWorld } from './nats.ts';
import { Process } from './processes.ts';

export type Scene = {
  readonly channels: readonly string[];
  readonly linesPerFrame: number;
  readonly seed: number;
  /** The subject reaches NATS through the tap, which notes when acks pass. */
  readonly tapped: boolean;
};

/** A subject that has joined every channel, and the world around it: nothing has been said yet. */
export type Stage = AsyncDisposable & {
  readonly subject: Process;
  readonly nats: NatsWorld;
  /** When the subject was started: milliseconds since 1970, with fractions. */
  readonly startedAt: number;
  say(pace: number): void;
  /** What chat saw: when it sent each message, and when each ack passed. */
  report(): Promise<Extract<ChatEvent, { kind: 'report' }>>;
};

export async function setStage(who: Subject, count: number, scene: Scene): Promise<Stage> {
  await using undo = new AsyncDisposableStack();
  const nats = undo.use(await startNats());
  const chat = startChat({ ...scene, count, natsPort: nats.port });
  undo.defer(() => chat.stop('SIGKILL'));
  const { port, tapPort } = await hears(chat, 'listening');
  const dataDir = mkdtempSync(join(tmpdir(), 'bench-data-'));
  undo.defer(() => rmSync(dataDir, { recursive: true, force: true }));
  const { args, env } = who.command(
    {
      ...scene,
      count,
      chatPort: port,
      natsPort: scene.tapped ? tapPort : nats.port,
      subject: SUBJECTS.ingress,
      stream: STREAM,
    },
    dataDir,
  );
  const joined = who.isBare ? undefined : hears(chat, 'joined');
  const startedAt = performance.timeOrigin + performance.now();
  const subject = new Process(who.name, 'subject', args, env);
  undo.defer(() => subject.stop('SIGTERM'));
  await Promise.race([joined ?? isReady(subject), subject.hears(() => undefined)]);
  const everything = undo.move();
  const command = (it: ChatCommand): void => chat.tell(it);
  return {
    subject,
    nats,
    startedAt,
    say: (pace) => (who.isBare ? subject.tell({ kind: 'go' }) : command({ kind: 'say', pace })),
    report() {
      const answer = hears(chat, 'report');
      command({ kind: 'report' });
      return answer;
    },
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}

function startChat(orders: ChatOrders): Process {
  const file = join(import.meta.dirname, 'chat.ts');
  return new Process('chat', 'world', [process.execPath, file, JSON.stringify(orders)]);
}

function hears<K extends ChatEvent['kind']>(
  chat: Process,
  kind: K,
): Promise<Extract<ChatEvent, { kind: K }>> {
  return chat.hears((message) => {
    const event = message as ChatEvent;
    return event.kind === kind ? (event as Extract<ChatEvent, { kind: K }>) : undefined;
  });
}
