import { jetstreamManager, type JetStreamManager, type StreamConfig } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { subjectsFor } from '../../../shared/subjects.ts';
import type { NatsServer } from '../../fakes/nats-server.ts';
import { readStream, type StoredMessage } from '../../fakes/stream-audit.ts';

export const STREAM = 'INGRESS';
export const SUBJECTS = subjectsFor('');

const ANSWER_MS = 10_000;
const NANOS_PER_MS = 1e6;

type Admin = { readonly nc: NatsConnection; readonly manager: JetStreamManager };

/** With a connection of its own, straight to the server and with every right. */
export async function administer<T>(server: NatsServer, work: (admin: Admin) => Promise<T>): Promise<T> {
  const nc = await server.connect();
  try {
    return await work({ nc, manager: await jetstreamManager(nc, { timeout: ANSWER_MS }) });
  } finally {
    await nc.close();
  }
}

/** Makes the stream before a gateway does. */
export async function makeStream(
  server: NatsServer,
  config: Partial<StreamConfig> & { readonly windowMs?: number },
): Promise<void> {
  const { windowMs = 120_000, ...rest } = config;
  const subjects = [SUBJECTS.ingress, SUBJECTS.deadLetter];
  const usual = { name: STREAM, subjects, duplicate_window: windowMs * NANOS_PER_MS };
  await administer(server, ({ manager }) => manager.streams.add({ ...usual, ...rest }));
}

export async function updateStream(server: NatsServer, config: Partial<StreamConfig>): Promise<void> {
  await administer(server, ({ manager }) => manager.streams.update(STREAM, config));
}

/** How many messages, of whatever subject, the stream holds, and how many bytes. */
export async function streamSize(server: NatsServer): Promise<{ messages: number; bytes: number }> {
  const { state } = await administer(server, ({ manager }) => manager.streams.info(STREAM));
  return { messages: state.messages, bytes: state.bytes };
}

/** What is stored on the subject of the envelopes, or on another one. */
export function readStored(server: NatsServer, subject = SUBJECTS.ingress): Promise<StoredMessage[]> {
  return administer(server, ({ nc }) => readStream(nc, STREAM, subject));
}
