import type { Socket } from 'node:net';

/** What becomes of the bytes of one direction: they go on, wait, or are lost. */
export type Flow = 'pass' | 'hold' | 'swallow';

/** What the network is like; asked anew for each piece. */
export type Conditions = {
  /** How long a piece is on its way, in milliseconds. */
  readonly delayMs: () => number;
  /** What the next piece is at most: 1 byte or more. */
  readonly sliceSize: () => number;
  readonly bytesPerSecond: number;
};

/** `end` is a FIN and `reset` an RST: they travel behind the bytes before them, and get lost with them. */
type Piece = { dueAt: number; readonly content: Buffer | 'end' | 'reset' };

/** Beyond so many bytes on their way the sender is read no further: it feels a full network. */
const MAX_PENDING_BYTES = 256 * 1024;

/** How often a throttled second is cut, so that bytes trickle. */
const PIECES_PER_SECOND = 50;

/** One direction of one connection. Bytes never change their order, whatever the conditions. */
export class TcpPipe {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #flow: () => Flow;
  readonly #conditions: () => Conditions;
  #queue: Piece[] = [];
  #queuedBytes = 0;
  #lastDueAt = 0;
  #isLossy = false;
  /** Set while a later step is planned. */
  #cancelStep: (() => void) | undefined;

  constructor(from: Socket, to: Socket, flow: () => Flow, conditions: () => Conditions) {
    this.#from = from;
    this.#to = to;
    this.#flow = flow;
    this.#conditions = conditions;
    from.on('data', (bytes: Buffer) => this.#accept(bytes));
    from.on('end', () => this.#enqueue('end'));
    from.on('error', () => this.#enqueue('reset'));
    to.on('drain', () => this.#regulate());
  }

  /** Something was swallowed: what followed would make no sense to the receiver. */
  get isLossy(): boolean {
    return this.#isLossy;
  }

  /** Everything on its way is due now, as far as the flow lets it. */
  release(): void {
    this.#lastDueAt = 0;
    for (const piece of this.#queue) piece.dueAt = 0;
    this.#cancelStep?.();
    this.#step();
  }

  /** Forgets everything on its way. */
  stop(): void {
    this.#cancelStep?.();
    this.#queue = [];
  }

  #accept(bytes: Buffer): void {
    for (let rest = bytes; rest.length > 0;) {
      const piece = rest.subarray(0, pieceSize(this.#conditions()));
      rest = rest.subarray(piece.length);
      this.#enqueue(piece);
    }
    this.#regulate();
  }

  #enqueue(content: Piece['content']): void {
    const size = content instanceof Buffer ? content.length : 0;
    const { delayMs, bytesPerSecond } = this.#conditions();
    const arrivesAt = Math.max(performance.now() + delayMs(), this.#lastDueAt);
    this.#lastDueAt = arrivesAt + (size * 1000) / bytesPerSecond;
    this.#queuedBytes += size;
    this.#queue.push({ dueAt: this.#lastDueAt, content });
    if (!this.#cancelStep) this.#step();
  }

  /** Delivers the oldest piece if it may go: one a turn of the event loop, so that the receiver reads each by itself. */
  #step(): void {
    this.#cancelStep = undefined;
    const [piece] = this.#queue;
    const flow = this.#flow();
    if (!piece || flow === 'hold') return;
    const waitMs = piece.dueAt - performance.now();
    if (waitMs > 0) return this.#stepAfter(waitMs);
    this.#queue.shift();
    if (flow === 'pass') this.#deliver(piece.content);
    else this.#isLossy = true;
    if (piece.content instanceof Buffer) this.#queuedBytes -= piece.content.length;
    this.#regulate();
    this.#stepNextTurn();
  }

  #deliver(content: Piece['content']): void {
    if (content === 'reset') this.#to.resetAndDestroy();
    else if (content === 'end') this.#to.end();
    else this.#to.write(content);
  }

  #regulate(): void {
    const pending = this.#queuedBytes + this.#to.writableLength;
    if (pending > MAX_PENDING_BYTES) this.#from.pause();
    else this.#from.resume();
  }

  #stepAfter(ms: number): void {
    const timer = setTimeout(() => this.#step(), ms);
    this.#cancelStep = () => clearTimeout(timer);
  }

  #stepNextTurn(): void {
    const turn = setImmediate(() => this.#step());
    this.#cancelStep = () => clearImmediate(turn);
  }
}

function pieceSize({ sliceSize, bytesPerSecond }: Conditions): number {
  return Math.min(sliceSize(), Math.max(1, Math.floor(bytesPerSecond / PIECES_PER_SECOND)));
}
