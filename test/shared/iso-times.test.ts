import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isoTimes } from '../../shared/iso-times.ts';

test('every time is written as a Date writes it, whatever was written before', () => {
  const near = fc.integer({ min: 1_795_428_930_000, max: 1_795_428_932_000 });
  const any = fc.oneof(near, fc.integer({ min: 0, max: 253_402_300_799_999 }));
  fc.assert(
    fc.property(fc.array(any), (times) => {
      const iso = isoTimes();
      for (const ms of times) assert.equal(iso(ms), new Date(ms).toISOString());
    }),
  );
});
