import assert from 'node:assert/strict';
import type { BusMemory, BusMessage, Outcome } from '../../../gateway/bus/bus.ts';
import { isBalanced, Ledger } from '../../../gateway/ledger.ts';
import type { QueuedMessage } from '../../../gateway/publish/queued-message.ts';
import type { SpoolMode } from '../../../gateway/publish/intake-options.ts';
import type { Spool } from '../../../gateway/publish/spool.ts';
import { PublishQueue } from '../../../gateway/publish/publish-queue.ts';
import type {
  PublishFailure,
  QueueLimits,
  QueueOptions,
  Rejection,
} from '../../../gateway/publish/queue-options.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';

export const LIMITS: QueueLimits = {
  maxBytes: 1_000_000,
  maxSpoolBytes: 1_000_000,
  maxInFlight: 8,
  timeoutMs: 1000,
  baseDelayMs: 100,
  maxDelayMs: 1000,
  maxRetries: 2,
};

export type HarnessOptions = {
  readonly limits?: Partial<QueueLimits>;
  readonly random?: () => number;
  readonly spoolMode?: SpoolMode;
  readonly spool?: Spool | undefined;
  readonly memory?: BusMemory | undefined;
  readonly clock?: VirtualClock;
  readonly keepDeadLetter?: QueueOptions['keepDeadLetter'];
};

/** A queue with everything around it in the test's hands: what was sent, what is answered, and time. */
export function startQueue(options: HarnessOptions = {}) {
  const { limits = {}, random = () => 0.5, spoolMode = 'off', spool, memory } = options;
  const clock = options.clock ?? new VirtualClock();
  const ledger = new Ledger();
  /** Ids in the order sent, repeats included; tokens by id. */
  const sent: string[] = [];
  const tokens = new Map<string, number>();
  const failures: PublishFailure[] = [];
  const rejections: Rejection[] = [];
  const spoolErrors: unknown[] = [];
  const looks: { readonly messages: number; readonly upTo: number }[] = [];
  const world = { reordered: 0, deadLettersKept: true };
  const queue = new PublishQueue({
    limits: { ...LIMITS, ...limits },
    spoolMode,
    spool,
    ledger,
    clock,
    random,
    memory: () => memory,
    publish: (token: number, message: BusMessage) => {
      sent.push(message.messageId);
      tokens.set(message.messageId, token);
    },
    keepDeadLetter:
      options.keepDeadLetter ??
      ((rejection, settled) => {
        if (world.deadLettersKept) rejections.push(rejection);
        settled(world.deadLettersKept);
      }),
    events: {
      publishFailed: (failure) => failures.push(failure),
      stored: () => undefined,
      stillLooking: (progress) => looks.push(progress),
      dropped: () => undefined,
      reordered: (count) => (world.reordered += count),
      spoolFailed: (error) => spoolErrors.push(error),
    },
  });

  const hands = handsOn(queue, ledger, sent, tokens);
  return { queue, clock, ledger, failures, rejections, spoolErrors, looks, world, ...hands };
}

/** What a test does to a queue; after each act the ledger must balance. */
function handsOn(queue: PublishQueue, ledger: Ledger, sent: string[], tokens: ReadonlyMap<string, number>) {
  const assertBalanced = (): void => {
    const snapshot = ledger.snapshot(queue.queued);
    assert.ok(isBalanced(snapshot), JSON.stringify(snapshot));
  };
  const offer = (...ids: string[]): boolean[] =>
    ids.map((id) => {
      const taken = queue.offer(messageOf(id));
      assertBalanced();
      return taken;
    });
  const answer = (id: string, outcome: Outcome): void => {
    queue.outcome(tokens.get(id) ?? -1, outcome);
    assertBalanced();
  };
  /** What was sent since the last call. */
  const takeSent = (): string[] => sent.splice(0);

  return { offer, answer, takeSent, assertBalanced };
}

/** The part of an id before the first hyphen is its channel. */
export function messageOf(id: string, bytes = 100): QueuedMessage {
  const message = { messageId: id, subject: 'internal.ingress.v1', headers: {}, body: new Uint8Array(bytes) };
  return { message, channel: id.split('-')[0] ?? '', bytes, saidAt: undefined };
}

export const stored = (sequence: number, duplicate = false): Outcome => ({
  kind: 'stored',
  sequence,
  duplicate,
});
export const refused: Outcome = { kind: 'refused', code: 'stream_full', error: 'maximum messages exceeded' };
export const unknown: Outcome = { kind: 'unknown', error: 'err_code 10999' };
export const rejected: Outcome = { kind: 'rejected', reason: 'max_payload', error: 'too large' };
