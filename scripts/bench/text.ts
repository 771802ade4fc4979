import { between } from '../stand-in/seeded-random.ts';

const WORDS = (
  'the a to you is it and that was so what no yes this of in lol good for he did go one how not just like really game ' +
  "chat why can play time stream love that's nice wait clip again tonight champion"
).split(' ');

/** As in the stand-in: global ones have short ids, a channel's own have long ones. */
const EMOTES = ['LUL', 'PogChamp', 'NotLikeThis', 'SeemsGood', 'cosykiYum', 'pixelhWave', 'starsgWow'];

const BEYOND_ASCII = ['😂', '🔥', '❤️', 'ééé', 'привет', 'こんにちは', 'ㅋㅋㅋ', 'ñandú', '👏🏽'];

const QUOTED = ['"well"', '"gg"', '\\o/'];

/** What somebody says: mostly a few words, now and then a paragraph; three in ten with emotes, one in seven beyond ASCII. */
export function textOf(random: () => number): string {
  const count = Math.min(90, 1 + Math.floor(-Math.log(1 - random()) * 10));
  const words = Array.from({ length: count }, () => WORDS[Math.floor(random() * WORDS.length)] ?? '');
  if (random() < 0.14) insert(words, BEYOND_ASCII, random);
  if (random() < 0.03) insert(words, QUOTED, random);
  const emotes = random() < 0.3 ? between(random, 1, 3) : 0;
  for (let index = 0; index < emotes; index += 1) insert(words, EMOTES, random);
  return words.join(' ');
}

function insert(words: string[], from: readonly string[], random: () => number): void {
  const word = from[Math.floor(random() * from.length)] ?? '';
  words.splice(between(random, 0, words.length), 0, word);
}
