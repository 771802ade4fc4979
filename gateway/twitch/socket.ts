import { WebSocket } from 'ws';
import type { Ending } from './endings.ts';

/** As little of a WebSocket as chat needs, so that a simulation can supply its own. */
export type Socket = {
  /** One text frame; nothing happens unless the socket is open. */
  send(text: string): void;
  /** Says goodbye; frames may still come until the other side has answered. */
  close(): void;
  /** Drops the link at once. */
  terminate(): void;
  /**
   * Runs `task` once the frames that are already unread in the socket have been handed over. Ask here before believing
   * a deadline: after a stall of the event loop, timers fire before what arrived meanwhile is read.
   */
  whenRead(task: () => void): void;
};

/** None of these is called before `OpenSocket` has returned. */
export type SocketEvents = {
  onOpen(): void;
  /** The payload of a text or binary frame; it is lent, and valid only during the call. */
  onFrame(bytes: Uint8Array): void;
  /** Exactly once, and last. `isWhole`: all that was sent to us has arrived; after a RST that is unknown. */
  onClosed(ending: Ending, detail: string, isWhole: boolean): void;
};

/** Opens a WebSocket; whatever goes wrong is told by `onClosed`, never thrown. */
export type OpenSocket = (url: string, events: SocketEvents) => Socket;

/**
 * Chat frames are below 64 KiB: anything longer is an attack, and so is compression, which turns 50 KB into 50 MB.
 * Invalid UTF-8 must cost a character, not the connection. There is no `handshakeTimeout`: it measures silence, so a
 * server that sends a byte now and then could hold us for ever; the session has a deadline instead.
 */
const OPTIONS = {
  perMessageDeflate: false,
  skipUTF8Validation: true,
  maxPayload: 256 * 1024,
  followRedirects: false,
  closeTimeout: 1_000,
};

/** More than all JOINs ever sent at once: a server that leaves this much unread is not reading. */
const MAX_UNREAD_BYTES = 4 * 1024 * 1024;

/** What `ws` says when the connection ended without a close frame. */
const NO_CLOSE_FRAME = 1006;

/** Some hundred lines. */
const MAX_TURN_BYTES = 64 * 1024;

/** The real thing. */
export const openWebSocket: OpenSocket = (url, events) => {
  const socket = create(url);
  if (!socket) return stillborn(events);
  let opened = false;
  let isUnread = false;
  let isBroken = false;
  const close = once((...end) => events.onClosed(...end));
  socket.on('upgrade', ({ socket: link }) => link.once('error', () => (isBroken = true)));
  socket.on('open', () => {
    opened = true;
    events.onOpen();
  });
  const tookTurn = turns(socket);
  socket.on('message', (data) => {
    events.onFrame(data as Buffer);
    tookTurn((data as Buffer).length);
  });
  socket.on('error', (error) => {
    close(opened ? endingOf(error) : 'connect_failed', error.message || codeOf(error), false);
    socket.terminate();
  });
  socket.on('close', (code) => {
    // Behind a close frame nothing comes: who resets after it has said all.
    const isReset = isBroken && code === NO_CLOSE_FRAME;
    if (isUnread) close('closed', 'the server does not read', false);
    else close('closed', isReset ? 'the connection was reset' : `close code ${code}`, !isReset);
  });
  return {
    send(text) {
      if (socket.readyState !== WebSocket.OPEN) return;
      isUnread = socket.bufferedAmount > MAX_UNREAD_BYTES;
      if (isUnread) socket.terminate();
      else socket.send(text);
    },
    close: () => socket.close(),
    terminate: () => socket.terminate(),
    whenRead: afterPoll,
  };
};

/**
 * Gives everybody else a turn of the event loop now and then: from a socket that always has more, Node reads 2 MB at
 * once, thousands of lines, and no ack of the bus is seen meanwhile. What is not read yet waits in the kernel.
 *
 * @returns is to be told the size of each frame, in bytes
 */
function turns(socket: WebSocket): (bytes: number) => void {
  let read = 0;
  const begin = (): void => {
    read = 0;
    socket.resume();
  };
  return (bytes) => {
    if (read === 0) setImmediate(begin);
    read += bytes;
    if (read > MAX_TURN_BYTES) socket.pause();
  };
}

/** Whatever phase of the event loop this is called from, there is a whole poll phase between two turns of `setImmediate`. */
function afterPoll(task: () => void): void {
  setImmediate(() => setImmediate(task));
}

/** `ws` throws for a URL it cannot use, and shows the URL with its password in the message. */
function create(url: string): WebSocket | undefined {
  try {
    return new WebSocket(url, OPTIONS);
  } catch {
    return undefined;
  }
}

function stillborn(events: SocketEvents): Socket {
  queueMicrotask(() => events.onClosed('connect_failed', 'not a WebSocket URL', false));
  return { send: () => {}, close: () => {}, terminate: () => {}, whenRead: afterPoll };
}

function endingOf(error: Error): Ending {
  const code = codeOf(error);
  if (code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') return 'frame_too_long';
  return code.startsWith('WS_ERR_') ? 'protocol_error' : 'closed';
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

function once(report: SocketEvents['onClosed']): SocketEvents['onClosed'] {
  let done = false;
  return (...end) => {
    if (done) return;
    done = true;
    report(...end);
  };
}
