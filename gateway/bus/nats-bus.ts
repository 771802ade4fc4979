import type { Subjects } from '../../shared/subjects.ts';
import type { Clock, Random } from '../clock.ts';
import type { Degradation } from '../degradation.ts';
import type { Bus, BusEvents, BusMemory, BusMessage, Look, OpenBus, Outcome } from './bus.ts';
import { inboxDenied, outcomeOf, publishDenied, type WireAnswer } from './nats-failures.ts';
import type { NatsLink, LinkEvents } from './nats-link.ts';
import { liveAgain } from './nats-lives.ts';
import { wireHeaders } from './nats-message.ts';
import { NATS_TIMINGS, type NatsServers, type NatsTimings, type StreamSettings } from './nats-options.ts';
import { sendOver } from './nats-send.ts';
import * as standings from './nats-standing.ts';
import { lookAtStream, type StreamView } from './nats-stream.ts';
import { USUAL_WINDOW_MS } from './nats-stream-config.ts';
import { pause } from '../pause.ts';
import { errorText } from '../../shared/error-text.ts';

export type NatsBusOptions = {
  readonly servers: NatsServers;
  readonly stream: StreamSettings;
  readonly subjects: Subjects;
  readonly clock: Clock;
  readonly random: Random;
  /** What an operator should read in the log, once. */
  readonly onWarning: (sentence: string) => void;
  /** undefined: the production values. */
  readonly timings: NatsTimings | undefined;
};

/**
 * A bus on NATS JetStream. It connects in the background, as often as needed, and makes the stream when it is missing;
 * the client library is loaded by the first attempt.
 */
export function openNatsBus(options: NatsBusOptions): OpenBus {
  return (events) => new NatsBus(options, events);
}

class NatsBus implements Bus, BusMemory {
  readonly driver = 'nats';
  windowMs = USUAL_WINDOW_MS;
  readonly #options: NatsBusOptions;
  readonly #timings: NatsTimings;
  readonly #events: BusEvents;
  readonly #closing = new AbortController();
  #link: NatsLink | undefined;
  #standing = standings.AT_FIRST;
  #reported: standings.Report | undefined;
  #streamId: string | undefined;
  #acks = 0;
  /**
   * Not at the look that first finds the stream gone: a server that is still deleting it takes along what a new one of
   * that name has acked meanwhile (2.9.10).
   */
  #mayMakeStream = true;
  /** Ends the pause before the next look. */
  #nudge = new AbortController();

