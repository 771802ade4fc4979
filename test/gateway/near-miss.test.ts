import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig, readSettings } from '../../gateway/config.ts';
import { nearMiss } from '../../gateway/near-miss.ts';

const KNOWN = ['PUBLISH_TIMEOUT_MS', 'PORT'];

test('one character too many, too few, wrong or swapped is a near miss', () => {
  const typed = [
    'PUBLISH_TIMEOUT_MSS',
    'PUBLISH_TIMEOUT_M',
    'PUBLSH_TIMEOUT_MS',
    'PUBLISH_TIMEOUT_MZ',
    'QUBLISH_TIMEOUT_MS',
    'PUBLISH_TIMEOUT_SM',
    'UPBLISH_TIMEOUT_MS',
    'PUBLISH__TIMEOUT_MS',
  ];
  for (const name of typed) assert.equal(nearMiss(name, KNOWN), 'PUBLISH_TIMEOUT_MS', name);
});

test('a known name, two mistakes and another variable are none', () => {
  for (const name of ['PORT', 'PUBLISH_TIMEOUT', 'PUBLIHS_TIMEOUT_M', 'PUBLISH_TIMOEUT_SM', 'PRT_', '']) {
    assert.equal(nearMiss(name, KNOWN), undefined, name);
  }
});

test('a set but unknown variable one mistake away from a known one is named in a warning, without its value', () => {
  const reading = readConfig({ TWITCH_CHANNELS: 'a', TWITCH_BOT_ACCES_TOKEN: 'canary', QUEUE_MAX_BYTE: '1' });
  assert.ok(reading.ok);
  assert.deepEqual(reading.warnings, [
    '"TWITCH_BOT_ACCES_TOKEN" is set but not known: did you mean TWITCH_BOT_ACCESS_TOKEN?',
    '"QUEUE_MAX_BYTE" is set but not known: did you mean QUEUE_MAX_BYTES?',
  ]);
});

test('other people’s variables, empty ones and those further away give no warning', () => {
  const reading = readConfig({
    TWITCH_CHANNELS: 'a',
    TWITCH_CHANEL: 'two mistakes',
    QUEUE_MAX_BYTE: '',
    PORTS: 'no prefix of ours',
    TWITCH_SOMETHING: 'x',
  });
  assert.deepEqual(reading.ok && reading.warnings, []);
});

test('a command that reads few variables warns about those alone', () => {
  const reading = readSettings({ DATA_DIRS: 'x', TWITCH_CHANNEL: 'x' }, ['DATA_DIR']);
  assert.ok(reading.ok);
  assert.deepEqual(reading.warnings, ['"DATA_DIRS" is set but not known: did you mean DATA_DIR?']);
});
