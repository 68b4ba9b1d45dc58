import { completeOwn } from './command/complete-own.ts';
import { listClusters } from './home/clusters.ts';
import { isCommand, runKubectl } from './run-kubectl.ts';
import { allVerbs, loadVerb } from './verbs/index.ts';

/** Tab under the name `cox`: what Coxswain's own verbs offer, and before or after it what kubectl's do. */
export async function completeLine(
  how: string,
  words: readonly string[],
  out: (text: string) => void,
): Promise<number> {
  const show = (offers: readonly (readonly [word: string, help?: string])[]): void => {
    for (const [word, help] of offers)
      out(how === '__complete' && help ? `${word}\t${help}\n` : `${word}\n`);
  };
  const [first = '', ...more] = words;
  if (more.length === 0) {
    const own = (await allVerbs()).filter(({ name }) => !isCommand(name) && name.startsWith(first));
    show(own.map(({ name, summary }) => [name, summary]));
    return runKubectl([how, ...words]);
  }
  const verb = isCommand(first) && first !== 'drain' ? undefined : await loadVerb(first, more);
  if (!verb) return runKubectl([how, ...words]);
  const clusters = async (): Promise<readonly string[]> =>
    (await listClusters(process.env)).map(({ name }) => name);
  const { offers, isFile, asKubectl } = await completeOwn(verb, more, clusters);
  show(offers);
  if (asKubectl) return runKubectl([how, ...asKubectl]);
  out(isFile ? ':0\n' : ':4\n');
  return 0;
}