  constructor(options: NatsBusOptions, events: BusEvents) {
    this.#options = options;
    this.#timings = options.timings ?? NATS_TIMINGS;
    this.#events = events;
    options.clock.after(0, () => {
      this.#stand(standings.AT_FIRST);
      const { signal } = this.#closing;
      void liveAgain(() => this.#oneLife(), this.#timings, { ...options, signal });
    });
  }

  get memory(): BusMemory {
    return this;
  }

  publish(token: number, message: BusMessage): void {
    const link = this.#link;
    if (!link) return;
    const headers = wireHeaders(message, link.maxPayload);
    if (headers instanceof Uint8Array) link.publish(token, message.subject, headers, message.body);
    else this.#options.clock.after(0, () => this.#events.onOutcome(token, headers));
  }

  async send(message: BusMessage): Promise<Outcome> {
    if (!this.#link) return { kind: 'ambiguous', error: 'not connected' };
    const [stream, timeoutMs] = [this.#options.stream.name, this.#timings.sendMs];
    return sendOver(this.#link, message, { stream, timeoutMs });
  }

  async find(messageIds: ReadonlySet<string>, after: number): Promise<Look | 'denied'> {
    const [link, id] = [this.#link, this.#streamId];
    if (!link || !(await this.#look(link))) throw new Error('not connected');
    if (id !== this.#streamId) throw new Error('the stream is another one than before');
    const { stream, subjects } = this.#options;
    const { findIds } = await import('./nats-memory.ts');
    const ask = link.asker(this.#timings.answerMs);
    const where = { stream: stream.name, subject: subjects.ingress, after };
    const found = await findIds(link.connection, ask, where, messageIds);
    this.#standing = { ...this.#standing, unreadable: 'denied' in found ? found.denied : undefined };
    return 'denied' in found ? 'denied' : found;
  }

  degraded(): readonly Degradation[] {
    return standings.degradations(this.#standing);
  }

  async close(deadlineMs: number): Promise<void> {
    const link = this.#link;
    this.#closing.abort();
    this.#nudge.abort();
    const cancel = this.#options.clock.after(deadlineMs, () => link?.cut());
    await link?.close();
    cancel();
  }

  /** @returns how long the link was up, in milliseconds */
  async #oneLife(): Promise<number> {
    const { clock } = this.#options;
    const link = await this.#connect();
    if (!link) return 0;
    const since = clock.now();
    this.#link = link;
    this.#stand(standings.linked(this.#standing));
    void link.ended.then((why) => this.#ended(why));
    while (await this.#look(link)) {
      this.#nudge = new AbortController();
      await pause(clock, this.#timings.lookIntervalMs, this.#nudge.signal);
    }
    return clock.now() - since;
  }

  async #connect(): Promise<NatsLink | undefined> {
    const { signal } = this.#closing;
    try {
      const { openNatsLink } = await import('./nats-link.ts');
      const link = await openNatsLink(this.#options.servers, this.#timings, this.#linkEvents(), signal);
      if (!signal.aborted) return link;
      link.cut();
    } catch (error) {
      this.#ended(errorText(error));
    }
    return undefined;
  }

  #ended(why: string): void {
    this.#link = undefined;
    this.#nudge.abort();
    this.#stand(standings.unlinked(this.#standing, why));
  }

  /** Asks for the stream; returns whether the link is still there. */
  async #look(link: NatsLink): Promise<boolean> {
    const { stream: settings, subjects } = this.#options;
    const acks = this.#acks;
    const wanted = { settings, subjects, mayMake: this.#mayMakeStream };
    const view = await lookAtStream(link.asker(this.#timings.answerMs), wanted);
    if (this.#link !== link) return false;
    // A server too busy to answer is no problem as long as it stores.
    if (view.kind !== 'silence' || acks === this.#acks) this.#learn(view);
    return true;
  }

  #learn(view: StreamView): void {
    const { name } = this.#options.stream;
    if (view.kind === 'there') {
      this.windowMs = view.windowMs;
      this.#mayMakeStream = false;
      if (view.made) this.#options.onWarning(`the stream ${name} was missing and has been made`);
      this.#streamIs(view.id, view.lastSequence);
    }
    if (view.kind === 'refused' && view.code === 'stream_missing') this.#mayMakeStream = true;
    if (view.kind === 'denied') this.#streamIs(this.#streamId ?? name, 0);
    this.#stand(standings.afterLook(this.#standing, view));
  }

  #streamIs(id: string, lastSequence: number): void {
    if (id === this.#streamId) return;
    this.#streamId = id;
    this.#events.onStream(id, lastSequence);
  }

  #linkEvents(): LinkEvents {
    return {
      onAnswer: (token, answer) => this.#answered(token, answer),
      onDenied: (operation, subject) => {
        if (operation === 'subscription')
          this.#stand(standings.afterRefusal(this.#standing, inboxDenied(subject)));
        else if (subject === this.#options.subjects.ingress) this.#denied(subject);
      },
    };
  }

  #denied(subject: string): void {
    const refusal = publishDenied(subject);
    this.#stand(standings.afterRefusal(this.#standing, refusal));
    this.#events.onRefused(refusal);
  }

  #answered(token: number, answer: WireAnswer): void {
    const outcome = outcomeOf(answer, this.#options.stream.name);
    if (outcome.kind === 'stored') {
      this.#acks++;
      if (this.#standing.trouble) this.#stand(standings.afterAck(this.#standing, outcome.duplicate));
    }
    if (outcome.kind === 'refused') {
      if (outcome.code === 'stream_missing' && !this.#standing.trouble) this.#nudge.abort();
      this.#stand(standings.afterRefusal(this.#standing, outcome));
    }
    this.#events.onOutcome(token, outcome);
  }

  #stand(standing: standings.Standing): void {
    this.#standing = standing;
    const report = standings.reportOf(standing);
    if (!report || this.#closing.signal.aborted) return;
    if (report.state === this.#reported?.state && report.error === this.#reported.error) return;
    this.#reported = report;
    this.#events.onState(report.state, report.error);
  }
}
