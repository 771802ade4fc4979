import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Refusal } from '../../../gateway/bus/bus.ts';
import * as standings from '../../../gateway/bus/nats-standing.ts';
import type { StreamView } from '../../../gateway/bus/nats-stream.ts';

const THERE: StreamView = { kind: 'there', id: 'S 1', lastSequence: 0, windowMs: 1, drift: [], made: false };
const SILENCE: StreamView = { kind: 'silence', error: 'no answer' };
const refusal = (code: Refusal['code']): Refusal => ({ kind: 'refused', code, error: code });

const up = standings.afterLook(standings.linked(standings.AT_FIRST), THERE);
const state = (standing: standings.Standing) => standings.reportOf(standing)?.state;
const codes = (standing: standings.Standing) => standings.degradations(standing).map(({ code }) => code);

test('it is connecting until the first attempt has failed or the first look has come back', () => {
  assert.equal(state(standings.AT_FIRST), 'connecting');
  assert.equal(state(standings.linked(standings.AT_FIRST)), undefined);
  assert.equal(state(up), 'up');
  const down = standings.unlinked(standings.AT_FIRST, 'refused');
  assert.deepEqual([state(down), codes(down)], ['down', ['bus_down']]);
});

test('a link that is back says nothing new before the first look', () => {
  assert.equal(state(standings.linked(standings.unlinked(up, 'gone'))), undefined);
});

test('a look takes back what a look has found', () => {
  for (const view of [
    SILENCE,
    { ...refusal('stream_missing'), drift: [] },
    { ...refusal('bus_refused'), drift: [] },
  ]) {
    const troubled = standings.afterLook(up, view);
    assert.equal(state(troubled), 'refusing');
    assert.equal(state(standings.afterLook(troubled, THERE)), 'up');
  }
});

function after(code: Refusal['code']) {
  return state(standings.afterLook(standings.afterRefusal(up, refusal(code)), THERE));
}

test('a look takes back that there is no stream, and no other refusal of a message', () => {
  assert.equal(after('stream_missing'), 'up');
  assert.equal(after('stream_full'), 'refusing');
  assert.equal(after('publish_denied'), 'refusing');
  assert.equal(after('bus_refused'), 'refusing');
});

test('an ack takes back any refusal; one for a message that was there already says nothing of a full stream', () => {
  for (const code of ['stream_missing', 'stream_full', 'publish_denied', 'bus_refused'] as const) {
    const refused = standings.afterRefusal(up, refusal(code));
    assert.equal(state(standings.afterAck(refused, false)), 'up');
    assert.equal(state(standings.afterAck(refused, true)), code === 'stream_full' ? 'refusing' : 'up');
  }
});

test('not being allowed to look is no trouble, and is told', () => {
  const unseen = standings.afterLook(standings.linked(standings.AT_FIRST), { kind: 'denied', error: 'no' });
  assert.deepEqual([state(unseen), codes(unseen)], ['up', ['may_repeat']]);
  assert.deepEqual(codes(standings.afterLook(unseen, THERE)), []);
  const refused = standings.afterRefusal(unseen, refusal('stream_missing'));
  assert.equal(state(standings.afterLook(refused, { kind: 'denied', error: 'no' })), 'refusing');
});

test('each trouble has its code, and drift is told beside it', () => {
  const told = (view: StreamView) => codes(standings.afterLook(up, view));
  assert.deepEqual(told(THERE), []);
  assert.deepEqual(told(SILENCE), ['bus_down']);
  assert.deepEqual(told({ ...THERE, drift: ['a', 'b'] }), ['stream_drift']);
  assert.deepEqual(told({ ...refusal('stream_missing'), drift: ['a'] }), ['stream_missing', 'stream_drift']);
  assert.deepEqual(codes(standings.afterRefusal(up, refusal('bus_refused'))), ['bus_down']);
  assert.deepEqual(codes(standings.afterRefusal(up, refusal('publish_denied'))), ['publish_denied']);
});
