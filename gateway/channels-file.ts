import { readFile, stat } from 'node:fs/promises';
import type { Clock } from './clock.ts';
import { channels as parseChannels } from './config-parsers.ts';
import type { Degradation } from './degradation.ts';
import { watchSettled } from './settled-watch.ts';
import { errorText } from '../shared/error-text.ts';

/** Room for a hundred thousand names; a larger file is something else. */
const MAX_BYTES = 4 * 1024 * 1024;

/** The file that TWITCH_CHANNELS_FILE names is unusable; the message says why, and the cure. */
export class ChannelsFileError extends Error {
  override readonly name = 'ChannelsFileError';
}

/**
 * The channel logins in a file, between commas or white space; `#`, case and repeats are forgiven.
 *
 * @throws ChannelsFileError when it cannot be read, is empty, or holds something else
 */
export async function readChannelsFile(path: string): Promise<readonly string[]> {
  const parsed = parseChannels(await readText(path));
  if (parsed.ok) return parsed.value;
  throw unusable(path, `it must hold ${parsed.allowed}. ${parsed.cure ?? ''}`.trimEnd());
}

async function readText(path: string): Promise<string> {
  try {
    const file = await stat(path);
    if (!file.isFile()) throw new Error('it is not a file');
    if (file.size > MAX_BYTES) throw new Error(`it is larger than ${MAX_BYTES} bytes`);
    return await readFile(path, 'utf8');
  } catch (error) {
    const why = errorText(error);
    throw unusable(path, `${why}. Name a file of channel logins that this user may read.`);
  }
}

function unusable(path: string, sentence: string): ChannelsFileError {
  return new ChannelsFileError(`TWITCH_CHANNELS_FILE ${path}: ${sentence}`);
}

export type ChannelsFileOptions = {
  readonly path: string;
  /** What it held at the start. */
  readonly channels: readonly string[];
  readonly clock: Clock;
  /** The channels have changed; never to none. */
  readonly onChange: (channels: readonly string[]) => void;
  /** It is unusable, and the channels stay as they are; told once for each sentence. */
  readonly onTrouble: (sentence: string) => void;
};

export type ChannelsFile = {
  degraded(): Degradation[];
  stop(): void;
};

/** What a look at the file showed. */
type Look =
  { readonly channels: readonly string[]; readonly trouble: undefined } | { readonly trouble: string };

/** Tells of each change to the file; one that makes it unusable changes nothing until it is usable again. */
export function watchChannelsFile(options: ChannelsFileOptions): ChannelsFile {
  const { path, clock, onChange, onTrouble } = options;
  let { channels } = options;
  let believed: Look = { channels, trouble: undefined };
  const stop = watchSettled(
    () => lookAt(path),
    areEqual,
    clock,
    (look) => {
      if (!areEqual(look, believed)) believe(look);
    },
  );

  function believe(look: Look): void {
    believed = look;
    if (look.trouble !== undefined) return onTrouble(look.trouble);
    if (areEqual(look, { channels, trouble: undefined })) return;
    channels = look.channels;
    onChange(channels);
  }

  return {
    degraded: () =>
      believed.trouble === undefined
        ? []
        : [{ code: 'channels_file', sentence: `the channels stay as they were: ${believed.trouble}` }],
    stop,
  };
}

async function lookAt(path: string): Promise<Look> {
  try {
    return { channels: await readChannelsFile(path), trouble: undefined };
  } catch (error) {
    return { trouble: errorText(error) };
  }
}

function areEqual(one: Look, other: Look): boolean {
  if (one.trouble !== undefined || other.trouble !== undefined) return one.trouble === other.trouble;
  return one.channels.join() === other.channels.join();
}
