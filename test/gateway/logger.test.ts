import fc from 'fast-check';
import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import { type LogOptions, openLog } from '../../gateway/logger.ts';
import { createScrubber } from '../../gateway/secrets/scrubber.ts';
import { VirtualClock } from '../fakes/virtual-clock.ts';

/** Standard output that keeps what it is given; a terminal if told so. */
class Captured extends Writable {
  readonly isTTY: boolean;
  text = '';

  constructor(isTTY = false) {
    super({ decodeStrings: false });
    this.isTTY = isTTY;
  }

  override _write(chunk: string, _encoding: string, done: () => void): void {
    this.text += chunk;
    done();
  }

  records(): Record<string, unknown>[] {
    return this.text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  }
}

async function open(options: Partial<LogOptions> & { out: Writable }) {
  const clock = new VirtualClock(Date.UTC(2026, 10, 23, 10, 15, 30, 123));
  const scrubber = createScrubber([]);
  return openLog({ level: 'debug', format: 'json', noColor: false, clock, scrubber, ...options });
}

test('a line is one JSON object with the fields of Cloud Logging', async () => {
  const out = new Captured();
  const { logger } = await open({ out });
  logger.debug({}, 'one');
  logger.info({ port: 8080 }, 'two %s');
  logger.warn({}, 'three');
  logger.error({}, 'four');
  const time = '2026-11-23T10:15:30.123Z';
  assert.deepEqual(out.records(), [
    { severity: 'DEBUG', time, message: 'one' },
    { severity: 'INFO', time, port: 8080, message: 'two %s' },
    { severity: 'WARNING', time, message: 'three' },
    { severity: 'ERROR', time, message: 'four' },
  ]);
});

test('lines below the level are not written', async () => {
  const out = new Captured();
  const { logger } = await open({ out, level: 'warn' });
  logger.info({}, 'no');
  logger.warn({}, 'yes');
  assert.deepEqual(
    out.records().map(({ message }) => message),
    ['yes'],
  );
});

test('what is always written is written below the level too, with its own severity, in both formats', async () => {
  for (const level of ['debug', 'info', 'warn', 'error'] as const) {
    const out = new Captured();
    const { logger } = await open({ out, level });
    logger.always.info({ n: 1 }, 'last');
    const time = '2026-11-23T10:15:30.123Z';
    assert.deepEqual(out.records(), [{ severity: 'INFO', time, n: 1, message: 'last' }]);
  }
  const out = new Captured();
  const { logger } = await open({ out, level: 'error', format: 'pretty' });
  logger.always.warn({ n: 1 }, 'last');
  assert.match(out.text, /^\[[\d:.]+\] WARN: last \{"n":1\}\n$/);
});

/** Controls but for the line break, the line ends of Unicode, and what turns the direction of writing. */
const DANGEROUS = [
  [0x00, 0x09],
  [0x0b, 0x1f],
  [0x7f, 0x9f],
  [0x61c, 0x61c],
  [0x200e, 0x200f],
  [0x2028, 0x202e],
  [0x2066, 0x2069],
] as const;

function isHarmless(text: string): boolean {
  return Array.from(text, (char) => char.charCodeAt(0)).every(
    (code) => !DANGEROUS.some(([from, to]) => code >= from && code <= to),
  );
}

test('any text gives exactly one line, which says the same and holds nothing that a viewer would act on', async () => {
  const out = new Captured();
  const { logger } = await open({ out });
  const anyText = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({
      unit: fc.constantFrom('\n', '\r', '\u001b', '\u0085', '\u009b', '\u2028', '\u202e', '"', '\\', 'a'),
    }),
  );
  fc.assert(
    fc.property(anyText, anyText, (text, key) => {
      out.text = '';
      logger.info({ field: text, nested: { [key]: [text] } }, text);
      assert.equal(out.text.indexOf('\n'), out.text.length - 1);
      assert.ok(isHarmless(out.text), JSON.stringify(out.text));
      const [record] = out.records();
      assert.equal(record?.['message'], text);
      assert.equal(record?.['field'], text);
      assert.deepEqual(Object.entries(record?.['nested'] ?? {}), [[key, [text]]]);
    }),
    { numRuns: 300 },
  );
});

test('a secret does not get out in a message, an error, its cause, its stack or its own fields', async () => {
  const secret = 'c4n4ry"\\0123';
  const scrubber = createScrubber([secret]);
  const cause = Object.assign(new Error(`refresh failed: ${JSON.stringify({ body: secret })}`), {
    request: { headers: [`Basic ${Buffer.from(`id:${secret}`).toString('base64')}`], query: { a: secret } },
    access_token: 'unknown-t0ken',
  });
  const error = new Error(`could not log in with ${secret}`, { cause });
  for (const format of ['json', 'pretty'] as const) {
    const out = new Captured();
    const { logger } = await open({ out, format, scrubber });
    logger.error(
      { err: error, deep: { list: [{ value: secret }] } },
      `failed: ${encodeURIComponent(secret)}`,
    );
    logger.error({ err: cause }, 'again');
    assert.match(out.text, /could not log in with \[redacted\]/);
    assert.doesNotMatch(out.text, /c4n4ry|unknown-t0ken/);
    assert.ok(!out.text.includes(Buffer.from(`id:${secret}`).toString('base64').slice(8, 16)));
  }
});

async function written(isTTY: boolean, noColor: boolean): Promise<string> {
  const out = new Captured(isTTY);
  const { logger } = await open({ out, format: 'auto', noColor });
  logger.warn({ port: 80 }, 'hello');
  return out.text;
}

test('"auto" is for a person on a terminal, without colours under NO_COLOR, and JSON elsewhere', async () => {
  assert.ok((await written(true, false)).includes('\u001b[33mWARN\u001b[39m: \u001b[36mhello'));
  assert.match(await written(true, true), /^\[[\d:.]+\] WARN: hello \{"port":80\}\n$/);
  assert.match(await written(false, false), /^\{"severity":"WARNING",/);
});

test('pretty lines carry no control characters from a text', async () => {
  const out = new Captured();
  const { logger } = await open({ out, format: 'pretty' });
  const hostile = 'a\u001b[2J\u009b\r\u202e\u0007b';
  logger.info({ hostile, err: new Error(hostile) }, hostile);
  assert.match(out.text, /INFO: a\\u001b\[2J\\u009b\\u000d\\u202e\\u0007b/);
  assert.ok(isHarmless(out.text), JSON.stringify(out.text));
});
