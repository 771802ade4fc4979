import { openEmbeddedBus } from '../../../gateway/bus/embedded-bus.ts';
import { systemClock } from '../../../gateway/clock.ts';
import { UNHEARD } from '../../fakes/bus-events.ts';

/**
 * Publishes `<round>-0`, `<round>-1`, … to the embedded bus in a directory for as long as it lives, up to 50 un-acked
 * at once, and prints each id as it is acked.
 */
const [dataDir = '', round = ''] = process.argv.slice(2);
let next = 0;

const bus = openEmbeddedBus({ dataDir, maxBytes: 1e9, clock: systemClock })({
  ...UNHEARD,
  onOutcome(token, outcome) {
    if (outcome.kind !== 'stored') throw new Error(JSON.stringify(outcome));
    process.stdout.write(`${round}-${token}\n`);
    publishNext();
  },
  onState(state) {
    if (state === 'up') for (let n = 0; n < 50; n++) publishNext();
  },
});

function publishNext(): void {
  const messageId = `${round}-${next}`;
  bus.publish(next++, { messageId, subject: 's', headers: {}, body: Buffer.from(messageId.repeat(100)) });
}
