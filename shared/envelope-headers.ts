import type { Identity } from './envelope.ts';

const NO_SPAN = '0'.repeat(16);

/** The key under which the bus stores an envelope at most once. */
export function messageIdOf({ id }: Pick<Identity, 'id'>): string {
  return `tw:${id}`;
}

/** The attributes that travel with an envelope on every bus, in the order in which they are shown. */
export function envelopeHeaders(identity: Identity): Record<string, string> {
  return {
    'Nats-Msg-Id': messageIdOf(identity),
    'content-type': 'application/json',
    type: identity.type,
    source: 'ingress.twitch',
    correlationId: identity.correlationId,
    traceparent: traceparent(identity.traceId),
  };
}

/**
 * The same as NATS has them on the wire, up to the empty line:
 * https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-4.md
 *
 * @param identity its ids were checked: one with a line break would add a header
 */
export function envelopeHeaderText({ id, correlationId, traceId, type }: Identity): string {
  return (
    `NATS/1.0\r\nNats-Msg-Id: tw:${id}\r\ncontent-type: application/json\r\ntype: ${type}\r\n` +
    `source: ingress.twitch\r\ncorrelationId: ${correlationId}\r\ntraceparent: ${traceparent(traceId)}\r\n\r\n`
  );
}

/**
 * https://www.w3.org/TR/trace-context/#traceparent-header. Not sampled: since NATS 2.11 a sampled one asks the server to
 * trace the message.
 */
function traceparent(traceId: string): string {
  const spanId = traceId.slice(0, 16);
  return `00-${traceId}-${spanId === NO_SPAN ? '0000000000000001' : spanId}-00`;
}
