import type { TestContext } from 'node:test';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { headers as natsHeaders, type NatsConnection } from '@nats-io/transport-node';
import type { BusMessage } from '../../gateway/bus/bus.ts';
import { deadLettersPath } from '../../gateway/publish/dead-letters.ts';
import { openLog } from '../../gateway/store/log.ts';
import { startNatsServer, type NatsServer } from '../fakes/nats-server.ts';
import { readStream } from '../fakes/stream-audit.ts';
import { DEAD_LETTERS } from '../gateway/publish/dead-letter-harness.ts';
import { KEEP_ALL } from '../gateway/store/log-helpers.ts';
import { tempDir } from '../gateway/store/temp-dir.ts';
import { runRedrive, type Ran } from '../scripts/redrive-process.ts';

export const STREAM = 'INGRESS';
export const INGRESS = 'internal.ingress.v1';

export type Surroundings = {
  /** What the stream takes. */
  readonly subjects?: readonly string[];
  /** What a second user may publish; "": there is none. */
  readonly rights?: string;
};

function restricted(rights: string) {
  const config = `authorization { users: [
    { user: root, password: root }
    { user: bridge, password: secret, permissions: { publish: [${rights}], subscribe: ">" } } ] }`;
  return { config, admin: { user: 'root', pass: 'root' } };
}

/** A server with the stream, these letters in it, and a command that reads them. */
export class RedriveWorld implements AsyncDisposable {
  readonly server: NatsServer;
  readonly nc: NatsConnection;
  readonly #t: TestContext;
  readonly dataDir: string;

  private constructor(t: TestContext, server: NatsServer, nc: NatsConnection) {
    this.#t = t;
    this.server = server;
    this.nc = nc;
    this.dataDir = tempDir(t);
  }

  static async start(
    t: TestContext,
    letters: readonly BusMessage[],
    { subjects = [INGRESS, DEAD_LETTERS], rights = '' }: Surroundings = {},
  ): Promise<RedriveWorld> {
    const server = await startNatsServer(rights === '' ? {} : restricted(rights));
    const world = new RedriveWorld(t, server, await server.connect());
    const manager = await jetstreamManager(world.nc);
    await manager.streams.add({ name: STREAM, subjects: [...subjects] });
    await world.publish(letters);
    return world;
  }

  async publish(messages: readonly BusMessage[]): Promise<void> {
    for (const { subject, body, messageId, headers } of messages) {
      const sent = natsHeaders();
      for (const [name, value] of Object.entries(headers)) sent.set(name, value);
      await jetstream(this.nc).publish(subject, body, { msgID: messageId, headers: sent });
    }
  }

  /** In a store of a gateway's DATA_DIR. */
  keep(letters: readonly BusMessage[]): void {
    const log = openLog(deadLettersPath(this.dataDir), { ...KEEP_ALL, synchronous: 'NORMAL' });
    log.append(letters.map((letter) => ({ ...letter, time: 0, attributes: {} })));
    log.close();
  }

  /** With every right. */
  redrive(...args: readonly string[]): Promise<Ran> {
    return this.#redriveAs('root:root', args);
  }

  /** As the user whose rights are restricted. */
  redriveRestricted(...args: readonly string[]): Promise<Ran> {
    return this.#redriveAs('bridge:secret', args);
  }

  stored(subject: string) {
    return readStream(this.nc, STREAM, subject);
  }

  async ids(): Promise<string[]> {
    return (await this.stored(INGRESS)).map(({ id }) => id);
  }

  /** A server without users lets everybody in. */
  #redriveAs(user: string, args: readonly string[]): Promise<Ran> {
    const url = this.server.url.replace('//', `//${user}@`);
    const env = { MESSAGE_BUS_DRIVER: 'nats', NATS_URL: url, DATA_DIR: this.dataDir };
    return runRedrive(this.#t, args, env);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.nc.close();
    await this.server[Symbol.asyncDispose]();
  }
}
