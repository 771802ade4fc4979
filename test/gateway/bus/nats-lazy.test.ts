import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { openNatsBus } from '../../../gateway/bus/nats-bus.ts';
import { NATS_TIMINGS } from '../../../gateway/bus/nats-options.ts';
import { parseNatsUrls } from '../../../gateway/bus/nats-url.ts';
import { systemClock } from '../../../gateway/clock.ts';
import { subjectsFor } from '../../../shared/subjects.ts';
import { UNHEARD } from '../../fakes/bus-events.ts';

const { cache } = createRequire(import.meta.url);
const isLoaded = () => Object.keys(cache).some((path) => path.includes('@nats-io'));

test('the NATS client is loaded by the first attempt to connect, not by a start without it', async () => {
  await import('../../../gateway/gateway.ts');
  const reading = parseNatsUrls('nats://127.0.0.1:1');
  assert.ok(reading.ok);
  const open = openNatsBus({
    servers: { address: reading.address, credsFile: undefined },
    stream: { name: 'INGRESS', maxAgeS: 0, replicas: 1 },
    subjects: subjectsFor(''),
    clock: systemClock,
    random: Math.random,
    onWarning: () => undefined,
    timings: NATS_TIMINGS,
  });
  assert.equal(isLoaded(), false);
  const { promise: isDown, resolve } = Promise.withResolvers<void>();
  const bus = open({ ...UNHEARD, onState: (state) => state === 'down' && resolve() });
  await isDown;
  assert.equal(isLoaded(), true);
  await bus.close(0);
});
