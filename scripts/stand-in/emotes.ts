/** Emotes by the name that is typed: some that everybody has, and one or two of each channel's own. */
const EMOTE_IDS: ReadonlyMap<string, string> = new Map([
  ['<3', '9'],
  ['CoolCat', '58127'],
  ['CorgiDerp', '49106'],
  ['DinoDance', 'emotesv2_dcd06b30a5c24f6eb871e8f5edbd44f7'],
  ['HeyGuys', '30259'],
  ['KonCha', '160400'],
  ['LUL', '425618'],
  ['NotLikeThis', '58765'],
  ['PartyHat', '965738'],
  ['PogChamp', '305954156'],
  ['SeemsGood', '64138'],
  ['TwitchUnity', '196892'],
  ['VoHiYo', '81274'],
  ['bleedPurple', '62835'],
  ['cosykiBread', 'emotesv2_3f1c7a90b2de4c58a6e14f7d0c9b8251'],
  ['cosykiYum', 'emotesv2_a84d20e6715b4f3f9c02d6b1e8f47a35'],
  ['lofilaNod', 'emotesv2_6be905c1fd3842a7b0d94e71a25c8f60'],
  ['pixelhWave', 'emotesv2_c7723bd85e0f41669a1d0f84eb35972c'],
  ['starsgWow', 'emotesv2_19fa64d7c2b84e05838ae07b5d61c4f2'],
]);

/**
 * The `emotes` tag of a text: `id:first-last,first-last/id:…`, counted in code points, both ends inclusive
 * (https://dev.twitch.tv/docs/chat/irc/#privmsg-tags). An emote is a whole word.
 */
export function emotesTag(text: string): string {
  const ranges = new Map<string, string[]>();
  let position = 0;
  for (const word of text.split(' ')) {
    const length = Array.from(word).length;
    const id = EMOTE_IDS.get(word);
    if (id !== undefined) ranges.set(id, [...(ranges.get(id) ?? []), `${position}-${position + length - 1}`]);
    position += length + 1;
  }
  return [...ranges].map(([id, places]) => `${id}:${places.join(',')}`).join('/');
}
