import { test } from 'node:test';
import { accountIdentity } from '../../../gateway/twitch/identity.ts';
import { LOGIN, ours, play } from './session-script.ts';

test('login asks for tags and commands, and reads anonymously without a PASS', () => {
  play(LOGIN);
});

test('login sends PASS before NICK, and is known by the name that the server welcomes', () => {
  play(
    [
      [
        0,
        'open',
        'login',
        '> CAP REQ :twitch.tv/tags twitch.tv/commands',
        '> PASS oauth:secret',
        '> NICK old_name',
      ],
      [10, ':tmi.twitch.tv 001 new_name :Welcome, GLHF!', 'registered'],
      [20, 'JOIN a', '> JOIN #a'],
      [30, ':new_name!new_name@new_name.tmi.twitch.tv JOIN #a', 'joined a'],
    ],
    accountIdentity('old_name', 'oauth:secret'),
  );
});

for (const words of ['Login authentication failed', 'Improperly formatted auth', '登录失败']) {
  test(`login takes any NOTICE before 001 for a refusal: ${words}`, () => {
    play([
      [0, 'open', 'login', '> CAP REQ :twitch.tv/tags twitch.tv/commands', '> NICK justinfan7'],
      [10, `:tmi.twitch.tv NOTICE * :${words}`, `ended login_refused: ${words}`],
      [20, 'closed'],
    ]);
  });
}

test('login does not repeat its token when the server does', () => {
  const long = 'x'.repeat(190);
  play(
    [
      [
        0,
        'open',
        'login',
        '> CAP REQ :twitch.tv/tags twitch.tv/commands',
        '> PASS oauth:hunter2',
        '> NICK bot',
      ],
      [
        10,
        `:tmi.twitch.tv NOTICE * :hunter2 fails: oauth:hunter2 ${long}`,
        `ended login_refused: ${`[redacted] fails: oauth:[redacted] ${long}`.slice(0, 200)}`,
      ],
    ],
    accountIdentity('bot', 'oauth:hunter2'),
  );
});

test('login ends when the capabilities are refused, and goes on when they are granted', () => {
  play([
    [0, 'open', 'login', '> CAP REQ :twitch.tv/tags twitch.tv/commands', '> NICK justinfan7'],
    [10, ':tmi.twitch.tv CAP * ACK :twitch.tv/tags twitch.tv/commands', 'ignored'],
    [20, ':tmi.twitch.tv CAP * NAK :twitch.tv/tags', 'ended capability_refused: twitch.tv/tags'],
  ]);
});

test('login does not take a NOTICE after 001 for a refusal of the login', () => {
  play([...LOGIN, [200, ':tmi.twitch.tv NOTICE * :Login authentication failed', 'ignored']]);
});

test('login gives the WebSocket ten seconds, and then the login ten more', () => {
  play([
    [9_999, 'too early'],
    [10_000, 'deadline', 'ended handshake_timeout: no WebSocket in 10000 ms'],
  ]);
  play([
    [9_000, 'open', 'login', '> CAP REQ :twitch.tv/tags twitch.tv/commands', '> NICK justinfan7'],
    [10_000, 'too early'],
    [19_000, 'deadline', 'ended login_timeout: no answer in 10000 ms'],
  ]);
});

test('login answers a PING that comes before 001', () => {
  play([
    [0, 'open', 'login', '> CAP REQ :twitch.tv/tags twitch.tv/commands', '> NICK justinfan7'],
    [10, 'PING :tmi.twitch.tv', '> PONG :tmi.twitch.tv'],
  ]);
});

test('a link is asked for a sign of life after silence, and its round trip measured', () => {
  play([
    ...LOGIN,
    [5_149, 'too early'],
    [5_150, 'deadline', '> PING :tmi.twitch.tv'],
    [5_190, ':tmi.twitch.tv PONG tmi.twitch.tv :tmi.twitch.tv', 'round trip 40'],
    [10_190, 'deadline', '> PING :tmi.twitch.tv'],
  ]);
});

test('a link that says nothing after the PING is outgoing, and dead after as long again', () => {
  play([
    ...LOGIN,
    [5_150, 'deadline', '> PING :tmi.twitch.tv'],
    [8_149, 'too early'],
    [8_150, 'deadline', 'outgoing ping_timeout'],
    [11_149, 'too early'],
    [11_150, 'deadline', 'ended ping_timeout: nothing heard for 3000 ms after our PING (silent)'],
  ]);
});

test('a link that was silent and speaks again lives on, and is outgoing again when it falls silent again', () => {
  play([
    ...LOGIN,
    [5_150, 'deadline', '> PING :tmi.twitch.tv'],
    [8_150, 'deadline', 'outgoing ping_timeout'],
    [9_150, 'PONG :late', 'round trip 4000'],
    [14_150, 'deadline', '> PING :tmi.twitch.tv'],
    [17_150, 'deadline', 'outgoing ping_timeout'],
    [18_000, 'USERNOTICE #a', 'ignored'],
    [23_000, 'deadline', '> PING :tmi.twitch.tv'],
    [26_000, 'deadline', 'outgoing ping_timeout'],
  ]);
});

test('a link that is closed while it is silent ends as silent, and not once it was heard again', () => {
  const stalled = [
    ...LOGIN,
    [5_150, 'deadline', '> PING :tmi.twitch.tv'],
    [8_150, 'deadline', 'outgoing ping_timeout'],
  ] as const;
  play([...stalled, [9_000, 'closed', 'ended closed: close code 1006 (silent)']]);
  play([...stalled, [8_500, 'USERNOTICE #a', 'ignored'], [9_000, 'closed', 'ended closed: close code 1006']]);
});

test('a link is alive when anything follows the PING, the PONG or not', () => {
  play([
    ...LOGIN,
    [5_150, 'deadline', '> PING :tmi.twitch.tv'],
    [5_150, ':tmi.twitch.tv 353 justinfan7 = #a :justinfan7', 'ignored'],
    [8_150, 'too early'],
    [10_150, 'deadline', '> PING :tmi.twitch.tv'],
    [10_200, 'PING :x', '> PONG :x'],
    [10_300, 'PONG :late'],
    [10_310, 'PONG :in time', 'round trip 160'],
  ]);
});

test('a link takes a PONG that nobody asked for as noise', () => {
  play([...LOGIN, [200, 'PONG :x', 'ignored']]);
});

test('a link answers PING with the same words', () => {
  play([...LOGIN, [200, 'PING :tmi.twitch.tv', '> PONG :tmi.twitch.tv'], [210, 'PING', '> PONG :']]);
});

test('RECONNECT makes a registered session outgoing, and it goes on reading', () => {
  play([
    ...LOGIN,
    [200, ':tmi.twitch.tv RECONNECT', 'outgoing reconnect_requested'],
    [210, 'JOIN a', '> JOIN #a'],
    [220, ours('JOIN', 'a'), 'joined a'],
    [300, 'closed', 'ended closed: close code 1006'],
  ]);
});

test('RECONNECT ends a session that has not registered', () => {
  play([
    [0, 'open', 'login', '> CAP REQ :twitch.tv/tags twitch.tv/commands', '> NICK justinfan7'],
    [10, ':tmi.twitch.tv RECONNECT', 'close'],
    [20, 'closed', 'ended reconnect_requested: the server said so'],
  ]);
});
