import { join } from 'node:path';
import packageJson from '../../../package.json' with { type: 'json' };
import type { Process } from '../world/processes.ts';
import type { Surroundings } from './surroundings.ts';
import type { Way } from './publishing.ts';

/** Somebody who brings chat to the bus, as a command with its environment. */
export type Subject = {
  readonly name: string;
  /** Messages in a flood, so that nobody takes more than a few seconds. */
  readonly count: number;
  /** It reads no chat, and is told when to begin. */
  readonly isBare: boolean;
  command(world: Surroundings, dataDir: string): Command;
};

export type Command = {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
};

/** As `npm start` runs it: what comes after `exec node`. */
const START = packageJson.scripts.start.split(' ').slice(2);
const ROOT = join(import.meta.dirname, '../../..');

export function gateway(count: number, flags: readonly string[] = START): Subject {
  return {
    name: 'ingress-egress',
    count,
    isBare: false,
    command: (world, dataDir) => ({
      args: [process.execPath, ...flags.map(inRoot)],
      env: {
        TWITCH_IRC_URL: `ws://127.0.0.1:${world.chatPort}`,
        TWITCH_CHANNELS: world.channels.join(','),
        IRC_JOIN_LIMIT: String(world.channels.length),
        IRC_CHANNELS_PER_CONNECTION: String(world.channels.length),
        MESSAGE_BUS_DRIVER: 'nats',
        NATS_URL: `nats://127.0.0.1:${world.natsPort}`,
        DATA_DIR: dataDir,
        PORT: '0',
        LOG_FORMAT: 'json',
      },
    }),
  };
}

export function twurple(way: Way, count: number): Subject {
  return peer(`Twurple, ${way}`, 'twurple.ts', way, count);
}

export function tmi(way: Way, count: number): Subject {
  return peer(`tmi.js, ${way}`, 'tmi.ts', way, count);
}

export function bare(count: number): Subject {
  return { ...peer('bare client', 'bare.ts', 'unbounded', count), isBare: true };
}

export function isReady(process: Process): Promise<true> {
  return process.hears((message) => (message === 'ready' ? true : undefined));
}

function peer(name: string, file: string, way: Way, count: number): Subject {
  const path = join(import.meta.dirname, file);
  return {
    name,
    count,
    isBare: false,
    command: (world) => ({ args: [process.execPath, path, JSON.stringify(world), way], env: {} }),
  };
}

function inRoot(argument: string): string {
  return argument.endsWith('.mjs') || argument.endsWith('.ts') ? join(ROOT, argument) : argument;
}
