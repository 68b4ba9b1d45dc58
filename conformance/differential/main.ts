/** Compares two running servers: `node conformance/differential/main.ts UPSTREAM-URL TOKEN OUR-URL TOKEN [WORD ...]`. */
import { compare, told } from './compare.ts';
import { allLists } from './lists.ts';
import { Sender } from './sender.ts';

const [upstreamUrl, upstreamToken, ourUrl, ourToken, ...words] = process.argv.slice(2);
if (ourToken === undefined) {
  process.stderr.write('usage: main.ts UPSTREAM-URL TOKEN OUR-URL TOKEN [WORD ...]\n');
  process.exitCode = 2;
} else {
  using upstream = new Sender(upstreamUrl!, upstreamToken);
  using ours = new Sender(ourUrl!, ourToken);
  const lists = (await allLists(upstream)).filter(
    ({ name }) =>
      words.length === 0 || name === 'before' || words.some((word) => name.includes(word)),
  );
  const { sent, disagreements } = await compare(lists, upstream, ours);
  for (const each of disagreements) process.stdout.write(`${told(each)}\n`);
  process.stdout.write(`${sent} requests, ${disagreements.length} differ\n`);
}
